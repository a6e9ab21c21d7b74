"""What the recorder knows must be right: the hour where the called person is, a direction, a consent.

A missing fact makes the rule UNSURE. Where a person may be in several zones, all of them must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

from pydantic import Field, model_validator

from rules.engine.conditions import holds
from rules.engine.outcomes import Outcome, failed, passed, unsure
from rules.engine.view import CallView
from rules.engine.zones import local_times
from rules.language.schema import Condition, RuleBase, Said, Strict


class LocalTime(Strict):
    """The hours in which a call to a person is allowed, in the person's own zone."""

    earliest: time = Field(description="First allowed minute, for example 08:00.")
    latest: time = Field(description="Last allowed minute, for example 21:00.")

    def allows(self, moment: datetime) -> bool:
        """Whether a call may begin at ``moment``: 21:00:00 is the last second, 21:00:01 is late."""
        return self.earliest <= moment.time().replace(tzinfo=None) <= self.latest


class MetadataRule(RuleBase):
    """Exactly one of the checks."""

    kind: Literal["metadata"]
    local_time: LocalTime | None = None
    must: Condition | None = Field(None, description="Must hold.")
    hints: Said | None = Field(None, description="Words that say it is wrong although the metadata says it is right.")

    @model_validator(mode="after")
    def _has_one_check(self) -> MetadataRule:
        if (self.local_time is None) == (self.must is None):
            raise ValueError("needs exactly one of local_time and must")
        return self


@dataclass(frozen=True)
class MetadataKind:
    """PASS, FAIL, or UNSURE where the facts are missing or disagree."""

    name: str = "metadata"
    model: type[MetadataRule] = MetadataRule
    signals: bool = False

    def judge(self, rule: MetadataRule, view: CallView) -> Outcome:
        outcome = self._condition(rule.must, rule, view) if rule.must else self._hours(rule, view)
        if outcome.value == "PASS" and rule.hints is not None and (hints := view.hits(rule.hints)):
            return unsure("the metadata says it is right, the words say it is not", hints)
        return outcome

    def _condition(self, must: Condition, rule: MetadataRule, view: CallView) -> Outcome:
        answer = holds(must, view, rule.id)
        if answer.holds is None:
            return unsure(answer.why)
        return passed(answer.why) if answer.holds else failed(answer.why)

    def _hours(self, rule: MetadataRule, view: CallView) -> Outcome:
        assert rule.local_time is not None
        times = local_times(view.call.metadata)
        if not times:
            return unsure("when the call began, or in which zone the person is, is not known")
        allowed = {zone for zone, moment in times.items() if rule.local_time.allows(moment)}
        said = ", ".join(f"{moment:%H:%M:%S} in {zone}" for zone, moment in sorted(times.items()))
        if len(allowed) == len(times):
            return passed(f"the call began at {said}")
        if not allowed:
            return failed(
                f"the call began at {said}; {rule.local_time.earliest:%H:%M} to {rule.local_time.latest:%H:%M} is allowed"
            )
        return unsure(f"the person may be in several zones: {said}")


kind = MetadataKind()
