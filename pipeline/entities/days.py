"""Days as people name them: "by friday", "in two weeks", "the day after tomorrow", "on the twenty fourth", "12/24".

Each comes with the words it was said in, so that it can be shown, and with the day itself where the day of the call is known.
Numbers are written first (rules.spoken), so that "twenty four hours" is 24 and never the four at its end. A range counts to
its end: "three to five working days" is after five.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from rules.spoken import normal_form

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = "january february march april may june july august september october november december".split()
UNIT_DAYS = {"day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30}
UNIT_HOURS = {"minute": 1 / 60, "hour": 1.0}
SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
NUMBERS = {**{name: n for n, name in enumerate(SMALL)}, "a": 1, "an": 1, "couple": 2, "few": 3}
ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth"
).split()
TENTHS = {"thirtieth": 30}
NUMBER = rf"(?:\d{{1,3}}|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
AFTER_A_DAY = (
    r"(?=$|[.,;?!]| (?:and|or|at|in|then|so|between|but|if|before|after|because|when|which|that|for|to|i|we|you|it)\b)"
)
IN_SPAN = re.compile(
    rf"\b(?P<near>(?:within|in|after|inside)(?: about| around)?(?: the)?(?: next| coming)? )?"
    rf"(?:a )?(?:{NUMBER} ?(?:or|to|-) ?)?(?P<number>{NUMBER})(?: of)?(?: more)?(?P<working> working| business)? "
    r"(?P<unit>minute|hour|day|night|week|fortnight|month)s?\b(?! ago\b)"
)
FROM_DAY = re.compile(
    rf"\b(?P<number>{NUMBER})(?: of)? (?P<unit>day|week|fortnight|month)s? (?:from|on|after) "
    rf"(?P<from>now|today|tomorrow|{'|'.join(WEEKDAYS)})\b"
)
AFTER_NEXT = re.compile(rf"\b(?:the )?(?P<what>week|month|{'|'.join(WEEKDAYS)}) after next\b")
AGO = re.compile(
    rf"\b(?:{NUMBER} (?:or|to) )?{NUMBER}(?: of)?(?: \w+)? (?:minute|hour|day|night|week|fortnight|month|year)s? ago\b"
    r"|\b(?:the )?(?:week|month|year|night|weekend) before last\b|\blast (?:night|week|month|year|weekend)\b"
)
WEEKEND = re.compile(r"\b(?P<lead>before|over|by|after|until|at|on|during)? ?(?:the|this|next|this coming) weekend\b")
END_OF = re.compile(r"\b(?:the )?end of (?P<which>the|this|next|business)(?: (?P<unit>day|week|month|year))?\b")
NEXT = re.compile(r"\b(?P<which>next|this|coming) (?P<unit>week|month)\b")
NEAR = re.compile(
    r"\b(?P<said>(?:the )?day after tomorrow|tomorrow|today|tonight|this (?:afternoon|evening|morning)|yesterday)\b"
)
WEEKDAY = re.compile(
    rf"\b(?:(?P<lead>by|on|before|until|due|come) )?(?:(?P<which>next|this|last|the|every|following) )?"
    rf"(?P<day>{'|'.join(WEEKDAYS)})\b(?!s)"
)
ON_DATE = re.compile(rf"\b(?P<month>{'|'.join(MONTHS)}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:, (?P<year>\d{{4}}))?")
ON_THE = re.compile(
    rf"\b(?:by|on|before|until|from|for)(?: the)? (?:(?P<figure>\d{{1,2}})(?:st|nd|rd|th)|"
    rf"(?:(?P<tens>20|30|twenty|thirty)[ -])?(?P<word>{'|'.join([*ORDINALS, *TENTHS])}))\b{AFTER_A_DAY}"
)
IN_FIGURES = re.compile(
    r"(?<![\d/.-])(?:(?P<y>(?:19|20)\d\d)-(?P<m>\d\d)-(?P<d>\d\d)|"
    r"(?P<first>\d{1,2})(?P<sign>[/.])(?P<second>\d{1,2})(?:(?P=sign)(?P<year>(?:19|20)\d\d|\d\d))?)(?![\d/%-]|\.\d)"
)
FIGURES = re.compile(r"\d+(?:-\d+)+\b")


@dataclass(frozen=True, slots=True)
class Day:
    """Words ``first`` to ``last`` name a day. ``at_once``: minutes or hours of the same day; ``past``: a day gone by."""

    said: str
    first: int
    last: int  # inclusive
    day: date | None
    kind: str
    at_once: bool = False
    past: bool = False


def days_in(words: Sequence[str], when: datetime | None, region: str = "US") -> list[Day]:
    """Days named in ``words`` in the order they are said. ``region``: 5/12 is month first in the United States alone."""
    text, starts, places = _written(words)
    found: list[Day] = []
    taken: set[int] = set()
    for first, last, kind, match in _matches(text):
        begin, end = places[bisect_right(starts, first) - 1][0], places[bisect_right(starts, last - 1) - 1][1]
        one = _day(kind, match, when, region)
        if one is None or not taken.isdisjoint(range(begin, end + 1)):
            continue
        taken.update(range(begin, end + 1))
        said = " ".join(words[begin : end + 1]).strip(" .,;?!")
        day, at_once, past = one
        found.append(Day(said, begin, end, day, kind, at_once, past))
    return sorted(found, key=lambda day: day.first)


def _written(words: Sequence[str]) -> tuple[str, list[int], list[tuple[int, int]]]:
    """The words with numbers in figures, where each piece begins in it, and which words it was."""
    text, starts, places = "", [], []
    for normal in normal_form(list(words)):
        starts.append(len(text))
        places.append((normal.first, normal.last))
        alone = words[normal.first] if normal.first == normal.last else ""
        plain = alone if FIGURES.match(alone) else normal.text  # "2-3" and "2026-12-24" stay what they are
        text += plain.lower().replace("’", "'") + " "
    return text.rstrip(), starts, places


def _matches(text: str) -> Iterator[tuple[int, int, str, re.Match[str]]]:
    """The surest forms first: they take their words from the others."""
    for kind, form in (("date", ON_DATE), ("figures", IN_FIGURES), ("end", END_OF), ("near", NEAR), ("from", FROM_DAY),
                       ("after next", AFTER_NEXT), ("ago", AGO), ("weekend", WEEKEND), ("weekday", WEEKDAY),
                       ("span", IN_SPAN), ("next", NEXT), ("ordinal", ON_THE)):  # fmt: skip
        for match in form.finditer(text):
            yield match.start(), match.end(), kind, match


def _day(kind: str, match: re.Match[str], when: datetime | None, region: str) -> tuple[date | None, bool, bool] | None:
    """The day, whether it is at once, whether it is past; None where the words name no day after all."""
    start, parts = (when.date() if when is not None else None), match.groupdict()
    if kind == "date":
        return _on(start, MONTHS.index(parts["month"]) + 1, int(parts["day"]), parts["year"]), False, False
    if kind == "figures":
        return _figures(start, parts, region)
    if kind == "ordinal":
        return _ordinal(start, parts)
    if kind == "span":
        return _span(when, parts)
    if kind == "ago":
        return None, False, True
    if kind == "from":
        return _from(start, parts), False, False
    if kind == "after next":
        return _after_next(start, str(parts["what"])), False, False
    if kind == "weekend":
        return _weekend(start, match.group()), False, False
    if kind == "weekday":
        if parts["which"] == "every":
            return None
        past = parts["which"] == "last"
        return (None if past else _weekday(start, parts["day"], parts["which"])), False, past
    if kind == "end":
        return (
            (None, False, False)
            if start is None
            else (_end(start, parts["which"], parts["unit"] or "day"), False, False)
        )
    if kind == "next":
        return (None, False, False) if start is None else (_end(start, parts["which"], parts["unit"]), False, False)
    return _near(start, parts["said"])


def _near(start: date | None, said: str) -> tuple[date | None, bool, bool]:
    ahead = 2 if "after tomorrow" in said else 1 if said == "tomorrow" else -1 if said == "yesterday" else 0
    return (start + timedelta(days=ahead) if start else None), False, ahead < 0


def _from(start: date | None, parts: dict[str, str | None]) -> date | None:
    """ "a week from tuesday": counted from the first tuesday that comes."""
    number, since = str(parts["number"]), str(parts["from"])
    if start is None:
        return None
    count = int(number) if number.isdecimal() else NUMBERS[number]
    if since in WEEKDAYS:
        start = _weekday(start, since, None) or start
    return start + timedelta(days=count * UNIT_DAYS[str(parts["unit"])] + (since == "tomorrow"))


def _after_next(start: date | None, what: str) -> date | None:
    """ "the monday after next" is the second one that comes; of a week or month its last day, as `_end` has it."""
    if start is None:
        return None
    if what in WEEKDAYS:
        first = _weekday(start, what, None)
        return None if first is None else first + timedelta(days=7)
    later = _end(start, "next", what)
    return later + timedelta(days=7) if what == "week" else _end(later, "next", "month")


def _weekend(start: date | None, said: str) -> date | None:
    """Before a weekend is by its friday, any other word counts to its sunday."""
    if start is None:
        return None
    sunday = start + timedelta(days=6 - start.weekday() + (7 if "next" in said else 0))
    return max(start, sunday - timedelta(days=2)) if said.startswith("before") else sunday


def _span(when: datetime | None, parts: dict[str, str | None]) -> tuple[date | None, bool, bool]:
    number, unit = str(parts["number"]), str(parts["unit"])
    count = int(number) if number.isdecimal() else NUMBERS[number]
    if unit in UNIT_HOURS:
        hours = count * UNIT_HOURS[unit]
        return ((when + timedelta(hours=hours)).date() if when is not None else None), hours < 12, False
    if when is None:
        return None, False, False
    return _after(when.date(), count * UNIT_DAYS[unit], working=bool(parts["working"])), False, False


def _after(start: date, days: int, *, working: bool) -> date:
    if not working:
        return start + timedelta(days=days)
    while days > 0:
        start += timedelta(days=1)
        days -= start.weekday() < 5
    return start


def _weekday(start: date | None, name: str, which: str | None) -> date | None:
    """The first such day after ``start``; "next friday" on a monday is the one of the week after, "this friday" may be today."""
    if start is None:
        return None
    ahead = (WEEKDAYS.index(name) - start.weekday() - 1) % 7 + 1
    if which == "this" and ahead == 7:
        ahead = 0
    same_week = start.weekday() + ahead < 7
    return start + timedelta(days=ahead + (7 if which == "next" and same_week else 0))


def _end(start: date, which: str, unit: str) -> date:
    """The last day of a time: of a week its friday."""
    following = which in ("next", "coming")
    if unit == "week":
        monday = start - timedelta(days=start.weekday()) + timedelta(days=7 if following else 0)
        return max(start, monday + timedelta(days=4))
    if unit == "month":
        later = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
        later = (later.replace(day=28) + timedelta(days=4)).replace(day=1) if following else later
        return later - timedelta(days=1)
    if unit == "year":
        return date(start.year + following, 12, 31)
    return start + timedelta(days=1 if following else 0)


def _ordinal(start: date | None, parts: dict[str, str | None]) -> tuple[date | None, bool, bool] | None:
    """The next day of that number: "by the 24th"."""
    word, tens = parts["word"], parts["tens"]
    number = int(str(parts["figure"])) if word is None else TENTHS.get(word) or ORDINALS.index(word) + 1
    if tens is not None:
        if number > 9:
            return None
        number += 30 if tens in ("30", "thirty") else 20
    if not 1 <= number <= 31:
        return None
    if start is None:
        return None, False, False
    for months in range(3):
        year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
        named = _exact(year, month + 1, number)
        if named is not None and named >= start:
            return named, False, False
    return None, False, False


def _figures(start: date | None, parts: dict[str, str | None], region: str) -> tuple[date | None, bool, bool] | None:
    """A date in figures; without a year only with a slash: "3.5" is a number."""
    year: str | None
    if parts["y"] is not None:
        month, day, year = int(str(parts["m"])), int(str(parts["d"])), parts["y"]
    else:
        if parts["year"] is None and parts["sign"] == ".":
            return None
        one, two, year = int(str(parts["first"])), int(str(parts["second"])), parts["year"]
        month, day = month_and_day(one, two, slash=parts["sign"] == "/", region=region)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return _on(start, month, day, f"20{year}" if year is not None and len(year) == 2 else year), False, False


def month_and_day(one: int, two: int, *, slash: bool, region: str) -> tuple[int, int]:
    """5/12 is May in the United States and December elsewhere; what can only be read one way is read so."""
    month_first = two > 12 or (slash and region == "US" and one <= 12)
    return (one, two) if month_first else (two, one)


def _on(start: date | None, month: int, day: int, year: str | None) -> date | None:
    """The date that was named; without a year the next such day."""
    if year is not None:
        return _exact(int(year), month, day)
    if start is None:
        return None
    named = _exact(start.year, month, day)
    return named if named is not None and named >= start else _exact(start.year + 1, month, day)


def _exact(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
