"""When a theme counts as new, and when as growing: the same wherever it is told."""

from __future__ import annotations

SMALLEST = 4  # calls of a theme
RARE = 0.05  # chance of so many calls at the earlier rate, below which it grew
TIMES = 1.5  # a growing theme has at least so many times its earlier share


def is_new(before: int, now: int) -> bool:
    """Whether no earlier call had it and enough later ones do."""
    return before == 0 and now >= SMALLEST


def is_growing(before: int, now: int, *, share_before: float, share_now: float, chance: float) -> bool:
    """Whether an old theme has clearly more of the later calls. ``chance``: of so many, had nothing changed."""
    return not is_new(before, now) and chance < RARE and share_now >= TIMES * share_before
