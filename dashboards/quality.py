"""What the pages of reviews ask for and show, already inside the scope of whoever is signed in.

A review that is blind shows neither what the machine said nor what others answered, until it is submitted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

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
class CardLine:
    """The version of a scorecard that is in force."""

    id: str
    title: str
    about: str
    version: int
    questions: int
    weight: float
    made_at: datetime | None
    made_by: str
    note: str
    text: str
    general: bool = True  # it is made for no kind of call in particular


@dataclass(frozen=True, slots=True)
class DraftView:
    """A card in the editor. ``token`` names the last step (""; nothing was changed yet), ``steps`` is how many can be undone;
    ``newer`` is what somebody else published since the change began with version ``base``."""

    line: CardLine
    body: Mapping[str, Any]
    token: str
    base: int
    steps: int
    newer: tuple[str, ...]
    others: tuple[str, ...]  # who else changes it at the moment


@dataclass(frozen=True, slots=True)
class TrashedCard:
    """A scorecard in the trash."""

    id: str
    title: str
    at: datetime
    by: str


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


@dataclass(frozen=True, slots=True)
class Figure:
    """One coefficient of agreement with its interval."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    units: int
    same: float | None
    reading: str
    note: str


@dataclass(frozen=True, slots=True)
class QuestionFigures:
    """Agreement on one question: of people, and of people with the machine."""

    question: str
    ask: str
    people: Figure
    machine: Figure


@dataclass(frozen=True, slots=True)
class CalibrationLine:
    """One session in the list. ``done`` of ``reviews`` are submitted."""

    id: str
    title: str
    card: str
    by: str
    at: datetime
    closed_at: datetime | None
    calls: int
    people: tuple[str, ...]
    done: int
    mine: bool


@dataclass(frozen=True, slots=True)
class SessionCall:
    """A call of a session: one's own review of it, and once the session is closed everybody's answers and scores."""

    call: str
    name: str
    review: str | None
    state: str
    scores: Mapping[str, float | None] = field(default_factory=dict)
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # question -> person -> answer in words
    machine: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CalibrationView:
    """One session. Figures are there once it is closed; ``near`` is the share of pairs of scores within ten points."""

    line: CalibrationLine
    calls: tuple[SessionCall, ...]
    figures: tuple[QuestionFigures, ...]
    near: float | None
    mean_gap: float | None
    pairs: int
    outcome: str
    may_close: bool
    progress: Mapping[str, int] = field(default_factory=dict)  # person -> reviews submitted


@dataclass(frozen=True, slots=True)
class AgreementView:
    """Agreement over everything that was reviewed twice, and with the machine over everything that was reviewed once."""

    card: str
    title: str
    reviews: int
    twice: int
    figures: tuple[QuestionFigures, ...]
    near: float | None
    mean_gap: float | None
    pairs: int


@dataclass(frozen=True, slots=True)
class DisputeLine:
    """One dispute. ``may_decide`` is false for whoever gave the answer."""

    id: str
    review: str
    call: str
    call_name: str
    agent: str
    question: str
    ask: str
    old: str
    new: str
    machine: str
    text: str
    by: str
    at: datetime
    state: str
    reviewer: str
    decided_by: str
    decided_at: datetime | None
    said: str
    may_decide: bool
    choices: tuple[Choice, ...] = ()
    rules: tuple[str, ...] = ()  # for which the call becomes an example, or became one


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One result as the agent sees it."""

    review: str
    call: str
    call_name: str
    at: datetime
    card: str
    score: float | None
    band: str
    acknowledged: bool
    disputable_until: datetime | None  # None: the window has passed
    disputes: int


@dataclass(frozen=True, slots=True)
class ResultView:
    """One result with its answers, evidence first."""

    line: ResultLine
    questions: tuple[QuestionView, ...]
    note: str
    disputes: tuple[DisputeLine, ...]
    coaching: tuple[CoachingLine, ...]
    full: frozenset[str] = frozenset()  # questions whose answers earn all there is: nothing to dispute


@dataclass(frozen=True, slots=True)
class Effect:
    """The same question before and after a note: shares of good answers and their difference with its interval."""

    before: float | None
    before_of: int
    after: float | None
    after_of: int
    low: float | None
    high: float | None

    @property
    def difference(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class CoachingLine:
    """One coaching note."""

    id: str
    call: str
    call_name: str
    agent: str
    ask: str
    start: Seconds
    end: Seconds
    agreed: str
    by: str
    at: datetime
    due_at: datetime | None
    seen_at: datetime | None
    closed_at: datetime | None
    closing: str
    effect: Effect


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


class CardDesk(Protocol):
    """Scorecards of an organisation."""

    def cards(self) -> Sequence[CardLine]: ...

    def card(self, card: str) -> CardLine | None: ...

    def versions(self, card: str) -> Sequence[CardLine]: ...

    def publish(self, text: str, note: str, *, base: int) -> CardLine: ...

    def trash(self) -> Sequence[TrashedCard]: ...

    def throw(self, card: str) -> bool:
        """Put a card in the trash: it is offered no more; its versions and the reviews by them stay."""
        ...

    def restore(self, card: str) -> bool: ...
