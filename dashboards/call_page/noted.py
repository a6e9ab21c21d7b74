"""Comments as the call page shows and reads them: stretches as clock times, versions as a history."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.notes import Draft, Note, NoteRefused, NoteVersion
from dashboards.wording import clock, when
from pipeline.records import Seconds

TIME = re.compile(r"(?:(\d{1,3}):)?(?:(\d{1,3}):)?(\d{1,5}(?:\.\d{1,3})?)")


@dataclass(frozen=True, slots=True)
class Earlier:
    """One version in the history of a comment."""

    at: str
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class NoteView:
    """One comment on screen. ``since`` and ``until`` are its times as the form writes them."""

    id: str
    version: int
    mine: bool
    start: Seconds
    end: Seconds
    clock: str
    stretch: str
    since: str
    until: str
    text: str
    author: str
    at: str
    coaching: bool
    earlier: tuple[Earlier, ...]


def note_views(notes: Sequence[Note], zone: str) -> tuple[NoteView, ...]:
    return tuple(_view(note, zone) for note in notes)


def _view(note: Note, zone: str) -> NoteView:
    now = note.now
    stretch = clock(now.start) if int(now.start) == int(now.end) else f"{clock(now.start)}–{clock(now.end)}"
    return NoteView(
        note.id, now.version, note.mine, now.start, now.end, clock(now.start), stretch, fine_clock(now.start),
        fine_clock(now.end), now.text, note.versions[0].author, when(note.versions[0].at, zone), now.coaching,
        tuple(_earlier(version, zone) for version in note.versions[:-1]) if len(note.versions) > 1 else (),
    )  # fmt: skip


def _earlier(version: NoteVersion, zone: str) -> Earlier:
    return Earlier(when(version.at, zone), version.author, "removed" if version.removed else f"“{version.text}”")


def fine_clock(seconds: Seconds) -> str:
    """A place in a call to a tenth of a second, as people may type it: ``1:13.5``."""
    tenths = round(10 * seconds)
    return f"{clock(tenths / 10)}.{tenths % 10}"


def seconds_of(text: str) -> Seconds:
    """``1:13.5``, ``1:02:03`` or ``73.5`` in seconds; raises NoteRefused."""
    found = TIME.fullmatch(text.strip())
    if found is None:
        raise NoteRefused(f"“{text.strip()[:20]}” is no time in a call. Write minutes and seconds, like 1:13.5.")
    first, second, last = found.groups()
    hours, minutes = (first, second) if second is not None else (None, first)
    return 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(last)


def draft_of(since: str, until: str, text: str, *, coaching: bool) -> Draft:
    """What a form says; raises NoteRefused. Without an end the comment is about one moment."""
    start = seconds_of(since)
    return Draft(start, seconds_of(until) if until.strip() else start, text, coaching)
