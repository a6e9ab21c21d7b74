"""What one word can mean inside a spoken number.

A word becomes zero or more atoms: "forty-one" is two, "4111" is one numeral, "hello" is none. Looking a word up is
cached, because calls repeat few words very often.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple


class Is(IntEnum):
    """The part an atom plays in a number."""

    DIGIT = 1  # zero to nine; value 0..9
    OH = 2  # "oh": a nought only beside digits
    TEEN = 3  # ten to nineteen
    TENS = 4  # twenty, thirty, ... ninety
    HUNDRED = 5
    SCALE = 6  # thousand, million
    TIMES = 7  # double, triple
    NUMERAL = 8  # digits as written
    LIKE = 9  # sounds like a digit ("to", "for", "won"); counts only between digits
    A = 10  # "a hundred"
    PLURAL = 11  # "ones": a digit as often as the number before it says ("fifteen ones")


class Atom(NamedTuple):
    """One meaning. ``text`` is set for numerals, which may begin with noughts."""

    what: Is
    value: int
    text: str = ""


DIGIT = {"zero": 0, "nought": 0, "naught": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
         "seven": 7, "eight": 8, "nine": 9, "niner": 9}  # fmt: skip
TEEN = {"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
        "seventeen": 17, "eighteen": 18, "nineteen": 19}  # fmt: skip
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
        "ninety": 90}  # fmt: skip
SCALE = {"thousand": 1_000, "million": 1_000_000}
TIMES = {"double": 2, "dubble": 2, "triple": 3, "treble": 3, "quadruple": 4}
LIKE = {"to": 2, "too": 2, "for": 4, "fore": 4, "won": 1, "ate": 8, "sex": 6, "tree": 3, "free": 3, "fife": 5}
OH = {"oh", "o"}
PLURAL = {"zeros": 0, "zeroes": 0, "noughts": 0, "ones": 1, "twos": 2, "threes": 3, "fours": 4, "fives": 5, "sixes": 6, "sevens": 7,
          "eights": 8, "nines": 9}  # fmt: skip

WORDS: dict[str, Atom] = {
    **{word: Atom(Is.DIGIT, value) for word, value in DIGIT.items()},
    **{word: Atom(Is.TEEN, value) for word, value in TEEN.items()},
    **{word: Atom(Is.TENS, value) for word, value in TENS.items()},
    **{word: Atom(Is.SCALE, value) for word, value in SCALE.items()},
    **{word: Atom(Is.TIMES, value) for word, value in TIMES.items()},
    **{word: Atom(Is.LIKE, value) for word, value in LIKE.items()},
    **{word: Atom(Is.OH, 0) for word in OH},
    **{word: Atom(Is.PLURAL, value) for word, value in PLURAL.items()},
    "hundred": Atom(Is.HUNDRED, 100),
    "a": Atom(Is.A, 1),
}

HESITATIONS = frozenset("uh um er erm ah hm hmm mm mmm uhm eh ehm".split())
# May stand between two groups of a long number, never between two numbers of a sentence.
CONNECTIVES = frozenset(
    "and then dash hyphen space okay ok yeah yes right next so that's thats it's its followed by like well now comma"
    .split()
)  # fmt: skip
REPAIRS = frozenset("sorry no wait correction scratch oops actually rather".split())
REPAIR_TAIL = frozenset("i mean that make it's its was".split())

_EDGE = "\"'`.,;:!?()[]{}<>*…“”‘’"
_NUMERAL = re.compile(r"[+#]?\(?\d[\d\-–()/]*\Z")
_DOTTED = re.compile(r"\d{3,}(?:\.\d{3,}){2,}\Z")
_DATE = re.compile(r"\d{1,4}/\d{1,2}(?:/\d{2,4})?\Z")


@lru_cache(maxsize=50_000)
def bare(word: str) -> str:
    """The word in lower case without punctuation at its edges."""
    return word.strip(_EDGE).lower().replace("’", "'")


@lru_cache(maxsize=50_000)
def atoms_of(word: str) -> tuple[Atom, ...]:
    """What ``word`` can mean in a number; empty when it is no part of one."""
    text = bare(word)
    if text in WORDS:
        return (WORDS[text],)
    if text[:1].isdigit() or text[:1] in "+#":
        return _numeral(text)
    if "-" in text:
        parts = [WORDS.get(part) for part in text.split("-")]
        if all(part is not None and part.what not in (Is.LIKE, Is.A, Is.PLURAL) for part in parts):
            return tuple(part for part in parts if part is not None)
    return ()


def _numeral(text: str) -> tuple[Atom, ...]:
    """Written digits; amounts, decimals, times and dates are no runs of digits."""
    if not (_NUMERAL.match(text) or _DOTTED.match(text)) or _DATE.match(text) or not text.isascii():
        return ()
    figures = "".join(letter for letter in text if letter.isdigit())
    return (Atom(Is.NUMERAL, 0, figures),)
