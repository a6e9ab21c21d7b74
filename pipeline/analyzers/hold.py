"""Hold: the customer waits and was told so, or hears music.

A wait counts when an agent's words ask for it within the 15 seconds before the silence, or when the sound says music.
Music that a recogniser turned into words is caught by the event, not by the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.analyzers._speech import Stretch, gaps, turns_of, union
from pipeline.records import Call, Finding, Measure, Seconds

ASKED = re.compile(
    r"\b(?:on hold|(?:please |could you |can you |if you )?hold (?:on|the line|for|please)|bear with me|one moment"
    r"|just a (?:moment|minute|second)|give me (?:a|one|two|just) |hang on"
    r"|(?:a|one|two|three|few|couple of) (?:moments?|minutes?|seconds?)|let me (?:check|look|see|pull|find|get))\b"
)


@dataclass(frozen=True)
class Hold:
    """One finding for each announced or musical wait of at least ``min_wait`` seconds."""

    name: str = "hold"
    version: str = "1"
    weight: float = 0.3
    needs: tuple[str, ...] = ("audio",)
    facets: tuple[str, ...] = ("hold_seconds",)
    min_wait: Seconds = 5.0
    notice: Seconds = 15.0
    long_wait: Seconds = 120.0

    def analyze(self, call: Call) -> list[Finding | Measure]:
        waits = [stretch for stretch in self.waits(call) if stretch[1] - stretch[0] >= self.min_wait]
        found = [self.finding(start, end) for start, end in waits]
        return [Measure("hold_seconds", sum(end - start for start, end in waits)), *found]

    def waits(self, call: Call) -> list[Stretch]:
        music = [(event.start, event.end) for event in call.events if event.kind == "music"]
        asked = sorted(turn.end for turn in turns_of(call, "agent") if ASKED.search(turn.text.lower()))
        told = [gap for gap in gaps(call.turns) if self.announced(gap, asked)]
        return union([*music, *told])

    def announced(self, gap: Stretch, asked: Sequence[Seconds]) -> bool:
        """True where somebody asked to wait shortly before the gap; ``asked`` are the ends of such turns, in order."""
        place = bisect_left(asked, gap[0] - self.notice)
        return place < len(asked) and asked[place] <= gap[0] + 1.0

    def finding(self, start: Seconds, end: Seconds) -> Finding:
        score = min(1.0, (end - start) / (2 * self.long_wait))
        return Finding("hold", score, start, end, f"the customer was on hold for {end - start:.0f} s")


analyzer = Hold()
