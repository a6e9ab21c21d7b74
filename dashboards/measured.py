"""What the page of measured quality asks for and shows: kept reports of evaluations, inside the scope of whoever looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pipeline.records import Seconds


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a report. ``reached`` is None where nothing was promised."""

    name: str
    value: Any
    interval: tuple[float, float] | None
    goal: str
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Example:
    """One item an evaluation got wrong, in redacted words. ``call`` is a call this person may open, at second ``at``.

    ``foreign``: it is of a recording that callsift does not hold here.
    """

    facts: Mapping[str, Any]
    call: str = ""
    name: str = ""
    at: Seconds | None = None
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """One evaluation on one data set. ``hidden`` counts examples of calls that this person may not see."""

    name: str
    data: str
    at: datetime
    n: int
    error: str
    figures: Sequence[Figure]
    examples: Sequence[Example]
    hidden: int
    settings: Mapping[str, Any]


class MeasuredDesk(Protocol):
    def reports(self) -> Sequence[Report]:
        """Everything that was measured and kept, by name."""
        ...
