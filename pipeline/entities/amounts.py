"""Amounts of money beyond what numbers say of themselves: with hesitations, in grand, halves of thousands, and bare prices."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.entities.spelled import HESITATIONS, Piece
from rules.spoken import cardinal, digits

CURRENCIES = {"usd": "$", "$": "$", "eur": "€", "€": "€", "gbp": "£", "£": "£"}
FIGURES = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d\d)?|\d+(?:[.,]\d\d)?")
UNITS = {"dollar": "$", "dollars": "$", "bucks": "$", "pounds": "£", "quid": "£", "euros": "€", "euro": "€"}
THOUSANDS = {"grand": 1_000, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
LONGEST = 5  # words of a number before "grand"
# Verbs of money: two tens behind one of them are a price ("charged me forty nine ninety nine").
PRICED = frozenset(
    "charge charged charging charges cost costs costing pay paid paying took take takes taking owe owed billed price priced".split()
)
REACH = 4  # words between such a verb and its price
TENS = frozenset("twenty thirty forty fifty sixty seventy eighty ninety".split())
TEENS = frozenset("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split())
COUNTED = frozenset(
    "dollars pounds euros cents percent days hours minutes months years times people of in on am pm".split()
)
# A number alone is an amount behind one of these, where nothing that is counted follows it.
MOVED = frozenset(
    "transfer transferred send deposit deposited withdraw withdrew refund refunded charged pay paid cost costs".split()
)
NAMED = frozenset("amount price cost bill fee charge balance total fare rent refund budget deposit payment".split())
BETWEEN = frozenset(
    "me us him her them you of is was about only exactly just for the amount charged comes came up to at".split()
)
FOLLOWS = frozenset(
    " from to into for and or but please on only instead back a per each every at i so by when if because then today yesterday"
    " tomorrow which that plus with as".split(" ")
)
NEAR = 3  # words between such a word and its number
MOST_WORDS = 6  # of a number
MOST_DIGITS = 7


def amounts(words: Sequence[str]) -> Iterator[Piece]:
    """Amounts that are said in another way than number and currency; an empty word is part of none."""
    yield from _signed(words)
    yield from _grand(words)
    yield from _priced(words)
    yield from _bare(words)


def unhesitating(words: Sequence[str]) -> list[int]:
    """Places of words without "um" and "uh"."""
    return [place for place, word in enumerate(words) if word not in HESITATIONS]


def _signed(words: Sequence[str]) -> Iterator[Piece]:
    """Figures with a sign or code of money beside them: "1,200 USD", "€ 30"."""
    for place in range(len(words) - 1):
        one, two = words[place].strip(".,?!;:()"), words[place + 1].strip(".,?!;:()")
        sign, figures = (CURRENCIES[one], two) if one in CURRENCIES else (CURRENCIES.get(two, ""), one)
        if sign and FIGURES.fullmatch(figures):
            yield Piece(sign + figures, place, place + 1)


def _grand(words: Sequence[str]) -> Iterator[Piece]:
    """ "three grand", "two and a half thousand dollars", "one point five million euros" is left to the numbers."""
    for place, word in enumerate(words):
        half = tuple(words[max(0, place - 3) : place]) == ("and", "a", "half")
        sign = UNITS.get(words[place + 1], "") if place + 1 < len(words) else ""
        if word not in THOUSANDS or not (word == "grand" or (half and sign)):
            continue
        end = place - 3 if half else place
        number = _before(words, end)
        if number is not None:
            count, first = number
            value = int((count + half / 2) * THOUSANDS[word])
            yield Piece(f"{sign or '$'}{value}", first, place + bool(sign))


def _before(words: Sequence[str], end: int) -> tuple[int, int] | None:
    """The longest whole number that ends before ``end``, and where it begins."""
    for first in range(max(0, end - LONGEST), end):
        if words[first] == "a" and first == end - 1:
            return 1, first
        value = cardinal(words[first:end]) if all(words[first:end]) else None
        if value:
            return value, first
    return None


def _priced(words: Sequence[str]) -> Iterator[Piece]:
    """ "forty nine ninety nine" and "one twenty nine fifty" behind a verb of money."""
    plain = [word if word else "|" for word in words]
    for run in digits(plain):
        said = [word for word in words[run.first : run.last + 1] if word not in HESITATIONS]
        behind = words[run.last + 1] if run.last + 1 < len(words) else ""
        asked = PRICED & set(words[max(0, run.first - REACH) : run.first])
        if asked and _two_tens(said) and behind not in COUNTED and len(run.digits) in (4, 5):
            yield Piece(f"${run.digits[:-2]}.{run.digits[-2:]}", run.first, run.last)


def _two_tens(said: Sequence[str]) -> bool:
    """Whether the words are [hundreds] tens [unit] and then tens [unit], each group from 10 to 99."""
    groups: list[list[str]] = []
    for word in said:
        if word in TENS or word in TEENS or not groups:
            groups.append([word])
        else:
            groups[-1].append(word)
    whole = [group[0] in TENS or group[0] in TEENS for group in groups]
    return len(groups) in (2, 3) and all(whole[-2:]) and all(len(group) <= 2 for group in groups)


def _bare(words: Sequence[str]) -> Iterator[Piece]:
    """Numbers without a currency: "transfer 5000 from", "the amount charged was 615", "it costs twenty five a month"."""
    place = 0
    while place < len(words):
        number = _from_here(words, place) if _behind_money(words, place) else None
        behind = words[number[1] + 1] if number and number[1] + 1 < len(words) else ""
        if number is not None and behind in FOLLOWS:
            yield Piece(str(number[0]), place, number[1])
        place = place + 1 if number is None else number[1] + 1


def _behind_money(words: Sequence[str], place: int) -> bool:
    """Whether the word before is one of money, but for some that may stand between."""
    for before in range(place - 1, max(-1, place - 2 - NEAR), -1):
        if words[before] in MOVED | NAMED:
            return True
        if words[before] not in BETWEEN:
            return False
    return False


def _from_here(words: Sequence[str], place: int) -> tuple[int, int] | None:
    """The longest whole number that begins here, and its last word."""
    figures = words[place].replace(",", "")
    if figures.isdecimal():
        return (int(figures), place) if len(figures) <= MOST_DIGITS else None
    for last in range(min(place + MOST_WORDS, len(words)) - 1, place - 1, -1):
        value = cardinal(words[place : last + 1]) if all(words[place : last + 1]) else None
        if value:
            return value, last
    return None
