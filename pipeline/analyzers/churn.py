"""Churn: a customer says that they are about to leave, with the words and the second.

The phrases stand in pipeline/topics/leaving.yaml, each with how plain it is. Cancelling an order or an appointment is no leaving;
what is denied ("i don't want to cancel my plan") does not count. Known miss: customers who only sound as if they had enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipeline.language import FOREIGN
from pipeline.records import Call, Finding, Measure
from pipeline.topics.leaving import phrases_of_leaving
from pipeline.topics.saying import Phrase, Phrasebook, Said, by_customer, stems_of


@dataclass(frozen=True)
class Churn:
    """At most one finding ``churn`` a call, at the first place, its score from all; measure ``churn``."""

    name: str = "churn"
    version: str = "1"
    of_words = True
    weight: float = 0.35
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("churn",)
    further: float = 0.1  # each further statement adds so much
    least: float = 0.5  # a lone hint is not enough

    @cached_property
    def phrases(self) -> tuple[tuple[Phrase, float], ...]:
        return phrases_of_leaving()

    @cached_property
    def phrasebook(self) -> Phrasebook:
        return Phrasebook(p for p, _ in self.phrases)

    def analyze(self, call: Call) -> list[Finding | Measure]:
        if FOREIGN in call.marks:
            return []
        said = self.said(call)
        score = min(1.0, max((plain for _, plain in said), default=0.0) + self.further * max(0, len(said) - 1))
        if score < self.least:
            return [Measure("churn", 0.0)]
        evidence = tuple(place.evidence() for place, _ in said[:5])
        times = "" if len(said) == 1 else f", and says so {len(said)} times"
        why = f'the customer wants to leave: "{evidence[0].quote}"{times}'
        return [Measure("churn", score), Finding("churn", score, evidence[0].start, evidence[0].end, why, evidence)]

    def said(self, call: Call) -> list[tuple[Said, float]]:
        """Statements by customers, the plainest of each turn, in order."""
        found = []
        for turn in by_customer(call):
            there = self.phrasebook.find(turn, stems_of(turn))
            places = [(there[p.text], plain) for p, plain in self.phrases if p.text in there]
            kept = [(place, plain) for place, plain in places if not place.negated]
            if kept:
                found.append(max(kept, key=lambda row: row[1]))
        return found


analyzer = Churn()
