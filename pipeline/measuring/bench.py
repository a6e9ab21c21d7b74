"""What every `callsift bench NAME` shares: two arms in one run, equal output first, a ratio with its interval.

A benchmark is one file in pipeline/benches/ with an object ``bench`` (see `Bench`). Arms are interleaved (ABAB...), both
warmed up; machines are shared and noisy, so the ratio is what counts: it is printed with a bootstrap interval and marked
NOISY when the interval is wider than a fifth of the ratio. Absolute times are printed, never asserted.
"""

from __future__ import annotations

import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True, slots=True)
class Arms:
    """What a bench prepares outside the clock: two callables doing the same work.

    ``same(ours_output, peer_output)`` returns None when the outputs are equal, else a sentence saying what differs.
    ``work`` is how much one call of an arm does (audio seconds, rows, ...), ``unit`` its name. ``clock`` may be
    ``time.process_time`` where both arms are one thread of this process: then other work on the machine does not count.
    ``before`` makes ready what either arm needs anew each time, outside the clock too. Where ``rounds``
    are told, as many are made at least, each arm once in each: what load there is changes little from one arm to the other.
    """

    ours: Callable[[], Any]
    peer: Callable[[], Any]
    same: Callable[[Any, Any], str | None]
    work: float
    unit: str
    peer_name: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    clock: Callable[[], float] = time.perf_counter
    before: Callable[[], Any] | None = None
    rounds: int = 0


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """Choices of the command line that benchmarks share. ``small`` is the size CI runs."""

    rounds: int = 5
    seconds: float = 2.0
    small: bool = False
    device: str = "auto"
    threads: int = 0
    model: str = "demo"
    axis: str = "calls"


class Bench(Protocol):
    """One benchmark: its bars (lower bounds of the ratio peer time / our time) and its arms."""

    name: str
    good: float
    goal: float

    def prepare(self, options: BenchOptions) -> Arms: ...


class NotEqual(AssertionError):
    """The arms do different work: no ratio is printed."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """The result: ``ratio`` = median peer time / median our time, with its 95 % interval."""

    name: str
    ratio: float
    interval: tuple[float, float]
    ours: float
    peer: float
    work: float
    unit: str
    peer_name: str
    noisy: bool
    machine: str
    good: float
    goal: float
    facts: Mapping[str, Any]

    def as_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    def line(self) -> str:
        """The one line that can be quoted."""
        low, high = self.interval
        return (f"{self.name}: {self.ratio:.2f}x {self.peer_name} [{low:.2f}, {high:.2f}]{' NOISY' if self.noisy else ''}; "
                f"ours {self.work / self.ours:,.0f}, peer {self.work / self.peer:,.0f} {self.unit} per second; "
                f"bar {self.good:g}x, goal {self.goal:g}x; {self.machine}")  # fmt: skip


def run(bench: Bench, options: BenchOptions) -> Ratio:
    """Check equality, time both arms interleaved, check equality again; raises NotEqual."""
    arms = bench.prepare(options)
    _check(arms, *(_timed(arms, arm, 1)[1] for arm in (arms.ours, arms.peer)))  # also the warm-up
    repeat_ours, repeat_peer = (
        1 if arms.rounds else _repeats(arms, arm, options.seconds) for arm in (arms.ours, arms.peer)
    )
    ours, peer = [], []
    for _ in range(max(options.rounds, arms.rounds)):
        took, ours_output = _timed(arms, arms.ours, repeat_ours)
        ours.append(took)
        took, peer_output = _timed(arms, arms.peer, repeat_peer)
        peer.append(took)
    _check(arms, ours_output, peer_output)
    ratio = statistics.median(peer) / statistics.median(ours)
    low, high = _interval(np.array(peer), np.array(ours))
    return Ratio(bench.name, ratio, (low, high), statistics.median(ours), statistics.median(peer), arms.work, arms.unit,
                 arms.peer_name, (high - low) > 0.2 * ratio, machine(), bench.good, bench.goal, dict(arms.facts))  # fmt: skip


def machine() -> str:
    """The machine in a few words, for printing beside absolute times."""
    import os  # only here

    return f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}"


def _check(arms: Arms, ours: Any, peer: Any) -> None:
    difference = arms.same(ours, peer)
    if difference is not None:
        raise NotEqual(f"the arms do not agree: {difference}")


def _repeats(arms: Arms, arm: Callable[[], Any], seconds: float) -> int:
    took, _ = _timed(arms, arm, 1)
    return max(1, round(seconds / max(took, 1e-6)))


def _timed(arms: Arms, arm: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Time of one call of an arm, the mean of ``repeat``, and what the last gave."""
    if arms.before is None:
        began = arms.clock()
        for _ in range(repeat):
            output = arm()
        return (arms.clock() - began) / repeat, output
    took = 0.0
    for _ in range(repeat):
        arms.before()
        began = arms.clock()
        output = arm()
        took += arms.clock() - began
    return took / repeat, output


def _interval(
    peer: np.ndarray[Any, Any], ours: np.ndarray[Any, Any], *, rounds: int = 2000, seed: int = 0
) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    n = len(peer)
    chosen = [rng.integers(0, n, n) for _ in range(rounds)]  # rounds: what slows one arm down slows the other beside it
    draws = [np.median(peer[some]) / np.median(ours[some]) for some in chosen]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)
