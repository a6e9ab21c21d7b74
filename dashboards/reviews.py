"""What the pages of reviews ask for and show, already inside the scope of whoever is signed in.

A review that is blind shows neither what the machine said nor what others answered, until it is submitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from dashboards.cards import CardLine
from pipeline.records import Evidence, Seconds


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: ``key`` is the key on the keyboard, 1 to 9, and 0 for what does not apply."""

    key: str
    value: str
    title: str
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine answers. ``value`` None: it leaves the question open, for the ``reason``."""

    value: str | None
    title: str
    reason: str
    evidence: tuple[Evidence, ...]
    decides: bool


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question with its present answer. ``version`` is that of the answer, 0 where there is none yet.

    ``source`` is person, machine (it decides and nobody changed it) or "" where the question is open.
    """

    id: str
    ask: str
    help: str
    weight: float
    compliance: bool
    choices: tuple[Choice, ...]
    asked: bool
    value: str | None
    source: str
    version: int
    by: str
    note: str
    note_version: int
    machine: Machine | None
    differs: bool
    after: str = ""  # the question on whose answers ``opens`` it is asked; "": it always is
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a review."""

    at: datetime
    who: str
    what: str
    question: str
    old: str
    new: str
    note: str


@dataclass(frozen=True, slots=True)
class ReviewView:
    """One review as one person sees it. ``state`` is draft or submitted; ``score`` from 0 to 100, None: nothing applies."""

    id: str
    call: str
    call_name: str
    agent: str
    queue: str
    started_at: datetime | None
    duration: Seconds
    card: str
    card_version: int
    slot: str  # first, second, calibration
    state: str
    edition: int
    version: int
    sections: tuple[tuple[str, tuple[QuestionView, ...]], ...]
    score: float | None
    quality: float | None
    compliance: float | None
    band: str
    fatal: tuple[str, ...]
    open: int
    flag: str | None  # yes, no, or None: follows the score
    flag_version: int
    note: str
    note_version: int
    reviewer: str
    submitted_at: datetime | None
    blind: bool
    may_edit: bool
    may_reopen: bool
    doubt: str  # why the machine answers nothing
    newer: bool = False  # a newer result of the call says something else than the one it was reviewed with
    history: tuple[Event, ...] = ()
    session: str = ""  # the calibration session it belongs to

    @property
    def questions(self) -> tuple[QuestionView, ...]:
        return tuple(question for _title, questions in self.sections for question in questions)


@dataclass(frozen=True, slots=True)
class Change:
    """One change as a person sent it: ``base`` is the version they saw. ``part`` is answer, note or flag."""

    question: str
    part: str
    value: str | None
    base: int
    force: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody else answered meanwhile: what stands now, by whom. The own answer was not written."""

    question: str
    part: str
    theirs: str | None
    title: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a change: ``outcome`` is saved, clash, closed (the review is submitted) or nothing (nothing to undo)."""

    outcome: str
    view: ReviewView
    clash: Clash | None = None
    undone: str = ""  # what was taken back, for people


@dataclass(frozen=True, slots=True)
class Submitted:
    """``outcome`` is submitted, open (questions are left), changed (by somebody else since ``version``) or closed."""

    outcome: str
    view: ReviewView
    next: str | None = None  # public id of the next call that waits for this person


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One review in a list. ``flagged`` says that somebody should look at the call."""

    id: str
    call: str
    call_name: str
    agent: str
    card: str
    slot: str
    state: str
    reviewer: str
    at: datetime
    score: float | None = None
    band: str = ""
    fatal: tuple[str, ...] = ()
    flagged: bool = False
    acknowledged: bool = False
    disputed: int = 0
    differs: int = 0  # answers that differ from the machine's


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """A call somebody is asked to review."""

    id: str
    call: str
    call_name: str
    agent: str
    slot: str
    who: str
    by: str
    at: datetime
    due_at: datetime | None
    picked: str
    probability: float | None
    mine: bool
    fitting: str = ""  # the card that is made for calls like this one


@dataclass(frozen=True, slots=True)
class MyWork:
    """What waits for one person, and what was reviewed of late."""

    assigned: tuple[AssignmentLine, ...]
    drafts: tuple[ReviewLine, ...]
    recent: tuple[ReviewLine, ...]
    doubted: tuple[ReviewLine, ...] = ()  # the call was judged again since, and the machine would answer otherwise


@dataclass(frozen=True, slots=True)
class OfCall:
    """Reviews of one call: the one to show beside it, and what may be begun."""

    review: ReviewView | None
    cards: tuple[CardLine, ...]
    may_begin: bool
    may_second: bool
    others: tuple[ReviewLine, ...] = ()
    fitting: str = ""  # the card that is made for calls like this one
    begun_by: str = ""  # who else began the first review: to begin it means to take it over


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be asked to review."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class SampleLine:
    """The random sample of one agent. The rate of flagged calls is there once all drawn calls were reviewed."""

    agent: str
    at: datetime
    frame: int
    drawn: int
    heard: int
    seed: str
    sha256: str
    rate: float | None
    low: float | None
    high: float | None
    same: bool  # drawing again gives the same calls


class ReviewDesk(Protocol):
    """What pages ask of reviews, for one signed-in person."""

    def mine(self) -> MyWork: ...

    def of_call(self, call_id: str) -> OfCall | None: ...

    def begin(self, call_id: str, card: str, slot: str) -> str | None:
        """The public id of a new review of the call, or of the draft that is there already; None when not allowed."""
        ...

    def review(self, review_id: str) -> ReviewView | None:
        """One review; reading it is written to the audit log in the same transaction, or nothing is returned."""
        ...

    def peek(self, review_id: str) -> ReviewView | None:
        """The same for a page that shows it already: looking again is no further look."""
        ...

    def answer(self, review_id: str, change: Change) -> Saved | None: ...

    def undo(self, review_id: str) -> Saved | None:
        """Take back this person's last change that still stands."""
        ...

    def submit(self, review_id: str, version: int) -> Submitted | None: ...

    def reopen(self, review_id: str, reason: str) -> str | None:
        """The public id of the next edition, with the answers copied."""
        ...
