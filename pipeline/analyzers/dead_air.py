"""Dead air: stretches where nobody speaks and nobody was told to wait.

Long silences are what customers complain about first, and they need no model: the gaps between turns are enough. Hold
(music, or a wait the agent announced) is not dead air; the `hold` analyzer finds it first and its findings are facts here.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.analyzers._speech import gaps
from pipeline.records import Call, Finding, Measure, Seconds


@dataclass(frozen=True)
class DeadAir:
    """One finding for each unannounced gap of at least ``min_gap`` seconds between turns."""

    name: str = "dead_air"
    version: str = "1"
    weight: float = 0.6
    needs: tuple[str, ...] = ("hold",)
    facets: tuple[str, ...] = ("dead_air_seconds",)
    min_gap: Seconds = 8.0

    def analyze(self, call: Call) -> list[Finding | Measure]:
        held = [finding for finding in call.findings if finding.kind == "hold"]
        silent = [
            (start, end)
            for start, end in gaps(call.turns)
            if end - start >= self.min_gap and not any(h.start < end and start < h.end for h in held)
        ]
        total = sum(end - start for start, end in silent)
        return [Measure("dead_air_seconds", total), *(self.finding(start, end) for start, end in silent)]

    def finding(self, start: Seconds, end: Seconds) -> Finding:
        score = min(1.0, (end - start) / (6 * self.min_gap))
        return Finding(
            "dead_air", score, start, end, f"nobody spoke for {end - start:.0f} s and nobody was asked to hold"
        )


analyzer = DeadAir()
