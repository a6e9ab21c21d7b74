"""Sentences of calls made from templates: every one a choice of wordings with names, numbers and amounts filled in.

The templates (texts/phrases.txt) and lists (texts/lists/) were written for this project. Variety of wording is what
teaches: in a first run fifty templates gave 7 % word errors on their own kind of sentence and 85 % on any other.
Rows of random words are made too, so that a rare word is heard at all and the model cannot lean on its neighbours.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from pipeline.training import say
from pipeline.training.vocabulary import adjectives, adverbs, forms, nouns, plural, verbs, words

TEXTS = Path(__file__).parent / "texts"
LETTER_WORDS = {
    letter: tuple(row.split())
    for letter, row in zip(
        "abcdefghijklmnopqrstuvwxyz",
        (
            "apple alpha adam alice|boy bravo ball baker|cat charlie car chicago|dog delta david door|edward echo egg easy|"
            "frank foxtrot fish father|george golf girl green|henry hotel house harry|igloo india ice ivan|john juliet jack july|"
            "king kilo kite kevin|larry lima london lemon|mary mike mother monkey|nancy november nora new|oscar ocean orange open|"
            "peter papa paul paris|queen quebec quick quiet|robert romeo red roger|sam sierra sugar sun|tom tango table tiger|"
            "uncle uniform umbrella under|victor van very violet|william whiskey water window|xylophone xavier|yellow yankee young yes|"
            "zebra zulu zoo zero"
        ).split("|"),
        strict=True,
    )
}  # fmt: skip
MAIL = "gmail yahoo outlook hotmail mailbox icloud web fastmail work home school company".split()
ENDINGS = "com com com net org co edu info".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()

Draw = np.random.Generator


def phrases(count: int, rng: Draw, templates: str = "phrases") -> Iterator[str]:
    """That many sentences, each template as often as any other.

    :param templates: file of texts/ without its ending: "phrases" or "talk".
    """
    rows = _templates(templates)
    for _ in range(count):
        yield fill(rows[rng.integers(len(rows))], rng)


def word_rows(count: int, rng: Draw) -> Iterator[str]:
    """Rows of three to nine words without sense, in rounds through the whole list so that every word occurs."""
    rest: list[str] = []
    for _ in range(count):
        size = int(rng.integers(3, 10))
        if len(rest) < size:
            rest += list(rng.permutation(words()))
        yield " ".join(str(rest.pop()) for _ in range(size))


def fill(template: str, rng: Draw) -> str:
    """One wording of a template: choices taken from the inside out, then the blanks filled."""
    text = template
    while found := _CHOICE.search(text):
        options = found[1].split("|")
        text = text[: found.start()] + options[rng.integers(len(options))] + text[found.end() :]
    return " ".join(_BLANK.sub(lambda blank: _FILLERS[blank[1]](rng), text).split())


@cache
def _templates(name: str) -> list[str]:
    rows = (TEXTS / f"{name}.txt").read_text().splitlines()
    return [row for row in rows if row.strip() and not row.startswith("#")]


_CHOICE = re.compile(r"\(([^()]*)\)")
_BLANK = re.compile(r"\{(\w+)\}")


@cache
def _list(name: str) -> tuple[str, ...]:
    return tuple((TEXTS / "lists" / f"{name}.txt").read_text().splitlines())


def _one(options: tuple[str, ...] | list[str], rng: Draw) -> str:
    return options[int(rng.integers(len(options)))]


def _from(name: str) -> Callable[[Draw], str]:
    return lambda rng: _one(_list(name), rng)


def _digits(count: int) -> Callable[[Draw], str]:
    """Read out one by one, or with "double four", "triple nine", or in pairs as numbers; nought as "zero" or "oh"."""

    def read(rng: Draw) -> str:
        signs = "".join(str(digit) for digit in rng.integers(0, 10, count))
        zero = "oh" if rng.random() < 0.35 else "zero"
        if rng.random() < 0.2 and count % 2 == 0 and "0" not in signs[::2]:
            return " ".join(say.number(int(signs[i : i + 2])) for i in range(0, count, 2))
        if rng.random() < 0.3:
            return _doubled(signs, zero)
        return say.digits(signs, zero)

    return read


def _doubled(signs: str, zero: str) -> str:
    parts = []
    for run in re.findall(r"(\d)(\1{0,2})", signs):
        spoken = say.digits(run[0], zero)
        parts.append({0: spoken, 1: f"double {spoken}", 2: f"triple {spoken}"}[len(run[1])])
    return " ".join(parts)


def _card(rng: Draw) -> str:
    group = _digits(4)
    pause = _one(("", "", "", "um", "okay", "then"), rng)
    groups = [group(rng) for _ in range(4 if rng.random() < 0.85 else 3)]
    groups[0] = (
        say.digits(_one(("4", "5", "4", "5", "6", "3"), rng))
        + " "
        + say.digits("".join(map(str, rng.integers(0, 10, 3))))
    )
    return f" {pause} ".join(groups)


def _phone(rng: Draw) -> str:
    return f"{_digits(3)(rng)} {_digits(3)(rng)} {_digits(4)(rng)}"


def _amount(rng: Draw) -> str:
    dollars = int(10 ** rng.uniform(0.3, 4.2))
    kind = rng.random()
    if kind < 0.45:
        return f"{say.number(dollars)} {_one(('dollars', 'dollars', 'dollars', 'pounds', 'bucks', 'euros'), rng)}"
    cents = int(rng.integers(1, 100)) if rng.random() < 0.7 else int(_one(("50", "99", "25", "95"), rng))
    if kind < 0.75:
        return f"{say.number(dollars)} dollars and {say.number(cents)} cents"
    short = say.number(dollars).replace(" hundred ", " hundred and ") if rng.random() < 0.5 else say.number(dollars)
    return f"{short} {say.number(cents)}" if kind < 0.87 else f"{short} dollars {say.number(cents)}"


def _date(rng: Draw) -> str:
    month, day = _one(say.MONTHS, rng), int(rng.integers(1, 32))
    spoken = say.ordinal(day) if rng.random() < 0.75 else say.number(day)
    return _one((f"{month} {spoken}", f"{month} the {spoken}", f"the {say.ordinal(day)} of {month}"), rng)


def _time(rng: Draw) -> str:
    hour = int(rng.integers(1, 13))
    clock = say.clock(hour, int(_one(("0", "0", "15", "30", "45", "5", "10", "20", "40", "50"), rng)))
    clock = _one(
        (
            clock,
            clock,
            f"half past {say.number(hour)}",
            f"quarter to {say.number(hour)}",
            f"{say.number(hour)}",
            "noon",
        ),
        rng,
    )
    part = _one(("", "", "a m", "p m", "in the morning", "in the afternoon", "in the evening", "tonight"), rng)
    return f"{clock} {part}" if clock != "noon" else clock


def _order(rng: Draw) -> str:
    letters = " ".join(_one(tuple(LETTER_WORDS), rng) for _ in range(rng.integers(0, 4)))
    return f"{letters} {_digits(int(rng.integers(3, 8)))(rng)}"


def _expiry(rng: Draw) -> str:
    month, year = int(rng.integers(1, 13)), int(rng.integers(24, 34))
    written = say.digits(f"{month:02d}") if rng.random() < 0.5 else say.number(month)
    return _one((f"{written} {say.number(year)}", f"{written} slash {say.number(year)}", f"{say.MONTHS[month - 1]} {say.year(2000 + year)}",
                 f"{written} of {say.number(year)}"), rng)  # fmt: skip


def _spelled(rng: Draw) -> str:
    return " ".join(_one(_list(_one(("first", "last"), rng)), rng))


def _spelled_last(rng: Draw) -> str:
    return " ".join(_one(_list("last"), rng))


def _email(rng: Draw) -> str:
    first, last = _one(_list("first"), rng), _one(_list("last"), rng)
    middle = _one((" dot ", " ", " underscore ", " dash "), rng)
    number = f" {_digits(2)(rng)}" if rng.random() < 0.3 else ""
    return f"{first}{middle}{last}{number} at {_one(MAIL, rng)} dot {_one(ENDINGS, rng)}"


def _letterword(rng: Draw) -> str:
    return _one(LETTER_WORDS[_one(tuple(LETTER_WORDS), rng)], rng)


def _verb(form: int) -> Callable[[Draw], str]:
    return lambda rng: forms(_one(verbs(), rng))[form]


_FILLERS: dict[str, Callable[[Draw], str]] = {
    **{name: _from(name) for name in ("first", "last", "company", "city", "street", "product")},
    **{f"digits{count}": _digits(count) for count in (3, 4, 5, 6, 8, 9, 10)},
    "card": _card,
    "card4": _digits(4),
    "phone": _phone,
    "amount": _amount,
    "date": _date,
    "time": _time,
    "order": _order,
    "expiry": _expiry,
    "spelled": _spelled,
    "spelledlast": _spelled_last,
    "email": _email,
    "letter": lambda rng: _one(tuple(LETTER_WORDS), rng),
    "letterword": _letterword,
    "weekday": lambda rng: _one(DAYS, rng),
    "month": lambda rng: _one(say.MONTHS, rng),
    "ordinal": lambda rng: say.ordinal(int(rng.integers(1, 32))),
    "year": lambda rng: say.year(int(rng.integers(1932, 2028))),
    "age": lambda rng: say.number(int(rng.integers(16, 99))),
    "small": lambda rng: say.number(int(rng.integers(2, 61 if rng.random() < 0.4 else 13))),
    "number": lambda rng: say.number(int(10 ** rng.uniform(0.3, 4))),
    "percent": lambda rng: (
        say.number(int(rng.integers(1, 31))) + (f" point {say.ONES[rng.integers(1, 10)]}" if rng.random() < 0.5 else "")
    ),
    "word": lambda rng: _one(words(), rng),
    "noun": lambda rng: _one(nouns(), rng),
    "nouns": lambda rng: plural(_one(nouns(), rng)),
    "adjective": lambda rng: _one(adjectives(), rng),
    "adverb": lambda rng: _one(adverbs(), rng),
    "verb": _verb(0),
    "verbs": _verb(1),
    "verbed": _verb(2),
    "verbing": _verb(3),
}
