"""Something must be said: a notice, a name, a disclosure. Its absence is the breach.

Saying half of it is no fulfilment, but the reason says which half was heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from rules.engine.absence import missing
from rules.engine.conditions import holds
from rules.engine.outcomes import Outcome, failed, not_applicable, passed, unsure
from rules.engine.view import CallView
from rules.language.schema import Condition, RuleBase, Said
from rules.records import Value


class Required(RuleBase):
    """Must be said once within its window."""

    kind: Literal["required"]
    said: Said = Field(description="What must be said, by whom and when.")
    partly: Said | None = Field(None, description="Half of it: not enough, but named in the reason.")
    only_where: Condition | None = Field(None, description="Where this does not hold, leaving it out is no breach.")


@dataclass(frozen=True)
class RequiredKind:
    """PASS where it was said, FAIL where it surely was not."""

    name: str = "required"
    model: type[Required] = Required
    signals: bool = False

    def judge(self, rule: Required, view: CallView) -> Outcome:
        hits = view.hits(rule.said)
        firm = [hit for hit in hits if hit.firm]
        if firm:
            return passed("it was said", firm[:1])
        if hits:
            return unsure("it may have been said", hits)
        duty = None if rule.only_where is None else holds(rule.only_where, view, rule.id)
        if duty is not None and duty.holds is False:
            return not_applicable(f"there is no duty to say it: {duty.why}")
        outcome = missing(view, rule.said, "it")
        if outcome.value is not Value.FAIL:
            return outcome
        if duty is not None and duty.holds is None:
            return unsure(f"it was not said, and whether it must be is not known: {duty.why}")
        half = [] if rule.partly is None else view.hits(rule.partly)
        return failed("only part of it was said", half) if half else outcome


kind = RequiredKind()
