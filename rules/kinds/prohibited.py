"""Something must not be said: a threat, a card code, a promise nobody may make. Its presence is the breach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from rules.engine.absence import quiet_doubts
from rules.engine.conditions import holds
from rules.engine.outcomes import Outcome, failed, passed, unsure
from rules.engine.view import CallView
from rules.language.schema import Condition, RuleBase, Said


class Prohibited(RuleBase):
    """Must not be said."""

    kind: Literal["prohibited"]
    said: Said = Field(description="What must not be said, by whom and when.")
    allowed_when: Condition | None = Field(None, description="Where this holds, saying it is no breach.")


@dataclass(frozen=True)
class ProhibitedKind:
    """FAIL where it was surely said."""

    name: str = "prohibited"
    model: type[Prohibited] = Prohibited
    signals: bool = False

    def judge(self, rule: Prohibited, view: CallView) -> Outcome:
        hits = view.hits(rule.said)
        firm = [hit for hit in hits if hit.firm]
        allowed = None if rule.allowed_when is None else holds(rule.allowed_when, view, rule.id)
        if hits and allowed is not None and allowed.holds:
            return passed(f"it was said where it is allowed: {allowed.why}", hits)
        if firm and allowed is not None and allowed.holds is None:
            return unsure(f"it was said; whether it was allowed is not known: {allowed.why}", firm)
        if firm:
            return failed("it was said", firm)
        if hits:
            return unsure("it may have been said", hits)
        doubts = quiet_doubts(view, rule.said)
        return unsure(f"it was not found, but {'; '.join(doubts)}") if doubts else passed("it was not said")


kind = ProhibitedKind()
