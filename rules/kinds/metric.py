"""What other analyzers measured must stay within limits: silence, talk-over, a sentiment that falls.

The finding of that analyzer is the fact. Where the analyzer did not run, the rule cannot tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from rules.engine.outcomes import Outcome
from rules.engine.view import CallView
from rules.facts import Found
from rules.language.schema import Name, RuleBase
from rules.records import Evidence, Value


class Metric(RuleBase):
    """At most so many findings of a kind, each of at least a length and a score."""

    kind: Literal["metric"]
    finding: Name | list[Name] = Field(description="Kinds of findings that count.")
    at_most: int = Field(0, ge=0, le=1000)
    min_seconds: float = Field(0.0, ge=0)
    min_score: float = Field(0.0, ge=0, le=1)


@dataclass(frozen=True)
class MetricKind:
    """FAIL where there are more findings than allowed."""

    name: str = "metric"
    model: type[Metric] = Metric
    signals: bool = False

    def judge(self, rule: Metric, view: CallView) -> Outcome:
        kinds = [rule.finding] if isinstance(rule.finding, str) else rule.finding
        counted = [found for found in view.call.found if self._counts(rule, found, kinds)]
        if len(counted) <= rule.at_most:
            return Outcome(Value.PASS, f"{len(counted)} found, {rule.at_most} allowed")
        worst = max(counted, key=lambda found: found.end - found.start)
        reason = f"{len(counted)} found, {rule.at_most} allowed; the longest lasts {worst.end - worst.start:.0f} s"
        return Outcome(
            Value.FAIL, reason, tuple(Evidence(found.why, found.start, found.end, "") for found in counted[:5])
        )

    def _counts(self, rule: Metric, found: Found, kinds: list[str]) -> bool:
        return found.kind in kinds and found.end - found.start >= rule.min_seconds and found.score >= rule.min_score


kind = MetricKind()
