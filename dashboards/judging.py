"""What the page Quality asks for: how people review, how far they agree, what became of disputes, and what the draws tell.

Everything is counted from reviews this person may see; dates are those on which reviews were submitted, sessions closed and
disputes decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, cast

from flask import current_app

from dashboards.calibration import AgreementView, Figure
from dashboards.figures import Wanted
from dashboards.queues import RateView

JUDGING = "callsift.judging"  # where the way to it lies among the extensions of the application


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Reviews that one person submitted, by local day; ``id`` is public."""

    id: str
    name: str
    days: Mapping[date, int]

    @property
    def reviews(self) -> int:
        return sum(self.days.values())


@dataclass(frozen=True, slots=True)
class Calibrated:
    """One closed session: pairs of scores, how many of them within ten points, and agreement over all its questions."""

    id: str
    title: str
    card: str
    closed: date
    people: int
    calls: int
    pairs: int
    near: float | None
    mean_gap: float | None
    agreement: Figure | None  # of the question people agree least on


@dataclass(frozen=True, slots=True)
class Disputed:
    """Decided disputes of one question, and those still open."""

    question: str
    ask: str
    upheld: int
    rejected: int
    open: int


@dataclass(frozen=True, slots=True)
class Drawn:
    """Random draws of one team: calls drawn, and how many of them somebody has reviewed."""

    team: str
    drawn: int
    reviewed: int


class JudgingDesk(Protocol):
    """Figures of reviews for one signed-in person."""

    def today(self) -> date:
        """In the installation's zone."""
        ...

    def cards(self) -> Sequence[tuple[str, str]]:
        """Scorecards to choose, as key and title; the key of the first one is "", which stands for it."""
        ...

    def agreement(self, wanted: Wanted) -> AgreementView | None: ...

    def calibrations(self, wanted: Wanted) -> Sequence[Calibrated]:
        """By the day they were closed."""
        ...

    def reviewers(self, wanted: Wanted) -> Sequence[Reviewer]:
        """By name: nobody is ranked."""
        ...

    def disputes(self, wanted: Wanted) -> Sequence[Disputed]: ...

    def drawn(self, wanted: Wanted) -> Sequence[Drawn]: ...

    def prevalence(self) -> Sequence[RateView]:
        """Weighted shares of flagged calls over all draws: of all calls, of teams, of agents."""
        ...


def judging() -> JudgingDesk:
    """Figures of reviews for whoever is signed in."""
    return cast(Callable[[], JudgingDesk], current_app.extensions[JUDGING])()
