"""Loudness: turns much louder than the same speaker's own usual level.

Lines differ by 20 dB, so absolute levels say nothing; 7 dB above one's own median is a raised voice. In a mono
recording both speakers share the channel, but turns of one speaker are still compared with each other. A turn that is
high as well is a shout: `voice_shout` tells it.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.analyzers._speech import speaker
from pipeline.records import Call, Evidence, Finding, Measure
from pipeline.sentiment.voice import Manner, manners


@dataclass(frozen=True)
class Loudness:
    """One finding for each turn at least ``raised`` dB above the speaker's median turn."""

    name: str = "loudness"
    version: str = "2"
    weight: float = 0.4
    needs: tuple[str, ...] = ("audio",)
    facets: tuple[str, ...] = ("loudness_rise.customer",)
    raised: float = 7.0

    def analyze(self, call: Call) -> list[Finding | Measure]:
        measured = [(manner, manner.louder) for manner in manners(call) if manner.louder is not None]
        said: list[Finding | Measure] = []
        for party in call.parties:
            rises = [louder for manner, louder in measured if manner.turn.party == party.id]
            if rises and party.role in ("agent", "customer"):
                said.append(Measure(f"loudness_rise.{party.role}", max(rises)))
        said += [
            self.finding(call, manner, louder)
            for manner, louder in measured
            if louder >= self.raised and not manner.shouted
        ]
        return said

    def finding(self, call: Call, manner: Manner, louder: float) -> Finding:
        turn = manner.turn
        quote = Evidence(turn.text, turn.start, turn.end, turn.party)
        why = f"{speaker(call, turn)} spoke {manner.told()}"
        return Finding("raised_voice", min(1.0, louder / 20), turn.start, turn.end, why, (quote,))


analyzer = Loudness()
