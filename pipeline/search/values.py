"""What stands behind a colon: numbers, lengths, days, words of a mood, and ranges of them."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from pipeline.search.errors import QueryError
from pipeline.search.fields import MOODS, Field
from pipeline.search.tree import Between

_COMPARED = re.compile(r"(>=|<=|>|<|=)\s*(.+)", re.S)
_DOTS = re.compile(r"(.*?)\.\.(.*)", re.S)
_BRACKETS = re.compile(r"([\[{])\s*(\S.*?)\s+TO\s+(\S.*?)\s*([\]}])", re.S)
_LENGTH = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?:in)?)?(?:(\d+(?:\.\d+)?)s?)?")
_CLOCK = re.compile(r"(?:(\d{1,6}):)?(\d{1,3}):(\d\d)")
_DAYS = re.compile(r"(\d{1,4})d")
_DAY = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?")


@dataclass(frozen=True, slots=True)
class Days:
    """What days mean: the searcher's zone and their day today."""

    zone: tzinfo = UTC
    today: date = date(1970, 1, 1)

    @classmethod
    def of(cls, zone: tzinfo, now: datetime) -> Days:
        return cls(zone, now.astimezone(zone).date())

    def midnight(self, day: date) -> float:
        """The first moment of a day; where clocks skip midnight, the moment they jump to."""
        return datetime.combine(day, time(), self.zone).timestamp()


def between(field: Field, text: str, at: int, days: Days) -> Between:
    """The range that ``text`` asks of a field of numbers; raises QueryError at the character."""
    if field.kind == "day":
        return _by_day(text, at, days)
    if field.kind == "sentiment" and text.casefold() in MOODS:
        low, high = MOODS[text.casefold()]
        strict = text.casefold() == "neutral"
        return Between(field.column, low, high, strict_low=strict, strict_high=strict)
    if field.kind == "score":
        return _by_score(field, text, at)
    read = _length if field.kind == "length" else _number
    low_text, low_at, high_text, high_at, strict_low, strict_high = _ends(text, at)
    low = None if low_text is None else read(low_text, low_at)
    high = None if high_text is None else read(high_text, high_at)
    return _ordered(Between(field.column, low, high, strict_low, strict_high), at, len(text))


def window(text: str, at: int, most: int) -> int:
    """Whole seconds at either end of a call."""
    plain = text.removesuffix("s")
    if not plain.isdecimal() or not 1 <= int(plain) <= most:
        raise QueryError(f"Write a whole number of seconds from 1 to {most}", at, len(text))
    return int(plain)


def _ends(text: str, at: int) -> tuple[str | None, int, str | None, int, bool, bool]:
    """Lower and upper end with their places, and whether each is left out; an open end is None."""
    if compared := _COMPARED.fullmatch(text):
        sign, value, place = compared[1], compared[2], at + compared.start(2)
        if sign == "=":
            return value, place, value, place, False, False
        strict = len(sign) == 1
        return (value, place, None, at, strict, False) if sign[0] == ">" else (None, at, value, place, False, strict)
    if brackets := _BRACKETS.fullmatch(text):
        low, high = _open(brackets[2]), _open(brackets[3])
        return low, at + brackets.start(2), high, at + brackets.start(3), brackets[1] == "{", brackets[4] == "}"
    if text[:1] in "[{":
        raise QueryError("Write this range as [low TO high]", at, len(text))
    if dots := _DOTS.fullmatch(text):
        if not dots[1] and not dots[2]:
            raise QueryError("A range needs at least one end, for example 5..20", at, len(text))
        return _open(dots[1]), at, _open(dots[2]), at + dots.start(2), False, False
    return text, at, text, at, False, False


def _open(text: str) -> str | None:
    return None if text in ("", "*") else text


def _number(text: str, at: int) -> float:
    if not re.fullmatch(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})%?", text):
        raise QueryError(f'"{text}" is not a number', at, len(text))
    return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


def _by_score(field: Field, text: str, at: int) -> Between:
    """Scores as they stand on screen, rounded to whole numbers from 0 to 100: what shows an end of the range is inside."""
    low_text, low_at, high_text, high_at, strict_low, strict_high = _ends(text, at)
    low = None if low_text is None else _whole(low_text, low_at)
    high = None if high_text is None else _whole(high_text, high_at)
    if low is not None and high is not None and low > high:
        raise QueryError("This range ends before it begins", at, len(text))
    begin = None if low is None else (low + (0.5 if strict_low else -0.5)) / 100
    end = None if high is None else (high + (-0.5 if strict_high else 0.5)) / 100
    return Between(field.column, begin, end, strict_high=end is not None)


def _whole(text: str, at: int) -> int:
    value = _number(text, at) * (100 if text.endswith("%") else 1)
    if not value.is_integer() or not 0 <= value <= 100:
        raise QueryError(f'"{text}" is no score; scores are whole numbers from 0 to 100, as on screen', at, len(text))
    return int(value)


def _length(text: str, at: int) -> float:
    """Seconds of "90", "90s", "5m", "1h30m", "2:30" or "1:02:30"."""
    if clock := _CLOCK.fullmatch(text):
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + int(clock[3])
    parts = _LENGTH.fullmatch(text) if len(text) < 20 else None
    if not parts or not any(parts.groups()):
        raise QueryError(f'"{text}" is not a length; write it as in 90s, 5m, 1h30m or 2:30', at, len(text))
    return int(parts[1] or 0) * 3600 + int(parts[2] or 0) * 60 + float(parts[3] or 0)


def _by_day(text: str, at: int, days: Days) -> Between:
    """Days are whole: a range from its first midnight up to the midnight behind its last day."""
    low_text, low_at, high_text, high_at, strict_low, strict_high = _ends(text, at)
    low = high = None
    if low_text is not None:
        first, behind = _span(low_text, low_at, days)
        low = days.midnight(behind if strict_low else first)
    if high_text is not None:
        first, behind = _span(high_text, high_at, days)
        high = days.midnight(first if strict_high else behind)
    return _ordered(Between("started", low, high, strict_high=True), at, len(text))


def _span(text: str, at: int, days: Days) -> tuple[date, date]:
    """The first day of what ``text`` names and the day behind its last."""
    name, one = text.casefold(), timedelta(days=1)
    if name in ("today", "yesterday"):
        day = days.today - (one if name == "yesterday" else one * 0)
        return day, day + one
    if since := _DAYS.fullmatch(name):
        return days.today - one * max(int(since[1]) - 1, 0), days.today + one
    parts = _DAY.fullmatch(name)
    try:
        if not parts:
            raise ValueError
        year, month, number = int(parts[1]), int(parts[2] or 0), int(parts[3] or 0)
        if number:
            day = date(year, month, number)
            return day, day + one
        first, last = month or 1, month or 12
        return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]) + one
    except (ValueError, OverflowError, calendar.IllegalMonthError) as error:
        message = f'"{text}" is not a day; write it as in 2026-03-01, 2026-03, today, yesterday or 7d'
        raise QueryError(message, at, len(text)) from error


def _ordered(wanted: Between, at: int, length: int) -> Between:
    if wanted.low is not None and wanted.high is not None and wanted.low > wanted.high:
        raise QueryError("This range ends before it begins", at, length)
    return wanted
