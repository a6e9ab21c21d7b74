"""What an agent and those who judge see of a submitted review: results, disputes, coaching notes and their effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboards.reviews import Choice, QuestionView
from pipeline.records import Seconds


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
