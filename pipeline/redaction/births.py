"""Dates of birth: months, ordinals and written dates after "date of birth" and the like."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.redaction.blocks import Block
from pipeline.redaction.cues import Cue
from pipeline.redaction.quantities import MONTHS
from pipeline.redaction.tokens import Run, Token

BIRTH = 25  # words after the cue in which the date begins
WRITTEN = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}([/.-])\d{1,2}\2\d{1,2}")
ORDINALS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth"
    " seventeenth eighteenth nineteenth twentieth twenty-first thirtieth thirty-first".split()
)
DATE_WORDS = MONTHS | ORDINALS | frozenset("the of and nineteen twenty two thousand thirty oh zero".split())
NUMBERED = re.compile(r"\d{1,2}(?:st|nd|rd|th)")


def births(tokens: Sequence[Token], cues: Sequence[Cue], runs: Sequence[Run]) -> list[Block]:
    """The date with its neighbours, repairs included."""
    in_run = {i for run in runs for i in run.tokens}
    blocks = []
    for cue in cues:
        if cue.type != "DATE_OF_BIRTH":
            continue
        after = range(cue.word + 1, min(len(tokens), cue.word + BIRTH))
        blocks += [Block("DATE_OF_BIRTH", i, i) for i in after if WRITTEN.fullmatch(tokens[i].text)]
        named = [i for i in after if tokens[i].text in MONTHS | ORDINALS or NUMBERED.fullmatch(tokens[i].text)]
        month = next((i for i in named if tokens[i].text in MONTHS), None)
        for i in named:
            if month is not None and tokens[i].turn == tokens[month].turn:
                blocks.append(Block("DATE_OF_BIRTH", *_spread(tokens, i, cue.word, in_run)))
    return blocks


def _spread(tokens: Sequence[Token], at: int, after: int, in_run: set[int]) -> tuple[int, int]:
    """First and last word of the date around ``at``, inside its turn."""

    def dated(i: int) -> bool:
        text = tokens[i].text
        same = tokens[i].turn == tokens[at].turn
        return same and (text in DATE_WORDS or i in in_run or NUMBERED.fullmatch(text) is not None)

    first = last = at
    while last + 1 < len(tokens) and dated(last + 1):
        last += 1
    while first - 1 > after and dated(first - 1):
        first -= 1
    return first, last
