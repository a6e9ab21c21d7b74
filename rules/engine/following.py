"""Who speaks after a moment: turns numbered within their party, looked up by time without reading all of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import accumulate

from rules.records import Seconds, Turn

Key = tuple[str, int]  # party and number of the turn within it


class Following:
    """Turns of ``parties`` that have words; ``numbers`` holds the number of each turn within its party."""

    def __init__(self, turns: Sequence[Turn], numbers: Sequence[int], parties: Collection[str]) -> None:
        spoken = [(turn, n) for turn, n in zip(turns, numbers, strict=True) if turn.words and turn.party in parties]
        self._ends = [turn.end for turn, _ in spoken]
        self._keys: list[Key] = [(turn.party, n) for turn, n in spoken]
        self._reach = [*accumulate(self._ends, max)]  # the latest end so far
        self._whole: dict[Key, Seconds] = {}  # the end of a turn, pieces without words included
        for turn, n in zip(turns, numbers, strict=True):
            key = (turn.party, n)
            self._whole[key] = max(turn.end, self._whole.get(key, turn.end))
        latest: dict[Key, Seconds] = {}
        for key, end in zip(self._keys, self._ends, strict=True):
            latest[key] = max(end, latest.get(key, end))
        self._latest = sorted(latest.values())

    def count(self, after: Seconds) -> int:
        """How many turns end after a moment."""
        return len(self._latest) - bisect_right(self._latest, after)

    def end(self, after: Seconds, turns: int) -> Seconds | None:
        """When the first so many turns that end after a moment are over; None where nobody speaks any more."""
        found: set[Key] = set()
        for place in range(bisect_right(self._reach, after), len(self._keys)):
            if len(found) >= turns:
                break
            if self._ends[place] > after:
                found.add(self._keys[place])
        return max((self._whole[key] for key in found), default=None)
