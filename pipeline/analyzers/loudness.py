"""Loudness: turns much louder than the same speaker's own usual level.

Lines differ by 20 dB, so absolute levels say nothing; 7 dB above one's own median is a raised voice. In a mono
recording both speakers share the channel, but turns of one speaker are still compared with each other.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from pipeline.records import Call, Evidence, Finding, Levels, Measure, Turn


@dataclass(frozen=True)
class Loudness:
    """One finding for each turn at least ``raised`` dB above the speaker's median turn."""

    name: str = "loudness"
    version: str = "1"
    weight: float = 0.4
    needs: tuple[str, ...] = ("audio",)
    facets: tuple[str, ...] = ("loudness_rise.customer",)
    raised: float = 7.0
    min_turns: int = 4

    def analyze(self, call: Call) -> list[Finding | Measure]:
        if call.levels is None:
            return []
        said: list[Finding | Measure] = []
        for party in call.parties:
            turns = [turn for turn in call.turns if turn.party == party.id and turn.end - turn.start >= 0.5]
            loud = [(turn, level(call.levels, turn, party.channel)) for turn in turns]
            if len(loud) < self.min_turns:
                continue
            usual = statistics.median(db for _, db in loud)
            if party.role in ("agent", "customer"):
                said.append(Measure(f"loudness_rise.{party.role}", max(db for _, db in loud) - usual))
            said += [self.finding(call, turn, db - usual) for turn, db in loud if db - usual >= self.raised]
        return said

    def finding(self, call: Call, turn: Turn, rise: float) -> Finding:
        who = call.role_of(turn.party)
        name = "a speaker" if who == "unknown" else f"the {who.replace('_', ' ')}"
        quote = Evidence(turn.text, turn.start, turn.end, turn.party)
        return Finding(
            "raised_voice",
            min(1.0, rise / 20),
            turn.start,
            turn.end,
            f"{name} was {rise:.0f} dB louder than usual",
            (quote,),
        )


def level(levels: Levels, turn: Turn, channel: int | None) -> float:
    """Mean level of a turn in dB, on the speaker's channel."""
    curve = levels.channels[channel if channel is not None and channel < len(levels.channels) else 0]
    first, last = int(turn.start / levels.step), max(int(turn.start / levels.step) + 1, int(turn.end / levels.step))
    heard = curve[first:last] or (-90.0,)
    return statistics.fmean(heard)


analyzer = Loudness()
