"""How topics moved against the days before."""

from __future__ import annotations

from dashboards.figures import Figures, Move, topics_of
from pipeline.quality.effects import difference


def moved(now: Figures, before: Figures) -> list[Move]:
    """How each topic of now or then moved, those in most calls first (Newcombe 1998, by the difference of two shares)."""
    counts, earlier = topics_of(now), topics_of(before)
    found = []
    for topic in sorted({*counts, *earlier}, key=lambda topic: (-counts.get(topic, 0), topic)):
        n, m = counts.get(topic, 0), earlier.get(topic, 0)
        one = difference(m, before.calls, n, now.calls)
        found.append(Move(topic, n, m, one.value, one.low, one.high))
    return found
