"""Something worth a look that is no breach: it ranks the call and may become part of a case. It accuses nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from rules.engine.outcomes import Outcome, given, silent
from rules.engine.view import CallView
from rules.language.schema import Name, RuleBase, Said
from rules.records import Evidence

DOUBTED = 0.5  # what is left of the score of a hit that may be a mishearing


class SignalRule(RuleBase):
    """What raises the signal, and how strongly it points."""

    kind: Literal["signal"]
    said: Said | None = None
    also: list[Said] = Field(default=[], description="Each of these must be heard too, anywhere in the call.")
    finding: Name | list[Name] | None = Field(None, description="An analyzer's finding that raises it as well.")
    min_seconds: float = Field(0.0, ge=0, description="With `finding`: how long it must last.")
    score: float = Field(gt=0, le=1, description="How strongly it points, 0 to 1; scores of a pack add up to a case.")
    step: Name = Field(description="Its part in the story (pretext, pressure, credentials...). A case wants several.")
    against: bool = Field(False, description="True when it speaks against a case (a warning was given).")

    @model_validator(mode="after")
    def _has_a_cause(self) -> SignalRule:
        if self.said is None and self.finding is None:
            raise ValueError("needs said or finding")
        return self


@dataclass(frozen=True)
class SignalKind:
    """Its score where it was heard, half of it where it may be a mishearing."""

    name: str = "signal"
    model: type[SignalRule] = SignalRule
    signals: bool = True

    def judge(self, rule: SignalRule, view: CallView) -> Outcome:
        hits = [] if rule.said is None else view.hits(rule.said)
        if hits and all(view.hits(other) for other in rule.also):
            firm = [hit for hit in hits if hit.firm]
            score = rule.score if firm else rule.score * DOUBTED
            return given(score, "it was heard" if firm else "it may have been heard", firm or hits)
        found = self._found(rule, view)
        if found:
            return given(rule.score, found[0].quote, evidence=found)
        return silent()

    def _found(self, rule: SignalRule, view: CallView) -> tuple[Evidence, ...]:
        kinds = [rule.finding] if isinstance(rule.finding, str) else rule.finding or []
        return tuple(
            Evidence(found.why, found.start, found.end, "")
            for found in view.call.found
            if found.kind in kinds and found.end - found.start >= rule.min_seconds
        )


kind = SignalKind()
