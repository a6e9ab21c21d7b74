"""What the pages of calibration sessions and agreement show, inside the scope of whoever is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.records import Evidence


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
    reviews: Mapping[str, str] = field(default_factory=dict)  # person -> id of their review
    notes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  # question -> person -> what they wrote
    places: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)  # question -> where its rules look


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
