"""A random sample of each agent's calls, which anybody can draw again.

The frame is every call of the agent in the period, also those that were reviewed before: leaving out what somebody chose
to review (the worst calls, as a rule) would make the rest look better than it is. Who is drawn follows from the seed and
the ids alone; seed and fingerprint of the frame are kept with each drawn call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.quality.draws import fingerprint, number


@dataclass(frozen=True, slots=True)
class Sampled:
    """The sample of one agent: the ids drawn, the probability each call of the frame had, and the frame's SHA-256."""

    agent: str
    calls: tuple[str, ...]
    probability: float
    size: int
    sha256: str


def sample(frames: Mapping[str, Sequence[str]], each: int, seed: str) -> list[Sampled]:
    """``each`` calls of every agent (all of them where there are fewer), agents by name. Raises ValueError below one."""
    if each < 1:
        raise ValueError("a sample has at least one call")
    found = []
    for agent, ids in sorted(frames.items()):
        chosen = sorted(ids, key=lambda id: number(seed, "chosen", id))[:each]
        if ids:
            found.append(Sampled(agent, tuple(chosen), len(chosen) / len(ids), len(ids), fingerprint(ids)))
    return found
