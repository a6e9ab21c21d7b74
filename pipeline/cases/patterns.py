"""Where else the same pattern appears: calls of other people in which much the same rules were heard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

COMMON = 2  # rules in common at least: one alone is everyday
ALIKE = 0.5  # shared rules over all rules of both


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A call that resembles a case. ``likeness`` from 0 to 1 is the share of rules that both have."""

    call: str
    likeness: float
    rules: tuple[str, ...]


def elsewhere(pattern: Iterable[str], others: Mapping[str, Set[str]], most: int = 10) -> list[Elsewhere]:
    """Calls among ``others`` (id -> rules heard) that resemble ``pattern``, the most alike first."""
    wanted = frozenset(pattern)
    found = []
    for call, rules in others.items():
        common = wanted & rules
        likeness = len(common) / len(wanted | rules) if common else 0.0
        if len(common) >= COMMON and likeness >= ALIKE:
            found.append(Elsewhere(call, round(likeness, 4), tuple(sorted(common))))
    return sorted(found, key=lambda one: (-one.likeness, one.call))[:most]
