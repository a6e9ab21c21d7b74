"""Which of many literals are in encoded words: neighbouring pairs of characters are looked up in a table, all at once.

Every literal of two or more characters waits under its rarest pair. A call's characters become an array, the pairs that
some literal waits under come out of one table look-up, and only at those places literals are compared. An automaton would
walk the characters one by one, and its first state fans out to every word of every rule.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]
# Odd numbers that spread neighbours over a table; what passes the first table must pass the second one too.
_SPREADS = tuple((np.uint32(a), np.uint32(b)) for a, b in ((0x9E3779B1, 0x85EBCA77), (0xC2B2AE3D, 0x27D4EB2F)))
ROOM = 32  # slots of a table for each pair: one place in so many passes it in vain


def codes_of(text: str) -> Codes:
    """The characters of ``text`` as numbers, shape (len(text),)."""
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


def text_of(codes: Codes) -> str:
    """The characters with these numbers."""
    return codes.tobytes().decode("utf-32-le")


class Literals:
    """Encoded literals, each with the numbers of the phrases that need it."""

    def __init__(self, phrases: Mapping[str, tuple[int, ...]], common: frozenset[str]) -> None:
        self._waiting: dict[str, list[tuple[str, int, tuple[int, ...]]]] = {}
        self._single = {literal: numbers for literal, numbers in phrases.items() if len(literal) == 1}
        longer = [literal for literal in phrases if len(literal) > 1]
        used = Counter(pair for literal in longer for pair in _pairs(literal))
        for literal in longer:
            offset = min(range(len(literal) - 1), key=lambda at: _burden(literal[at : at + 2], used, common))
            pair = literal[offset : offset + 2]
            self._waiting.setdefault(pair, []).append((literal, offset, phrases[literal]))
        self._bits = max(10, (ROOM * len(self._waiting)).bit_length())
        self._tables = [np.zeros(1 << self._bits, np.bool_) for _ in _SPREADS]
        if self._waiting:
            codes = codes_of("".join(self._waiting)).reshape(-1, 2)
            for table, spread in zip(self._tables, _SPREADS, strict=True):
                table[self._slots(codes[:, 0], codes[:, 1], spread)] = True
        self._singles = np.zeros(max(map(ord, self._single), default=0) + 2, np.bool_)
        self._singles[[ord(char) for char in self._single]] = True

    def _slots(self, first: Codes, second: Codes, spread: tuple[np.uint32, np.uint32]) -> NDArray[Any]:
        return (first * spread[0] + second * spread[1]) >> np.uint32(32 - self._bits)

    def _perhaps(self, codes: Codes) -> NDArray[np.intp]:
        """Where a pair may stand that some literal waits under."""
        places = self._tables[0].take(self._slots(codes[:-1], codes[1:], _SPREADS[0])).nonzero()[0]
        for table, spread in zip(self._tables[1:], _SPREADS[1:], strict=True):
            places = places[table.take(self._slots(codes.take(places), codes.take(places + 1), spread))]
        return places

    def find(self, text: str, codes: Codes) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(where a literal is, numbers of its phrases) for every literal in ``text``, whose ``codes`` these are; in no order."""
        if self._waiting and len(text) > 1:
            for at in self._perhaps(codes).tolist():
                for literal, offset, phrases in self._waiting.get(text[at : at + 2], ()):
                    if at >= offset and text.startswith(literal, at - offset):
                        yield at, phrases
        if self._single:
            for at in self._singles.take(codes, mode="clip").nonzero()[0].tolist():
                yield at, self._single[text[at]]


def _pairs(literal: str) -> Iterator[str]:
    return (literal[at : at + 2] for at in range(len(literal) - 1))


def _burden(pair: str, used: Counter[str], common: frozenset[str]) -> tuple[int, int]:
    """How often a pair leads to comparing literals in vain: common words first, then how many literals hold it."""
    return sum(char in common for char in pair), used[pair]
