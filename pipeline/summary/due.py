"""Until when something was promised: "by friday", "within three working days", "in two weeks", "on the ninth of may".

The day is counted from the day of the call in the recorder's zone; without it only the words are given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.entities.days import days_in


@dataclass(frozen=True, slots=True)
class Due:
    """``said`` as it was said; ``day`` where it can be counted. ``at_once``: within minutes or a few hours."""

    said: str
    day: date | None
    at_once: bool = False


def due_in(words: Sequence[str], when: datetime | None, region: str = "US") -> Due | None:
    """The first day to come that ``words`` name, or None."""
    ahead = [day for day in days_in(words, when, region) if not day.past]
    first = next((day for day in ahead if not day.at_once), ahead[0] if ahead else None)
    return Due(first.said, first.day, first.at_once) if first else None
