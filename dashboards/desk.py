"""The desk: everything the pages may ask for, already inside the scope of whoever is signed in.

Pages never see tables, teams or organisations. What a person may not see does not exist: the desk answers None or
leaves it out. All ids are public ids. Audio and peaks are those of the listening copy, never of the source.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from pipeline.records import Event, Finding, Interest, Measure, Metadata, Mood, Party, Seconds, Turn, Verdict

SORTS = ("score", "started", "duration")  # what a queue may be sorted by; ties by id


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: the name shown on screen, the IANA zone their times are shown in, and their roles in words."""

    name: str
    zone: str = "UTC"
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Team:
    """A team the viewer may add recordings to."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What the queue shows. Dates are inclusive local dates of the viewer's zone; empty means all."""

    since: date | None = None
    until: date | None = None
    queues: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One call in the queue: the score, why (best reason first) and the second to listen from."""

    id: str
    started_at: datetime | None
    direction: str | None
    queue: str | None
    agent: str | None
    duration: Seconds
    score: float
    reasons: tuple[str, ...]
    listen_from: Seconds | None
    marks: tuple[str, ...]
    name: str = ""  # what people call it: the recorder's call id, else a short public id
    judged: bool = True  # False: score, reasons and where to listen are not for this viewer


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue, keyset paged: ``after`` of the next request, None on the last page."""

    rows: tuple[QueueRow, ...]
    total: int
    after: str | None = None


@dataclass(frozen=True, slots=True)
class CallView:
    """Everything the call page shows of one call."""

    row: QueueRow
    metadata: Metadata
    parties: tuple[Party, ...]
    turns: tuple[Turn, ...]
    findings: tuple[Finding, ...]
    verdicts: tuple[Verdict, ...]
    measures: tuple[Measure, ...]
    interest: Interest
    language: str | None
    models: Mapping[str, str]
    redactions: Mapping[str, int]
    version: int
    made_at: datetime
    has_audio: bool
    rule_titles: Mapping[str, str] = field(default_factory=dict)
    looked: tuple[tuple[datetime, str], ...] = ()  # who looked at it, newest first
    events: tuple[Event, ...] = ()  # music, ring, tones: drawn on the waveform
    source: str = ""  # where the recording came from, for people
    moods: tuple[Mood, ...] = ()  # of the turns, in words and voice; none in results of before


@dataclass(frozen=True, slots=True)
class Peaks:
    """Waveform of the listening copy, ``rate`` slots a second: a channel is int8 minimum, maximum of each slot, as bytes."""

    rate: float
    channels: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A recording that could not be taken or was parked, with a reason for people."""

    id: str
    source: str
    reason: str
    message: str
    at: datetime
    can_retry: bool
    waits: bool = False  # somebody wants it tried again; the next run does


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the schedule. ``ended_at`` is None while it runs; ``error`` is a sentence for people, or None."""

    name: str
    started_at: datetime
    ended_at: datetime | None = None
    summary: str = ""
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Coming:
    """A call that is taken in but has no result yet. ``state`` is ``waiting`` or ``running``."""

    id: str
    name: str
    state: str
    since: datetime
    attempt: int = 0


MOST_DONE = 10_000


@dataclass(frozen=True, slots=True)
class Work:
    """What runs: waiting, running and parked jobs, the schedule's next and last run and its last failure.

    Done jobs are counted to MOST_DONE: one more says that there are more.
    """

    waiting: int
    running: int
    parked: int
    done: int
    next_run: datetime | None
    last_run: datetime | None
    last_error: str | None
    runs: tuple[Run, ...] = ()  # newest first
    coming: tuple[Coming, ...] = ()  # running first, then waiting, oldest first
    again: int = 0  # refused recordings that wait to be tried again


@dataclass(frozen=True, slots=True)
class Audio:
    """Bytes of the listening copy: ``read(start, end)`` gives bytes start..end-1 and decrypts only the chunks they lie in."""

    size: int
    mime: str
    etag: str
    read: Callable[[int, int], bytes]


class Desk(Protocol):
    """What a page asks for, for one signed-in person."""

    def viewer(self) -> Viewer: ...

    def teams(self) -> Sequence[Team]:
        """Teams this person may add recordings to, by name."""
        ...

    def queue(
        self,
        wanted: QueueFilter,
        *,
        sort: str = "score",
        descending: bool = True,
        after: str | None = None,
        limit: int = 50,
    ) -> QueuePage:
        """One keyset page. ``sort`` is one of SORTS; ``after`` is what the page before gave."""
        ...

    def choices(self) -> Mapping[str, Sequence[str]]:
        """Values to offer in filters, inside the scope: ``queues``, ``agents``."""
        ...

    def call(self, call_id: str) -> CallView | None:
        """One call; reading it is written to the audit log in the same transaction, or nothing is returned."""
        ...

    def peaks(self, call_id: str) -> Peaks | None: ...

    def audio(self, call_id: str) -> Audio | None:
        """The listening copy; the first read of a sitting is written to the audit log, or nothing is returned."""
        ...

    def refused(self, *, limit: int = 200) -> Sequence[Refused]: ...

    def retry(self, refused_id: str) -> bool: ...

    def work(self) -> Work: ...

    def may(self, permission: str) -> bool: ...
