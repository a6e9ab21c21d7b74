"""Whether something got better: the difference of two shares with its interval.

Newcombe 1998, "Interval estimation for the difference between independent proportions", method 10: the two Wilson intervals
put together. It keeps its promise on the handful of calls that follow a coaching note, where a plain normal interval does not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 1.959963984540054  # both sides of 95 %


@dataclass(frozen=True, slots=True)
class Difference:
    """``after`` minus ``before``, shares from 0 to 1; None where one of the two has no call."""

    before: float | None
    after: float | None
    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        return None if self.before is None or self.after is None else self.after - self.before


def wilson(good: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927). Raises ValueError for an empty sample."""
    if of <= 0:
        raise ValueError("a share of nothing has no interval")
    share, z2 = good / of, Z * Z
    middle = (share + z2 / (2 * of)) / (1 + z2 / of)
    half = Z / (1 + z2 / of) * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, middle - half), min(1.0, middle + half)


def difference(good_before: int, before: int, good_after: int, after: int) -> Difference:
    """How a share moved; negative values of the interval mean that it may have got worse."""
    p = good_before / before if before else None
    q = good_after / after if after else None
    if p is None or q is None:
        return Difference(p, q, None, None)
    low_p, high_p = wilson(good_before, before)
    low_q, high_q = wilson(good_after, after)
    return Difference(
        p, q, q - p - math.hypot(q - low_q, high_p - p), q - p + math.hypot(high_q - q, p - low_p)
    )  # fmt: skip
