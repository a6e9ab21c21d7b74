"""Arithmetic over turns that several analyzers share: gaps, overlaps, who spoke how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.records import Call, Role, Seconds, Turn

Stretch = tuple[Seconds, Seconds]


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The stretches joined where they touch or overlap, in order."""
    joined: list[Stretch] = []
    for start, end in sorted(stretches):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def gaps(turns: Iterable[Turn]) -> list[Stretch]:
    """Stretches between the first and the last turn in which nobody speaks."""
    spoken = union((turn.start, turn.end) for turn in turns)
    return [(before[1], after[0]) for before, after in pairwise(spoken)]


def total(stretches: Iterable[Stretch]) -> Seconds:
    return sum(end - start for start, end in stretches)


def turns_of(call: Call, role: Role) -> list[Turn]:
    return [turn for turn in call.turns if call.role_of(turn.party) == role]


def overlaps(turns: Sequence[Turn]) -> list[tuple[Stretch, Turn, Turn]]:
    """(overlap, the turn that was there, the turn that came in) for each pair of different parties talking at once."""
    found = []
    active: list[Turn] = []
    for turn in sorted(turns, key=lambda t: t.start):
        active = [other for other in active if other.end > turn.start]
        found += [
            ((turn.start, min(turn.end, other.end)), other, turn) for other in active if other.party != turn.party
        ]
        active.append(turn)
    return found


def speaker(call: Call, turn: Turn) -> str:
    """Who said a turn, as a reason names them."""
    role = call.role_of(turn.party)
    return "a speaker" if role == "unknown" else f"the {role.replace('_', ' ')}"
