"""Talk-over: two people at once, and who came in while the other was still speaking.

A back-channel ("mm hm", "yes") is listening, not interrupting: the one who comes in must say at least three words and
both must speak together for half a second. Known miss: a mono recording hides much of what is said at the same time.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.analyzers._speech import Stretch, overlaps, total, union
from pipeline.records import Call, Evidence, Finding, Measure, Seconds, Turn


@dataclass(frozen=True)
class TalkOver:
    """One finding for each interruption of at least ``min_overlap`` seconds."""

    name: str = "talk_over"
    version: str = "1"
    weight: float = 0.4
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("talk_over_seconds", "interruptions.agent", "interruptions.customer")
    min_overlap: Seconds = 0.5
    min_words: int = 3

    def analyze(self, call: Call) -> list[Finding | Measure]:
        both = overlaps(call.turns)
        cut_in = [(span, there, came) for span, there, came in both if self.interrupts(span, there, came)]
        counts = {
            role: sum(call.role_of(came.party) == role for _, _, came in cut_in) for role in ("agent", "customer")
        }
        return [
            Measure("talk_over_seconds", total(union(span for span, _, _ in both))),
            *(Measure(f"interruptions.{role}", count) for role, count in counts.items()),
            *(self.finding(call, span, came) for span, _, came in cut_in),
        ]

    def interrupts(self, span: Stretch, there: Turn, came: Turn) -> bool:
        return span[1] - span[0] >= self.min_overlap and len(came.words) >= self.min_words and came.end > there.start

    def finding(self, call: Call, span: Stretch, came: Turn) -> Finding:
        who = call.role_of(came.party)
        seconds = span[1] - span[0]
        score = min(1.0, (0.3 if who == "customer" else 0.5) + 0.1 * seconds)
        name = {"unknown": "somebody"}.get(who, f"the {who.replace('_', ' ')}")
        quote = Evidence(came.text, came.start, came.end, came.party)
        return Finding(
            "talk_over", score, span[0], span[1], f"{name} talked over the other for {seconds:.1f} s", (quote,)
        )


analyzer = TalkOver()
