"""Words as the index compares them: one plain form, its stem, and what it looks like with a letter missing.

Both back ends get these forms ready-made and split at spaces only, so both match the same terms. Changing anything here
changes what is in an index: raise ``SCHEMA`` with it.
"""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = 2  # of the terms and of both back ends' tables
LONGEST = 64  # letters of one term; nobody says a longer word
LEAST_ALIKE = 4  # letters from which on a mistyped word is looked for under its neighbours
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_SPLIT = str.maketrans(dict.fromkeys("-–—/_", " "))


@lru_cache(maxsize=100_000)
def terms(word: str) -> tuple[str, ...]:
    """The comparable parts of one spoken or typed word: "Don't" is dont, "mini-Miranda," is mini and miranda.

    A typed block of redaction such as ``[CARD_NUMBER]`` stays one term, ``[card_number]``.
    """
    if word.startswith("[") and word.endswith("]"):
        inside = word[1:-1]
        if inside and inside.replace("_", "").isalnum():
            return (f"[{inside.casefold()}]"[:LONGEST],)
    plain = unicodedata.normalize("NFKC", word).casefold().translate(_APOSTROPHES).translate(_SPLIT)
    pieces = ("".join(letter for letter in part if letter.isalnum() or _joins(letter)) for part in plain.split())
    return tuple(piece[:LONGEST] for piece in pieces if piece)


def _joins(letter: str) -> bool:
    """Vowel signs and the like, which belong to the letter before them."""
    return unicodedata.category(letter).startswith("M")


@cache
def _snowball() -> Any:
    import snowballstemmer  # 30 languages: 0.1 s, only where something is searched

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=100_000)
def stem(term: str) -> str:
    """Porter's English stem (Porter 2001, Snowball): refund, refunds and refunded are one. Other scripts stay as they are."""
    return _snowball().stemWord(term) if term.isascii() and term.isalpha() else term


def shortened(term: str) -> frozenset[str]:
    """``term`` and what is left of it without one letter: two terms one edit apart share one (Garbe 2012, SymSpell)."""
    if len(term) < LEAST_ALIKE or not term.isalpha():
        return frozenset()
    return frozenset({term, *(term[:at] + term[at + 1 :] for at in range(len(term)))})


def nearest(term: str, candidates: Iterable[str], most: int = 16) -> list[str]:
    """The candidates one edit away, by the alphabet; at most ``most``."""
    near = {other for other in candidates if abs(len(other) - len(term)) <= 1 and edits(term, other) == 1}
    return sorted(near)[:most]


def edits(one: str, other: str) -> int:
    """Letters to add, drop, change or swap with the next to get from one to the other (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                best = min(best, older[j - 2] + 1)
            row.append(best)
    return row[-1]
