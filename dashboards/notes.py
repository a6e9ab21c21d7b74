"""What people write about a call: comments on a stretch of it, corrected words, and a redacted stretch heard again.

Every change adds a version; ``version`` of what a person saw is sent along, so that nobody overwrites what they have not
read. All of it is inside the scope of whoever is signed in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pipeline.records import Seconds
from rules.errors import CallsiftError

LONGEST = 4000  # characters of a comment


class NoteRefused(CallsiftError):
    """What was written cannot be kept; the message is for whoever wrote it."""


class NoteStale(NoteRefused):
    """Somebody else was faster. ``version`` is the newest one, which a second try may build on."""

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version


@dataclass(frozen=True, slots=True)
class NoteVersion:
    """One version of a comment. ``removed`` ones say nothing any more, but who said so and when."""

    version: int
    at: datetime
    author: str
    start: Seconds
    end: Seconds
    text: str
    coaching: bool
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """One comment as it stands now; ``versions`` are all of them, oldest first, the last one counts."""

    id: str
    mine: bool
    versions: tuple[NoteVersion, ...]

    @property
    def now(self) -> NoteVersion:
        return self.versions[-1]


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment as somebody wrote it. Times in seconds, ``start`` <= ``end``."""

    start: Seconds
    end: Seconds
    text: str
    coaching: bool = False


@dataclass(frozen=True, slots=True)
class Correction:
    """What one word should read. ``text`` is empty when somebody took a correction back; ``version`` counts from 1."""

    original: str
    text: str
    author: str
    at: datetime
    version: int


def place_of(party: str, start: Seconds) -> str:
    """The name of a word's place: its party and the millisecond at which it begins."""
    return f"{party}:{round(1000 * start)}"


class NoteDesk(Protocol):
    """What the call page asks for, for one signed-in person."""

    def notes(self, call_id: str) -> Sequence[Note]:
        """Comments that are not removed, by time. Who may not write comments sees those flagged for coaching only, and who
        reviews the call blind their own only."""
        ...

    def blind(self, call_id: str) -> bool:
        """Whether this person reviews the call blind, so that what others wrote is kept from them until they are done."""
        ...

    def sees(self, call_id: str) -> bool:
        """Whether there is such a call for this person."""
        ...

    def may_write(self, call_id: str, note_id: str | None = None) -> bool:
        """Whether this person may comment on the call, and change that comment of theirs where one is named."""
        ...

    def add(self, call_id: str, draft: Draft) -> str | None:
        """A new comment; its id, None when there is no such call. Raises NoteRefused."""
        ...

    def change(self, call_id: str, note_id: str, version: int, draft: Draft | None) -> bool:
        """A new version of one's own comment, None removes it; False when there is none such. Raises NoteStale, NoteRefused."""
        ...

    def corrections(self, call_id: str) -> Mapping[str, Correction]:
        """The newest correction of each corrected word, by `place_of`."""
        ...

    def correct(self, call_id: str, place: str, version: int, text: str) -> Correction | None:
        """What the word at ``place`` should read, empty to take that back; None when there is no such call.

        Raises NoteStale when ``version`` (0: none yet) is not the newest, NoteRefused for what cannot be kept.
        """
        ...
