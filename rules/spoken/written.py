"""The written form of spoken amounts, dates, times and numbers: what a transcript shows beside the words.

Only what is sure is rewritten: "twelve fifty" may be money, a time or a quantity and becomes the bare digits, a lone
"one" stays a word. Nothing is dropped: every word belongs to exactly one ``Normal``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rules.spoken.atoms import Is, atoms_of, bare
from rules.spoken.runs import DigitRun, cardinal, digits

CURRENCY = {"dollar": "$", "dollars": "$", "bucks": "$", "pound": "£", "pounds": "£", "quid": "£", "euro": "€",
            "euros": "€"}  # fmt: skip
CENTS = {"cent": "$", "cents": "$", "pence": "£", "p": "£"}
MONTHS = ("january february march april may june july august september october november december").split()
ORDINALS = ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth").split()  # fmt: skip
STARTS = {"the", "half", "quarter"}
UNITS = {*CURRENCY, *CENTS, "percent", "%", "per", "point", "am", "pm", "a.m", "p.m", "a", "p", "m", "o'clock"}
HALVES = {"am": "am", "a.m": "am", "pm": "pm", "p.m": "pm"}
LONGEST_NUMBER = 9  # "nine hundred and ninety nine thousand nine hundred and ninety nine" is cut into two


@dataclass(frozen=True, slots=True)
class Normal:
    """The written form of words ``first`` to ``last`` (both inclusive)."""

    text: str
    first: int
    last: int


def normal_form(words: Sequence[str]) -> list[Normal]:
    """``words`` in written form, in order, every word in exactly one item."""
    runs = {run.first: run for run in digits(words)}
    found: list[Normal] = []
    at = 0
    while at < len(words):
        item = _at(words, at) or _run(runs.get(at), words) or Normal(words[at], at, at)
        found.append(item)
        at = item.last + 1
    return found


def _at(words: Sequence[str], at: int) -> Normal | None:
    """Date, money, percentage, time or decimal that begins at word ``at``."""
    if not _worth_reading(words, at):
        return None
    return next((item for reader in _READERS if (item := reader(words, at)) is not None), None)


def _worth_reading(words: Sequence[str], at: int) -> bool:
    """A cheap look ahead: most numbers of a call are followed by nothing that these readers know."""
    first = bare(words[at])
    if first in MONTHS or first in STARTS or _ordinal(first):
        return True
    if not atoms_of(words[at]):
        return False
    end = _stop(words, at, LONGEST_NUMBER)
    return end < len(words) and (bare(words[end]) in UNITS or _ordinal(bare(words[end])) is not None)


def _stop(words: Sequence[str], at: int, longest: int) -> int:
    """The word after the last that may belong to a number from ``at``."""
    stop, last = at, min(len(words), at + longest)
    while stop < last and (atoms_of(words[stop]) or bare(words[stop]) == "and"):
        stop += 1
    return stop


def _number(words: Sequence[str], at: int, *, longest: int = LONGEST_NUMBER) -> tuple[int, int] | None:
    """The longest whole number from ``at`` and the word after it."""
    for end in range(_stop(words, at, longest), at, -1):
        value = cardinal(words[at:end]) if bare(words[end - 1]) != "and" else None
        if value is not None:
            return value, end
    return None


def _word(words: Sequence[str], at: int) -> str:
    return bare(words[at]) if at < len(words) else ""


def _money(words: Sequence[str], at: int) -> Normal | None:
    number = _number(words, at)
    if number is None:
        return None
    value, end = number
    unit = _word(words, end)
    if unit in CENTS and unit != "p":
        return Normal(f"{CENTS[unit]}{value / 100:.2f}", at, end)
    if unit not in CURRENCY:
        return None
    cents, last = _cents(words, end + 1)
    amount = f"{value:,}" if cents is None else f"{value:,}.{cents:02d}"
    return Normal(CURRENCY[unit] + amount, at, last if cents is not None else end)


def _cents(words: Sequence[str], at: int) -> tuple[int | None, int]:
    """What follows "dollars": "fifty", "and fifty cents"; a bare number counts only below a hundred."""
    joined = _word(words, at) == "and"
    number = _number(words, at + joined)
    if number is None or number[0] >= 100:
        return None, at
    value, end = number
    if _word(words, end) in CENTS:
        return value, end
    return (None, at) if joined or value < 10 else (value, end - 1)


def _percent(words: Sequence[str], at: int) -> Normal | None:
    number = _decimal(words, at) or _whole(words, at)
    if number is None:
        return None
    end = number.last + 1
    if _word(words, end) in ("percent", "%"):
        return Normal(number.text + "%", at, end)
    if _word(words, end) == "per" and _word(words, end + 1) == "cent":
        return Normal(number.text + "%", at, end + 1)
    return None


def _whole(words: Sequence[str], at: int) -> Normal | None:
    number = _number(words, at)
    return None if number is None else Normal(str(number[0]), at, number[1] - 1)


def _decimal(words: Sequence[str], at: int) -> Normal | None:
    """ "twenty two point nine"."""
    number = _number(words, at)
    if number is None or _word(words, number[1]) != "point":
        return None
    after = number[1] + 1
    run = next((run for run in digits(words[after : after + 6]) if run.first == 0), None)
    return None if run is None else Normal(f"{number[0]}.{run.digits}", at, after + run.last)


def _time(words: Sequence[str], at: int) -> Normal | None:
    """ "ten thirty am", "three o'clock", "half past four", "quarter to five"."""
    first = _word(words, at)
    if first in ("half", "quarter"):
        return _past(words, at, first)
    number = _number(words, at, longest=1)
    if number is None or not 1 <= number[0] <= 12:
        return None
    hour, end = number
    if _word(words, end) == "o'clock":
        return Normal(f"{hour}:00", at, end)
    minutes, end = _minutes(words, end)
    half, last = _half(words, end)
    return None if half is None else Normal(f"{hour}:{minutes:02d} {half}", at, last)


def _past(words: Sequence[str], at: int, part: str) -> Normal | None:
    way = _word(words, at + 1)
    number = _number(words, at + 2, longest=1) if way in ("past", "after", "to") else None
    if number is None or not 1 <= number[0] <= 12 or (part == "half" and way == "to"):
        return None
    hour, minutes = number[0], {"half": 30, "quarter": 15}[part]
    if way == "to":
        hour, minutes = (hour - 2) % 12 + 1, 45
    return Normal(f"{hour}:{minutes:02d}", at, at + 2)


def _minutes(words: Sequence[str], at: int) -> tuple[int, int]:
    if _word(words, at) in ("oh", "o"):
        unit = _number(words, at + 1, longest=1)
        return (unit[0], unit[1]) if unit is not None and unit[0] < 10 else (0, at)
    number = _number(words, at, longest=2)
    return number if number is not None and 10 <= number[0] < 60 else (0, at)


def _half(words: Sequence[str], at: int) -> tuple[str | None, int]:
    if (half := HALVES.get(_word(words, at))) is not None:
        return half, at
    if _word(words, at) in ("a", "p") and _word(words, at + 1) == "m":
        return _word(words, at) + "m", at + 1
    return None, at


@lru_cache(maxsize=10_000)
def _ordinal(word: str) -> int | None:
    """The day that "fourth", "twenty-first" or "4th" says, or None."""
    if word in ORDINALS:
        return ORDINALS.index(word) + 1
    if word[:-2].isdigit() and word[-2:] in ("st", "nd", "rd", "th") and 1 <= int(word[:-2]) <= 31:
        return int(word[:-2])
    tens, _, unit = word.partition("-")
    if word == "thirtieth":
        return 30
    if unit in ORDINALS[:9] and tens in ("twenty", "thirty"):
        return {"twenty": 20, "thirty": 30}[tens] + ORDINALS.index(unit) + 1
    return None


def _day(words: Sequence[str], at: int, *, bare_number: bool) -> tuple[int, int] | None:
    """A day of the month and the word after it: "fourth", "twenty first", and "four" where ``bare_number``."""
    if _word(words, at) in ("twenty", "thirty") and (unit := _ordinal(_word(words, at + 1))) is not None and unit < 10:
        return {"twenty": 20, "thirty": 30}[_word(words, at)] + unit, at + 2
    if (day := _ordinal(_word(words, at))) is not None:
        return day, at + 1
    number = _number(words, at, longest=2) if bare_number and at < len(words) else None
    return number if number is not None and 1 <= number[0] <= 31 else None


def _year(words: Sequence[str], at: int) -> tuple[str, int]:
    for length in range(1, 6):
        run = next(iter(digits(words[at : at + length])), None)
        if run is not None and run.first == 0 and run.last == length - 1 and run.digits[:2] in ("19", "20"):
            longer = next(iter(digits(words[at : at + length + 1])), run)
            if len(run.digits) == 4 and longer.last == run.last:
                return f", {run.digits}", at + length
    return "", at


def _date(words: Sequence[str], at: int) -> Normal | None:
    """ "june fourth nineteen eighty four", "the fourth of june"."""
    start = at + (_word(words, at) == "the")
    if start == at and _word(words, at) in MONTHS:
        day = _day(words, at + 1, bare_number=_word(words, at) != "may")
        if day is None:
            return None
        year, end = _year(words, day[1])
        return Normal(f"{_word(words, at).capitalize()} {day[0]}{year}", at, end - 1)
    day = _day(words, start, bare_number=False)
    if day is None or _word(words, day[1]) != "of" or _word(words, day[1] + 1) not in MONTHS:
        return None
    year, end = _year(words, day[1] + 2)
    return Normal(f"{_word(words, day[1] + 1).capitalize()} {day[0]}{year}", at, end - 1)


def _run(run: DigitRun | None, words: Sequence[str]) -> Normal | None:
    """A run of digits in the shape people write it; a lone small number stays the word it is."""
    if run is None or not run.certain:
        return None
    if run.first == run.last and len(run.digits) == 1 and atoms_of(words[run.first])[0].what is not Is.NUMERAL:
        return None
    return Normal(_shaped(run.digits, written=run.first == run.last), run.first, run.last)


def _shaped(figures: str, *, written: bool) -> str:
    """Phone numbers and long numbers get groups, unless they were one written word already."""
    if written:
        return figures
    if len(figures) == 7:
        return f"{figures[:3]}-{figures[3:]}"
    if len(figures) == 10:
        return f"{figures[:3]}-{figures[3:6]}-{figures[6:]}"
    if len(figures) == 11 and figures[0] == "1":
        return f"1-{figures[1:4]}-{figures[4:7]}-{figures[7:]}"
    if len(figures) >= 13:
        return " ".join(figures[at : at + 4] for at in range(0, len(figures), 4))
    return figures


_READERS: tuple[Callable[[Sequence[str], int], Normal | None], ...] = (_date, _money, _percent, _time, _decimal)
