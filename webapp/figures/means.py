"""Means with their 95 % intervals, for few values as for many."""

from __future__ import annotations

from functools import cache
from math import sqrt

from dashboards.figures import Mean
from pipeline.quality.effects import Z
from pipeline.quality.rates import beta_quantile

MANY = 2000  # values from which the t distribution is the normal one to three digits


def mean_of(n: float, total: float, squares: float) -> Mean:
    """The mean of ``n`` values with the half width of its interval by the t distribution (Student 1908); none under two."""
    mean = total / n if n else 0.0
    if n < 2:
        return Mean(int(n), mean, None)
    variance = max(0.0, (squares - n * mean * mean) / (n - 1))
    return Mean(int(n), mean, t_95(int(n) - 1) * sqrt(variance / n))


@cache
def t_95(freedom: int) -> float:
    """The point of the t distribution beyond which, on both sides, 5 % lie."""
    if freedom >= MANY:
        return Z
    inside = beta_quantile(0.05, freedom / 2, 0.5)  # of freedom / (freedom + t * t)
    return sqrt(freedom * (1.0 - inside) / inside)
