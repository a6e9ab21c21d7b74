"""Language: stretches of a call in another language than the rest, and the measure of how much of it that is.

The language of the whole call is told before the analyzers run (pipeline/language): what is marked as foreign there is not
looked at again. Here are the turns inside a call: a customer who changes to Spanish, an interpreter. A short turn proves
nothing, so a party must say two turns, or fifteen words, in the same other language. Known miss: a recogniser that writes
English words alone hears no other language; its stretches only look badly heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.language import FOREIGN
from pipeline.language.detect import Guess, enough, guesses, looks_english
from pipeline.records import Call, Evidence, Finding, Measure, Turn


@dataclass(frozen=True)
class Language:
    """One finding for each party and language that is not the call's; ``other_language_share`` of the words."""

    name: str = "language"
    version: str = "1"
    weight: float = 0.3
    needs: tuple[str, ...] = ()
    facets: tuple[str, ...] = ("other_language_share",)
    sure: float = 0.9
    usual: float = 0.05  # how likely the call's own language may still be
    letters: int = 24
    words: int = 15

    def analyze(self, call: Call) -> list[Finding | Measure]:
        if FOREIGN in call.marks or not call.turns:
            return []
        own = call.language or "en"
        found: dict[tuple[str, str], list[tuple[Turn, Guess]]] = {}
        for turn in call.turns:
            other = self.other(turn, own)
            if other is not None:
                found.setdefault((turn.party, other.code), []).append((turn, other))
        kept = {key: rows for key, rows in found.items() if len(rows) > 1 or len(rows[0][0].words) >= self.words}
        foreign = sum(len(turn.words) for rows in kept.values() for turn, _ in rows)
        share = foreign / sum(len(turn.words) for turn in call.turns)
        return [Measure("other_language_share", share), *(self.finding(call, rows, share) for rows in kept.values())]

    def other(self, turn: Turn, own: str) -> Guess | None:
        """The language of a turn that is surely not in ``own``."""
        text = " ".join(word.text for word in turn.words if not word.redacted)
        if not enough(text, self.letters) or (own == "en" and looks_english(text)):
            return None
        found = guesses(text)
        mine = sum(guess.confidence for guess in found if guess.code == own)
        best = found[0]
        return best if best.code != own and best.confidence >= self.sure and mine <= self.usual else None

    def finding(self, call: Call, rows: Sequence[tuple[Turn, Guess]], share: float) -> Finding:
        first, guess = rows[0]
        who = {"unknown": "somebody"}.get(call.role_of(first.party), f"the {call.role_of(first.party)}").replace(
            "_", " "
        )
        turns = "one turn" if len(rows) == 1 else f"{len(rows)} turns"
        evidence = tuple(Evidence(turn.text, turn.start, turn.end, turn.party) for turn, _ in rows[:3])
        why = f"{who} speaks {guess.name} in {turns}: what was said there is not judged by the rules"
        return Finding("other_language", min(1.0, 0.3 + share), first.start, first.end, why, evidence,
                       {"language": guess.code})  # fmt: skip


analyzer = Language()
