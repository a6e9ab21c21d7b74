"""Moderation: profanity, insults, threats, hate, harassment and talk of self-harm; by whom, at whom, how grave.

It gives no verdict: whether an agent broke a rule is for the rules to say. A frightened or angry customer must not drown a
queue: the weight is small, and what is only told ("he called me an idiot") counts a third. Known misses: malice without a bad
word, and words a recogniser never learned to write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.language import FOREIGN
from pipeline.moderation import Heard, heard_in
from pipeline.records import Call, Finding, Measure

NAMES = {"self_harm": "talk of self-harm"}
MOST = 10  # places shown of one kind and party


@dataclass(frozen=True)
class Moderation:
    """One finding ``moderation.KIND`` for each kind and party; measures ``moderation.KIND`` count places, quoted ones left out."""

    name: str = "moderation"
    version: str = "2"
    of_words = True
    weight: float = 0.3
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = tuple(
        f"moderation.{kind}" for kind in ("profanity", "insult", "threat", "self_harm", "hate", "harassment")
    )
    louder: float = 0.05  # each further place

    def analyze(self, call: Call) -> list[Finding | Measure]:
        if FOREIGN in call.marks:
            return []
        rows: dict[tuple[str, str, bool], list[Heard]] = {}
        for turn in call.turns:
            for heard in heard_in(turn, call):
                rows.setdefault((heard.kind, turn.party, heard.quoted), []).append(heard)
        counts: dict[str, int] = {}
        for (kind, _, quoted), places in rows.items():
            counts[kind] = counts.get(kind, 0) + (0 if quoted else len(places))
        measures = [Measure(f"moderation.{kind}", float(count)) for kind, count in counts.items() if count]
        return [*measures, *(self.finding(call, places) for places in rows.values())]

    def finding(self, call: Call, places: Sequence[Heard]) -> Finding:
        first = max(places, key=lambda heard: heard.score)
        by, at = _who(call, first.said.turn.party), self.at(call, first)
        score = min(1.0, first.score + self.louder * (len(places) - 1) * (0.3 if first.quoted else 1.0))
        evidence = tuple(heard.said.evidence() for heard in (first, *(p for p in places if p is not first)))[:MOST]
        label = NAMES.get(first.kind, first.kind)
        times = "" if len(places) == 1 else f", {len(places)} times"
        told = f"{by} tells of {label}" if first.quoted else f"{label} by {by}{at}"
        return Finding(f"moderation.{first.kind}", round(score, 4), evidence[0].start, evidence[0].end,
                       f'{told}{times}: "{evidence[0].quote}"', evidence,
                       {"by": call.role_of(first.said.turn.party), "at": first.target, "quoted": first.quoted,
                        "severity": first.severity, "count": len(places)})  # fmt: skip

    def at(self, call: Call, heard: Heard) -> str:
        if heard.target != "other":
            return ""
        others = [party for party in call.parties if party.id != heard.said.turn.party and party.role not in ("ivr",)]
        return f" at {_who(call, others[0].id)}" if len(others) == 1 else " at somebody on the line"


def _who(call: Call, party: str) -> str:
    role = call.role_of(party)
    return "somebody" if role == "unknown" else f"the {role.replace('_', ' ')}"


analyzer = Moderation()
