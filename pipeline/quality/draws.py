"""Random draws: who is drawn follows from a seed and the call's id alone, so anybody can make the draw again.

A number from 0 to 1 is made of seed and id by SHA-256. Of each stratum the calls with the smallest numbers are drawn: a
simple random sample without replacement, whatever the order the frame is read in (Ohlsson 1995, "permanent random
numbers"). A second number, independent of the first, is the call's turn: drawn calls are heard in the order of their turns,
so those heard so far are a random part of those drawn, whoever stops when.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Stratum = TypeVar("Stratum")
BLOCK = 2**64


@dataclass(frozen=True, slots=True)
class Drawn:
    """One call that was drawn. ``probability``: drawn calls of its stratum over all of them; ``turn``: from 0 to 1."""

    call_id: str
    probability: float
    turn: float


def draw(frame: Mapping[Stratum, Sequence[str]], share: float, seed: str) -> dict[Stratum, list[Drawn]]:
    """Of each stratum ``share`` of its calls (rounded), at least one; the smallest turn first.

    Raises ValueError for a share that is not above 0 and at most 1.
    """
    if not 0 < share <= 1:
        raise ValueError(f"a share of {share} cannot be drawn: it must be above 0 and at most 1")
    drawn = {}
    for stratum, ids in frame.items():
        count = min(len(ids), max(1, round(share * len(ids))))
        chosen = sorted(ids, key=lambda id: number(seed, "chosen", id))[:count]
        rows = [Drawn(id, count / len(ids), number(seed, "turn", id)) for id in chosen]
        drawn[stratum] = sorted(rows, key=lambda row: row.turn)
    return drawn


def number(seed: str, what: str, of: str) -> float:
    """A number from 0 to 1 that nobody can guess without the seed and everybody can make again with it."""
    digest = hashlib.sha256(f"{seed}\n{what}\n{of}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / BLOCK


def is_random_place(seed: str, place: int, share: float) -> bool:
    """Whether a place of a queue (counted from 0) is given to a drawn call.

    Of each 1 / ``share`` places in a row one is, at a random one of them: neither more nor fewer than promised, and nobody
    can tell which is next.
    """
    if share <= 0:
        return False
    length = max(1, round(1 / share))
    block, at = divmod(place, length)
    return at == math.floor(length * number(seed, "place", str(block)))


def fingerprint(ids: Iterable[str]) -> str:
    """SHA-256 of the sorted ids, one a line: says which calls a frame had."""
    return hashlib.sha256("".join(f"{id}\n" for id in sorted(ids)).encode()).hexdigest()
