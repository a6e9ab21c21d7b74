"""Language: stretches of a call in another language than the rules speak, and the measure of how much of it that is.

The language of the call and of each turn is told before the analyzers run (pipeline/language): what is marked as foreign
there is not looked at again. Here are the turns inside a call: a customer who changes to Spanish, an interpreter. What is said
in them feeds no score of words, and no rule holds that something was not said where they are. Known misses: a single turn of
few words; a recogniser that writes English words alone hears no other language, its stretches only look badly heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.language import FOREIGN, RULES_SPEAK
from pipeline.language.detect import name_of
from pipeline.language.turns import foreign_turns
from pipeline.records import Call, Evidence, Finding, Measure, Turn


@dataclass(frozen=True)
class Language:
    """One finding for each party and language that the rules do not speak; ``other_language_share`` of the words."""

    name: str = "language"
    version: str = "2"
    weight: float = 0.3
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("other_language_share",)

    def analyze(self, call: Call) -> list[Finding | Measure]:
        words = sum(len(turn.words) for turn in call.turns)
        if FOREIGN in call.marks or not words:
            return []
        found: dict[tuple[str, str], list[Turn]] = {}
        for turn in foreign_turns(call, RULES_SPEAK):
            found.setdefault((turn.party, str(turn.language)), []).append(turn)
        share = sum(len(turn.words) for turns in found.values() for turn in turns) / words
        return [Measure("other_language_share", share), *(self.finding(call, turns, share) for turns in found.values())]

    def finding(self, call: Call, turns: Sequence[Turn], share: float) -> Finding:
        first, code = turns[0], str(turns[0].language)
        who = {"unknown": "somebody"}.get(call.role_of(first.party), f"the {call.role_of(first.party)}").replace(
            "_", " "
        )
        often = "one turn" if len(turns) == 1 else f"{len(turns)} turns"
        evidence = tuple(Evidence(turn.text, turn.start, turn.end, turn.party) for turn in turns[:3])
        why = f"{who} speaks {name_of(code)} in {often}: what was said there is not judged by the rules"
        return Finding(
            "other_language", min(1.0, 0.3 + share), first.start, first.end, why, evidence, {"language": code}
        )


analyzer = Language()
