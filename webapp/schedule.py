"""When something is due: a cron line in a zone, turned into slots that have one name on every machine.

The line is worked out on the wall clock alone, by APScheduler's trigger, and only then placed in time: the trigger
itself fires a daily job twice when the clocks go back. A fixed hour is named by its local date and time, so the doubled
hour is one slot and a skipped one happens once, as late as the clocks jump. A line for every hour is named by its moment
in UTC: there both passes through the doubled hour count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger

from rules.errors import CallsiftError

SPANS = [timedelta(hours=2), timedelta(days=2), timedelta(days=32), timedelta(days=1500)]  # 29 February too
SHIFT = timedelta(hours=3)  # more than any change of a zone's clocks
MINUTE = timedelta(minutes=1)
CRON_FIELDS = ("minute", "hour", "day", "month", "weekday")
HOUR_FIELD = CRON_FIELDS.index("hour")
WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


class ScheduleError(CallsiftError, ValueError):
    """A cron line or zone that cannot be used."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One time (UTC) at which a job is due. ``name`` is its run key."""

    at: datetime
    name: str


class Schedule:
    """A cron line (minute hour day month weekday) in an IANA zone."""

    def __init__(self, line: str, zone: str) -> None:
        try:
            self.zone = ZoneInfo(zone)
            self._wall = CronTrigger.from_crontab(_named_weekdays(line), timezone=UTC)  # a clock that never changes
        except (ValueError, KeyError, OSError) as error:
            message = f'schedule = "{line}" in zone "{zone}" cannot be used: {error}.'
            raise ScheduleError(f"{message} A quarter-hourly line is */15 * * * *, a zone Europe/Helsinki.") from error
        self._every_hour = line.split()[HOUR_FIELD].startswith("*")

    def next(self, moment: datetime) -> datetime | None:
        """The first time after ``moment``, in UTC; None when there is none for years."""
        for span in SPANS:
            if found := self.between(moment, moment + span):
                return found[0].at
        return None

    def due(self, moment: datetime) -> Slot | None:
        """The latest slot at or before ``moment``: slots slept through are made up by one run, not by many."""
        for span in SPANS:
            if found := self.between(moment - span, moment):
                return found[-1]
        return None

    def between(self, after: datetime, until: datetime) -> list[Slot]:
        """All slots after ``after`` up to ``until``, in the order of time."""
        begin, end = (moment.astimezone(self.zone).replace(tzinfo=UTC) for moment in (after - SHIFT, until + SHIFT))
        found = {slot for wall in self._walls(begin, end) for slot in self._slots(wall)}
        return sorted(slot for slot in found if after < slot.at <= until)

    def _walls(self, begin: datetime, end: datetime) -> Iterator[datetime]:
        """What a wall clock shows at each slot."""
        wall = self._wall.get_next_fire_time(None, begin)
        while wall is not None and wall <= end:
            yield wall
            wall = self._wall.get_next_fire_time(None, wall + MINUTE)

    def _slots(self, wall: datetime) -> list[Slot]:
        """The slots of one reading of the clock: one, or two where every pass counts."""
        passes = (0, 1) if self._every_hour else (0,)
        times = [wall.replace(tzinfo=self.zone, fold=fold).astimezone(UTC) for fold in passes]
        if self._every_hour:
            return [Slot(at, f"{at:%Y-%m-%dT%H:%MZ}") for at in times if self._shows(at, wall)]
        return [Slot(at, f"{wall:%Y-%m-%dT%H:%M} {self.zone.key}") for at in times]

    def _shows(self, at: datetime, wall: datetime) -> bool:
        """Whether the clocks really show ``wall`` at that moment: not where it was skipped."""
        return at.astimezone(self.zone).replace(tzinfo=UTC) == wall.replace(fold=0)


def _named_weekdays(line: str) -> str:
    """Numbers of the fifth field as names: to cron 0 and 7 are Sunday, to APScheduler 0 is Monday."""
    fields = line.split()
    if len(fields) == len(CRON_FIELDS):
        fields[-1] = ",".join(_weekdays(part) for part in fields[-1].split(","))
    return " ".join(fields)


def _weekdays(part: str) -> str:
    days = re.fullmatch(r"([0-7])(?:-([0-7]))?", part)
    if days is None:
        return part
    first, last = int(days[1]), int(days[2] or days[1])
    return ",".join(WEEKDAYS[day % 7] for day in range(first, last + 1)) or part
