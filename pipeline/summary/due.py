"""Until when something was promised: "by friday", "within three working days", "tomorrow", "on the ninth of may".

The day is counted from the day of the call in the recorder's zone; without it only the words are given. A range counts to its end:
"three to five working days" is due after five.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.spoken import normal_form

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
UNIT_DAYS = {"day": 1, "night": 1, "week": 7, "month": 30}
UNIT_TIMES = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "couple": 2, "few": 3, "next": 1, "eleven": 11, "twelve": 12, "fourteen": 14, "fifteen": 15, "twenty": 20, "twenty four": 24,
    "thirty": 30, "forty eight": 48, "seventy two": 72,
}  # fmt: skip
NUMBER = r"(\d+|" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + r")"
SPAN = re.compile(
    rf"\b(?:(?:within|in|take|takes|for|up to|after|be)(?: about| the)? )?(?:{NUMBER}(?: or| to) )?{NUMBER}(?: of)?(?: more)? "
    r"(working |business )?(minute|hour|day|week|month)s?\b"
)
NEAR = re.compile(
    r"\b(?:today|tonight|this (?:afternoon|evening|morning)|tomorrow|end of (?:the|this) (?:day|week|month))\b"
)
DAY = re.compile(r"\b(?:by|on|before|until|this|next|due)(?: next| this| the)? (" + "|".join(WEEKDAYS) + r")\b")
ON_DATE = re.compile(r"\b(" + "|".join(MONTHS) + r") (\d{1,2})(?:, (\d{4}))?")


@dataclass(frozen=True, slots=True)
class Due:
    """``said`` as it was said; ``day`` where it can be counted."""

    said: str
    day: date | None


def due_in(words: Sequence[str], when: datetime | None) -> Due | None:
    """The due date in a promise, or None."""
    text = " ".join(words).lower()
    start = when.date() if when is not None else None
    written = " ".join(normal.text for normal in normal_form(list(words)))
    on_date = ON_DATE.search(written)
    if on_date:
        return Due(on_date.group(), _on(on_date, start))
    found = DAY.search(text)
    if found:
        return Due(found.group(), _weekday(start, found.group(1), following="next" in found.group()))
    found = NEAR.search(text)
    if found:
        return Due(found.group(), _near(start, found.group()))
    found = SPAN.search(text)
    if found is None:
        return None
    number, working, unit = found.group(2), found.group(3), found.group(4)
    count = int(number) if number.isdecimal() else NUMBERS[number]
    if unit in UNIT_TIMES:
        return Due(found.group(), (when + count * UNIT_TIMES[unit]).date() if when is not None else None)
    return Due(found.group(), _after(start, count * UNIT_DAYS[unit], working=bool(working)))


def _after(start: date | None, days: int, *, working: bool) -> date | None:
    if start is None:
        return None
    if not working:
        return start + timedelta(days=days)
    while days > 0:
        start += timedelta(days=1)
        days -= start.weekday() < 5
    return start


def _weekday(start: date | None, name: str, *, following: bool) -> date | None:
    """The first such day after ``start``; "next friday" on a monday is the one of the week after."""
    if start is None:
        return None
    ahead = (WEEKDAYS.index(name) - start.weekday() - 1) % 7 + 1
    same_week = start.weekday() + ahead < 7
    return start + timedelta(days=ahead + (7 if following and same_week else 0))


def _near(start: date | None, said: str) -> date | None:
    if start is None:
        return None
    if said == "tomorrow":
        return start + timedelta(days=1)
    if said.endswith("week"):
        return start + timedelta(days=(4 - start.weekday()) % 7)
    if said.endswith("month"):
        return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return start


def _on(found: re.Match[str], start: date | None) -> date | None:
    """The date that was named; without a year the next such day."""
    month, day = MONTHS.index(found.group(1)) + 1, int(found.group(2))
    year = int(found.group(3)) if found.group(3) else None
    if year is None and start is None:
        return None
    try:
        named = date(year or (start.year if start else 1), month, day)
        if year is None and start is not None and named < start:
            named = named.replace(year=named.year + 1)
    except ValueError:
        return None
    return named
