"""A chain within one call: several different steps, each harmless alone (new password, new number, new payee)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from rules.engine.hits import Hit
from rules.engine.outcomes import Outcome, given, silent
from rules.engine.view import CallView
from rules.language.schema import Name, RuleBase, Said, Strict


class Steps(Strict):
    """Named steps and how many of them make the chain."""

    steps: dict[Name, Said] = Field(min_length=1)
    at_least: int = Field(1, ge=1, le=50)


class Sequence(RuleBase):
    """Enough steps of ``chain``, and enough of ``beside`` where it is given."""

    kind: Literal["sequence"]
    chain: Steps
    beside: Steps | None = Field(None, description="Circumstances that must be there as well.")
    in_order: bool = Field(False, description="The steps must come in the order they are written.")
    score: float = Field(gt=0, le=1, description="How strongly the whole chain points.")
    step: Name = Field("chain", description="Its part in the story.")


@dataclass(frozen=True)
class SequenceKind:
    """Its score where enough steps were heard, half of it where some may be mishearings."""

    name: str = "sequence"
    model: type[Sequence] = Sequence
    signals: bool = True

    def judge(self, rule: Sequence, view: CallView) -> Outcome:
        chain = self._chain(rule, view)
        if len(chain) < rule.chain.at_least:
            return silent(f"{len(chain)} of {rule.chain.at_least} steps were heard")
        beside = {} if rule.beside is None else _heard(rule.beside, view)
        if rule.beside is not None and len(beside) < rule.beside.at_least:
            return silent("the steps were heard, but nothing beside them that speaks for a case")
        hits = sorted([*chain.values(), *beside.values()], key=lambda hit: hit.start)
        score = rule.score if all(hit.firm for hit in hits) else rule.score * 0.5
        names = ", ".join(name.replace("_", " ") for name in [*chain, *beside])
        return given(score, f"in one call: {names}", hits)

    def _chain(self, rule: Sequence, view: CallView) -> dict[str, Hit]:
        if not rule.in_order:
            return _heard(rule.chain, view)
        found: dict[str, Hit] = {}
        since = -1.0
        for name, said in rule.chain.steps.items():
            hit = next((hit for hit in view.hits(said) if hit.start > since), None)
            if hit is not None:
                found[name], since = hit, hit.start
        return found


def _heard(steps: Steps, view: CallView) -> dict[str, Hit]:
    """The first hit of each step that was heard, firm ones before doubtful ones."""
    found = {}
    for name, said in steps.steps.items():
        hits = view.hits(said)
        if hits:
            found[name] = next((hit for hit in hits if hit.firm), hits[0])
    return found


kind = SequenceKind()
