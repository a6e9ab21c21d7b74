"""Stretches of one turn that are a date: "the fourth of july eighty two", "seven slash four slash 82", "4 Jul 82", "3.5.75"."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from pipeline.redaction.languages import sayings
from pipeline.redaction.quantities import MONTHS
from pipeline.redaction.tokens import Token
from rules.spoken.foreign import fold

WRITTEN = re.compile(
    r"\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([/.-])\d{1,2}\2\d{1,2}|(?:0?[1-9]|1[0-2])[/-](?:20)?\d\d"
)
NUMBERED = re.compile(r"\d{1,2}(?:st|nd|rd|th)")
SHORT_MONTHS = frozenset("jan feb mar apr jun jul aug sep sept oct nov dec".split())
NAMES = MONTHS | SHORT_MONTHS | sayings().months
ORDINALS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth"
    " seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth twenty-fifth twenty-sixth"
    " twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first".split()
)
LINKS = frozenset("the of and in on slash dash stroke dot point hyphen uh um oh".split()) | sayings().links


class Piece(Enum):
    """The part a word plays in a date."""

    MONTH = 1
    DAY = 2  # an ordinal
    DIGITS = 3
    WRITTEN = 4
    LINK = 5


@dataclass(frozen=True, slots=True)
class Date:
    """Tokens ``first`` to ``last``; how many months, ordinals and separate numbers are in it, and whether it is a written one."""

    first: int
    last: int
    months: int
    days: int
    numbers: int
    written: bool

    @property
    def whole(self) -> bool:
        """Two parts of a date at least: a lone "may" or "second" is none."""
        parts = self.days + self.numbers
        return (
            self.written
            or (self.months > 0 and parts > 0)
            or self.days > 1
            or parts > 2
            or (self.days > 0 and parts > 1)
        )


def dates(tokens: Sequence[Token], within: range, in_run: Collection[int]) -> Iterator[Date]:
    """The dates in ``within``, in order; no date reaches over the end of a turn."""
    current: list[tuple[int, Piece]] = []
    for i in within:
        piece = _piece(tokens[i], i in in_run)
        if current and (piece is None or tokens[i].turn != tokens[current[-1][0]].turn):
            yield from _date(current)
            current = []
        if piece is not None and (current or piece is not Piece.LINK):
            current.append((i, piece))
    yield from _date(current)


def _piece(token: Token, digits: bool) -> Piece | None:
    text = token.text
    if fold(text) in NAMES:
        return Piece.MONTH
    if text in ORDINALS or NUMBERED.fullmatch(text):
        return Piece.DAY
    if WRITTEN.fullmatch(text):
        return Piece.WRITTEN
    if digits:
        return Piece.DIGITS
    return Piece.LINK if text in LINKS else None


def _date(said: list[tuple[int, Piece]]) -> Iterator[Date]:
    while said and said[-1][1] is Piece.LINK:
        said = said[:-1]
    if not said:
        return
    kinds = [kind for _, kind in said]
    groups = sum(
        kind is Piece.DIGITS and (at == 0 or kinds[at - 1] is not Piece.DIGITS) for at, kind in enumerate(kinds)
    )
    yield Date(
        said[0][0],
        said[-1][0],
        kinds.count(Piece.MONTH),
        kinds.count(Piece.DAY),
        groups,
        Piece.WRITTEN in kinds,
    )
