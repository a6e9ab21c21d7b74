"""Speaking rate: words per minute of speech by role, and stretches that are too fast to follow.

Disclosures rushed through are a known trick: a turn counts when it has 15 words or more, runs faster than 210 words a
minute and a third faster than the same speaker elsewhere in the call.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.analyzers._speech import turns_of
from pipeline.records import Call, Evidence, Finding, Measure, Turn


def rate(turns: list[Turn]) -> float:
    """Words per minute over ``turns``; 0 without speech."""
    seconds = sum(turn.end - turn.start for turn in turns)
    return 60.0 * sum(len(turn.words) for turn in turns) / seconds if seconds > 0 else 0.0


@dataclass(frozen=True)
class SpeakingRate:
    """Measures by role; a finding for each rushed turn of an agent."""

    name: str = "speaking_rate"
    version: str = "1"
    weight: float = 0.2
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("words_per_minute.agent",)
    fast: float = 210.0
    faster: float = 1.33
    min_words: int = 15

    def analyze(self, call: Call) -> list[Finding | Measure]:
        by_role = {role: turns_of(call, role) for role in ("agent", "customer")}
        measures = [Measure(f"words_per_minute.{role}", rate(turns)) for role, turns in by_role.items() if turns]
        return [*measures, *self.rushed(by_role["agent"])]

    def rushed(self, turns: list[Turn]) -> list[Finding]:
        found = []
        words, seconds = sum(len(turn.words) for turn in turns), sum(turn.end - turn.start for turn in turns)
        for turn in turns:
            elsewhere = seconds - (turn.end - turn.start)
            usual = 60.0 * (words - len(turn.words)) / elsewhere if elsewhere > 0 else 0.0
            now = rate([turn])
            if len(turn.words) >= self.min_words and usual and now > max(self.fast, self.faster * usual):
                why = f"the agent rushed: {now:.0f} words a minute, {usual:.0f} in the rest of the call"
                quote = Evidence(turn.text, turn.start, turn.end, turn.party)
                found.append(Finding("rushed", min(1.0, now / usual - 1), turn.start, turn.end, why, (quote,)))
        return found


analyzer = SpeakingRate()
