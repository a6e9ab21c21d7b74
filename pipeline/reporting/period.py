"""Which days a report covers, on the calendar of a named zone.

Days are local dates: a day has 23, 24 or 25 hours where the clocks change, and none is lost or counted twice. The period
before is as long in days; of whole calendar months it is as many months, because people compare March with February.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pipeline.reporting.errors import ReportError

Step = Literal["week", "month"]
STEPS: tuple[Step, ...] = ("week", "month")
DAY = timedelta(days=1)
MOST_DAYS = 3_700  # ten years


@dataclass(frozen=True, slots=True)
class Bucket:
    """A part of a period, both days included. ``name`` is what stands on an axis: ``2026-W09``, ``2026-03``."""

    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Period:
    """Local dates ``first`` to ``last``, both included, of the IANA zone ``zone``. Raises ReportError."""

    first: date
    last: date
    zone: str = "UTC"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ReportError(f"The period ends ({self.last}) before it begins ({self.first}). Exchange the two days.")
        if (self.last - self.first).days >= MOST_DAYS:
            raise ReportError(f"{self.first} to {self.last} is longer than {MOST_DAYS} days. Choose a shorter period.")
        if not date(1970, 1, 3) <= self.first or not self.last <= date(9000, 1, 1):
            raise ReportError(f"{self.first} to {self.last} is no period of recorded calls.")
        try:
            ZoneInfo(self.zone)
        except (ValueError, KeyError, OSError) as error:
            raise ReportError(f'There is no zone "{self.zone}"; write it as in Europe/Helsinki.') from error

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def begin(self) -> datetime:
        """The first moment, in UTC."""
        return midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after it, in UTC."""
        return midnight(self.last + DAY, self.zone)

    def before(self) -> Period:
        """The period just before: as many whole months where this is whole months, else as many days."""
        last = self.first - DAY
        months = self._whole_months()
        first = self.first - timedelta(days=self.days)
        if months:
            first = self.first
            for _ in range(months):
                first = (first - DAY).replace(day=1)
        return Period(first, last, self.zone)

    def buckets(self, step: Step) -> tuple[Bucket, ...]:
        """The weeks (from Monday) or months it touches, cut off at its ends."""
        return tuple(self._buckets(step))

    def _buckets(self, step: Step) -> Iterator[Bucket]:
        first = self.first
        while first <= self.last:
            after = _next_week(first) if step == "week" else _next_month(first)
            name = "{}-W{:02}".format(*first.isocalendar()[:2]) if step == "week" else f"{first:%Y-%m}"
            yield Bucket(name, first, min(after - DAY, self.last))
            first = after

    def _whole_months(self) -> int:
        """How many calendar months it is; 0 when it is not whole ones."""
        after = self.last + DAY
        if self.first.day != 1 or after.day != 1:
            return 0
        return (after.year - self.first.year) * 12 + after.month - self.first.month


def midnight(day: date, zone: str) -> datetime:
    """The first moment of a local day, in UTC; where midnight is skipped, the moment the clocks jump."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def last_month(today: date, zone: str) -> Period:
    """The calendar month before the one that ``today`` lies in."""
    last = today.replace(day=1) - DAY
    return Period(last.replace(day=1), last, zone)


def bucket_of(buckets: tuple[Bucket, ...], day: date) -> int:
    """The place of the bucket that holds ``day``, which must lie inside the period."""
    return bisect_right([bucket.first for bucket in buckets], day) - 1


def _next_week(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
