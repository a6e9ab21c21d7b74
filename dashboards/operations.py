"""What the page Operations asks for: how the installation runs, for who may see that.

Calls, jobs and refusals are those of one's teams. Runs, disk, outbox, mails and the search index belong to the whole
installation and are told to who holds the permission in every team; to others they are None.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol, cast

from flask import current_app

from dashboards.desk import Run
from dashboards.figures import Wanted

OPERATIONS = "callsift.operations"  # where the way to it lies among the extensions of the application
STAGES = ("decode", "find speech", "tell voices apart", "hear words", "redact", "judge")  # of the pipeline, in order


@dataclass(frozen=True, slots=True)
class Speed:
    """One local day: calls heard, their audio, and how long somebody worked on any of them, in seconds."""

    day: date
    calls: int
    audio: float
    busy: float

    @property
    def rate(self) -> float | None:
        """Audio minutes a minute."""
        return self.audio / self.busy if self.busy > 0 else None


@dataclass(frozen=True, slots=True)
class Failed:
    """Calls (``parked`` or to be ``tried again``) or recordings (``refused``, ``to be tried again``) that failed for one reason."""

    what: str
    reason: str
    count: int
    latest: datetime


@dataclass(frozen=True, slots=True)
class Parked:
    """A parked call. ``copy_until``: when its sealed copy goes at the latest; None where there is none any more."""

    name: str
    team: str
    reason: str
    since: datetime
    attempts: int
    copy_until: datetime | None


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """A call without a result. ``place`` in the queue counts from 1, 0 while it runs; ``left`` are seconds, None: not known."""

    name: str
    kind: str
    state: str
    stage: str
    place: int
    since: datetime
    attempt: int
    left: float | None


@dataclass(frozen=True, slots=True)
class Quarantine:
    """Sealed copies of sources: how many, their bytes, and when the oldest goes."""

    copies: int
    size: int
    next_goes: datetime | None


@dataclass(frozen=True, slots=True)
class Undone:
    """What must happen after a commit and has not yet, of one kind."""

    kind: str
    count: int
    oldest: datetime
    tries: int
    error: str


@dataclass(frozen=True, slots=True)
class Mails:
    """Mails of one state."""

    state: str
    count: int
    said: str


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes of the disk under the data folder, and of the database where it is a file there."""

    free: int
    total: int
    database: int | None


class OperationsDesk(Protocol):
    """How the installation runs, for one signed-in person."""

    def everything(self) -> bool:
        """Whether this person sees what belongs to no team."""
        ...

    def now(self) -> datetime: ...

    def zone(self) -> str:
        """Of the viewer: moments are shown in it."""
        ...

    def today(self) -> date:
        """In the installation's zone."""
        ...

    def counts(self) -> dict[str, int]:
        """Jobs by state."""
        ...

    def speeds(self, wanted: Wanted) -> Sequence[Speed]:
        """Days on which calls were heard, in order."""
        ...

    def on_their_way(self, *, limit: int = 50) -> Sequence[OnItsWay]:
        """The running ones, then those that wait, in the order in which they are taken."""
        ...

    def left(self) -> float | None:
        """Seconds until nothing waits, at the speed of late; None where that is not known."""
        ...

    def failed(self, wanted: Wanted) -> Sequence[Failed]: ...

    def parked(self, *, limit: int = 200) -> Sequence[Parked]:
        """The copies that go first, first."""
        ...

    def quarantine(self) -> Quarantine: ...

    def runs(self, wanted: Wanted, *, limit: int = 200) -> Sequence[Run] | None: ...

    def undone(self) -> Sequence[Undone] | None: ...

    def mails(self, wanted: Wanted) -> Sequence[Mails] | None: ...

    def disk(self) -> Disk | None: ...


def operations() -> OperationsDesk:
    """How it runs, for whoever is signed in."""
    return cast(Callable[[], OperationsDesk], current_app.extensions[OPERATIONS])()


def stage_of(stage: str) -> str:
    """``hear words 2/5`` for people: ``stage 4 of 6, hear words, call 2 of 5``."""
    name, _, calls = stage.rpartition(" ")
    if name not in STAGES:
        return stage
    done, _, of = calls.partition("/")
    return f"stage {STAGES.index(name) + 1} of {len(STAGES)}, {name}, call {done} of {of}"
