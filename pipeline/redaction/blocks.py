"""A stretch of one turn that becomes one typed word, and how stretches are cut at turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from pipeline.redaction.tokens import Token


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens ``first`` to ``last`` (inclusive) of one turn that become one typed word."""

    type: str
    first: int
    last: int
    digits: str = ""
    luhn: bool = False
    scheme: str = ""  # which national number or bank code it is


def beside_typed(tokens: Sequence[Token], block: Block) -> list[Block]:
    """The parts of ``block`` around words that are typed already: what was removed once is left as it is."""
    groups = groupby(range(block.first, block.last + 1), key=lambda i: tokens[i].word.redacted)
    parts = [list(group) for typed, group in groups if not typed]
    return [replace(block, first=part[0], last=part[-1]) for part in parts]


def by_turn(tokens: Sequence[Token], first: int, last: int) -> list[tuple[int, int]]:
    """``first`` to ``last`` (inclusive), cut where the turn changes."""
    groups = [list(group) for _, group in groupby(range(first, last + 1), key=lambda i: tokens[i].turn)]
    return [(group[0], group[-1]) for group in groups]
