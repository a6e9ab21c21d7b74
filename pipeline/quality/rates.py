"""Rates of all calls from the few that were drawn and heard.

Horvitz-Thompson: each call that was heard stands for one over its probability. The drawn calls are heard in random order,
so while only the first m of n have been heard, each of those has its probability times m / n (two-phase sampling). The rate
is the ratio of two such sums; its variance is the linearised one for sampling with replacement, with the correction for
finite frames; its interval is that of Korn and Graubard (1998): Clopper-Pearson at the effective sample size, which stays
honest where few or none were flagged. Ranked places never come here: nobody knows with what probability they were heard.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

STEPS = 2000  # of the continued fraction; it needs about the root of the larger parameter
LEAST = 2  # drawn and heard calls without which no interval can be told


@dataclass(frozen=True, slots=True)
class Judged:
    """A drawn call, in its turn. ``flagged`` is None while nobody has judged it; ``skipped``: nobody can judge it."""

    probability: float
    turn: float
    flagged: bool | None
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """Share of flagged calls among ``frame`` calls with its 95 % interval, from ``heard`` of ``drawn`` random ones.

    ``total`` is how many flagged calls that makes; ``missing`` counts drawn calls that nobody could judge.
    """

    rate: float
    low: float
    high: float
    total: float
    frame: int
    drawn: int
    heard: int
    missing: int


def in_turn(drawn: Sequence[Judged]) -> list[Judged]:
    """The drawn calls up to the first that still waits: calls that were heard out of turn (ranked high) do not count yet."""
    first = []
    for call in sorted(drawn, key=lambda one: one.turn):
        if call.flagged is None and not call.skipped:
            break
        first.append(call)
    return first


def rate_of(drawn: Sequence[Judged], frame: int, *, level: float = 0.95) -> Rate | None:
    """The rate among the ``frame`` calls these were drawn from; None while fewer than two were heard in turn."""
    reached = in_turn(drawn)
    heard = [call for call in reached if not call.skipped]
    if len(heard) < LEAST:
        return None
    reach = len(reached) / len(drawn)
    weights = [1 / (call.probability * reach) for call in heard]
    values = [1.0 if call.flagged else 0.0 for call in heard]
    everything = sum(weights)
    rate = sum(w * y for w, y in zip(weights, values, strict=True)) / everything
    low, high = _interval(rate, _effective(weights, values, rate, frame), level)
    return Rate(rate, low, high, rate * frame, frame, len(drawn), len(heard), len(reached) - len(heard))


def _effective(weights: Sequence[float], values: Sequence[float], rate: float, frame: int) -> float:
    """How many calls of a simple random sample would tell as much."""
    count, everything = len(weights), sum(weights)
    left = max(0.0, 1 - count / max(frame, count))  # of the frame, not heard
    spread = sum((w * (y - rate) / everything) ** 2 for w, y in zip(weights, values, strict=True))
    variance = left * count / (count - 1) * spread
    kish = everything**2 / sum(w * w for w in weights)
    if left == 0:
        return math.inf
    return rate * (1 - rate) / variance if variance > 0 else kish / left


def _interval(rate: float, size: float, level: float) -> tuple[float, float]:
    if math.isinf(size):
        return rate, rate
    tail, hits = (1 - level) / 2, rate * size
    low = 0.0 if hits <= 0 else beta_quantile(tail, hits, size - hits + 1)
    high = 1.0 if hits >= size else beta_quantile(1 - tail, hits + 1, size - hits)
    return low, high


def beta_quantile(share: float, a: float, b: float) -> float:
    """The point below which ``share`` of a beta distribution lies; here, because the web part carries no scipy."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_below(middle, a, b) < share else (low, middle)
    return (low + high) / 2


def beta_below(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (Abramowitz and Stegun 26.5.8), modified Lentz."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(1 - x, b, a)
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    fraction, c, d = 1.0, 1.0, 0.0
    for step in range(1, STEPS):
        m, odd = divmod(step, 2)
        up = -(a + m) * (a + b + m) if odd else m * (b - m)
        term = up * x / ((a + step - 1) * (a + step))
        d = 1 / _away(1 + term * d)
        c = _away(1 + term / c)
        fraction *= c * d
        if abs(c * d - 1) < 1e-13:
            break
    return math.exp(front) / a / fraction


def _away(value: float) -> float:
    """Never so near to nothing that it cannot be divided by."""
    return value if abs(value) > 1e-300 else 1e-300
