"""Something must be said a number of times: not too often, or often enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from rules.engine.absence import missing, quiet_doubts
from rules.engine.outcomes import Outcome, failed, passed, unsure
from rules.engine.view import CallView
from rules.language.schema import RuleBase, Said


class Count(RuleBase):
    """How often ``said`` may or must be heard."""

    kind: Literal["count"]
    said: Said
    at_most: int | None = Field(None, ge=0, le=1000)
    at_least: int | None = Field(None, ge=1, le=1000)

    @model_validator(mode="after")
    def _has_a_limit(self) -> Count:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("needs exactly one of at_most and at_least")
        return self


@dataclass(frozen=True)
class CountKind:
    """FAIL where the sure hits alone break the limit, or all hits together cannot reach it."""

    name: str = "count"
    model: type[Count] = Count
    signals: bool = False

    def judge(self, rule: Count, view: CallView) -> Outcome:
        hits = view.hits(rule.said)
        firm = [hit for hit in hits if hit.firm]
        if rule.at_most is not None:
            if len(firm) > rule.at_most:
                return failed(f"it was said {len(firm)} times, more than {rule.at_most}", firm)
            if len(hits) > rule.at_most:
                return unsure(f"it was said {len(firm)} to {len(hits)} times", hits)
            doubts = quiet_doubts(view, rule.said)
            if doubts:
                return unsure(f"it was heard {len(hits)} times, but {'; '.join(doubts)}", hits)
            return passed(f"it was said {len(hits)} times", hits)
        assert rule.at_least is not None
        if len(firm) >= rule.at_least:
            return passed(f"it was said {len(firm)} times", firm)
        if len(hits) >= rule.at_least:
            return unsure(f"it was said {len(firm)} to {len(hits)} times", hits)
        outcome = missing(view, rule.said, f"it ({len(hits)} of {rule.at_least} times)", shown=hits)
        return outcome


kind = CountKind()
