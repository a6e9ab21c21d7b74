"""Talk share: who had the floor for how long, and how much of the call was silence."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.analyzers._speech import total, turns_of, union
from pipeline.records import ROLES, Call, Finding, Measure, Seconds


@dataclass(frozen=True)
class TalkShare:
    """Shares of speaking time by role; a finding when an agent leaves the customer next to no room."""

    name: str = "talk_share"
    version: str = "1"
    weight: float = 0.2
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("talk_share.agent", "silence_share")
    monologue: float = 0.85
    min_speech: Seconds = 60.0

    def analyze(self, call: Call) -> list[Finding | Measure]:
        spoken = {role: total(union((t.start, t.end) for t in turns_of(call, role))) for role in ROLES}
        everybody = sum(spoken.values())
        if not everybody or not call.duration:
            return []
        silence = max(0.0, 1.0 - total(union((t.start, t.end) for t in call.turns)) / call.duration)
        shares = [Measure(f"talk_share.{role}", seconds / everybody) for role, seconds in spoken.items() if seconds]
        return [Measure("silence_share", silence), *shares, *self.monologues(call, spoken["agent"], everybody)]

    def monologues(self, call: Call, agent: Seconds, everybody: Seconds) -> list[Finding]:
        share = agent / everybody
        if everybody < self.min_speech or share < self.monologue or not turns_of(call, "customer"):
            return []
        longest = max(turns_of(call, "agent"), key=lambda turn: turn.end - turn.start)
        why = f"the agent spoke {share:.0%} of the time"
        return [Finding("monologue", (share - self.monologue) / (1 - self.monologue), longest.start, longest.end, why)]


analyzer = TalkShare()
