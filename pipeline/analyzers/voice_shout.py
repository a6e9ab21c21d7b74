"""Shouts: turns that are loud and high at once, against the same speaker's own usual way.

People who shout press their voice up; a hand-set that comes nearer to the mouth only makes it louder. 6 dB and 2 semitones at
once are a shout. Known misses: cold anger, which is quiet, and somebody who shouts from the first word on, whose usual way it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.analyzers._speech import speaker
from pipeline.records import Call, Evidence, Finding, Measure
from pipeline.sentiment.voice import Manner, manners


@dataclass(frozen=True)
class VoiceShout:
    """One finding a shout; how far pitch rises and how often somebody shouts, by role."""

    name: str = "voice_shout"
    version: str = "1"
    weight: float = 0.5
    needs: tuple[str, ...] = ("audio",)
    facets: tuple[str, ...] = ("shouts.customer",)

    def analyze(self, call: Call) -> list[Finding | Measure]:
        said: list[Finding | Measure] = []
        heard = [manner for manner in manners(call) if manner.higher is not None]
        for party in call.parties:
            rises = [manner.higher or 0.0 for manner in heard if manner.turn.party == party.id]
            if rises and party.role in ("agent", "customer"):
                shouts = sum(manner.shouted for manner in heard if manner.turn.party == party.id)
                said += [
                    Measure(f"pitch_rise.{party.role}", max(rises)),
                    Measure(f"shouts.{party.role}", float(shouts)),
                ]
        return [*said, *(self.finding(call, manner) for manner in heard if manner.shouted)]

    def finding(self, call: Call, manner: Manner) -> Finding:
        turn = manner.turn
        quote = Evidence(turn.text, turn.start, turn.end, turn.party)
        score = min(1.0, (manner.louder or 0.0) / 20 + (manner.higher or 0.0) / 12)
        why = f"{speaker(call, turn)} shouted: {manner.told()}"
        return Finding("shout", score, turn.start, turn.end, why, (quote,))


analyzer = VoiceShout()
