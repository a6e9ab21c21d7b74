"""What has a start and an end, so ordered that whatever lies in a span is found without looking at all the rest.

Long calls have thousands of turns and poor stretches, and every hit asks what is around it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, Protocol, TypeVar

from rules.records import Seconds


class Timed(Protocol):
    """Anything from ``start`` to ``end``."""

    @property
    def start(self) -> Seconds: ...

    @property
    def end(self) -> Seconds: ...


T = TypeVar("T", bound=Timed)


class Timeline(Generic[T]):
    """``items`` in any order; some may lie over others."""

    def __init__(self, items: Sequence[T]) -> None:
        self.items = items
        self._order = sorted(range(len(items)), key=lambda n: items[n].start)
        self._starts = [items[n].start for n in self._order]
        self._reach = [*accumulate((items[n].end for n in self._order), max)]  # the latest end so far

    def touching(self, start: Seconds, end: Seconds) -> list[T]:
        """Items that begin before ``end`` and end after ``start``, in the order they were given."""
        near = self._order[bisect_right(self._reach, start) : bisect_left(self._starts, end)]
        return [self.items[n] for n in sorted(near) if self.items[n].end > start]
