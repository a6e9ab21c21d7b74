"""After one thing, another must not follow: no offer after "take me off your list", no pressure after "I lost my job"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from rules.engine.absence import quiet_doubts
from rules.engine.hits import Hit
from rules.engine.outcomes import Outcome, failed, not_applicable, passed, unsure
from rules.engine.turns import after, limit_after
from rules.engine.view import CallView
from rules.language.schema import RuleBase, Said, Seconds, Turns


class ForbiddenAfter(RuleBase):
    """``said`` must not follow ``after``."""

    kind: Literal["forbidden_after"]
    after: Said = Field(description="From when on it is forbidden.")
    said: Said = Field(description="What must not follow.")
    lifted_by: Said | None = Field(None, description="Said in between, it lifts the ban.")
    within_turns: Turns | None = Field(None, description="Turns of the forbidden party in which the ban holds.")
    within_seconds: Seconds | None = None


@dataclass(frozen=True)
class ForbiddenAfterKind:
    """FAIL where the forbidden thing surely came after."""

    name: str = "forbidden_after"
    model: type[ForbiddenAfter] = ForbiddenAfter
    signals: bool = False

    def judge(self, rule: ForbiddenAfter, view: CallView) -> Outcome:
        events = view.hits(rule.after)
        if not events:
            doubts = quiet_doubts(view, rule.after)
            if doubts:
                return unsure(f"nothing was found that begins the ban, but {'; '.join(doubts)}")
            return not_applicable("nothing that begins the ban was said")
        pairs = [(event, hit) for event in events for hit in self._breaches(rule, view, event)]
        sure = [(event, hit) for event, hit in pairs if event.firm and hit.firm]
        if sure:
            return failed("it followed although it must not", [sure[0][0], *dict.fromkeys(hit for _, hit in sure)])
        if pairs:
            return unsure("it may have followed", dict.fromkeys(hit for pair in pairs for hit in pair))
        if not any(event.firm for event in events):
            return unsure("what begins the ban may have been said", events)
        doubts = quiet_doubts(view, rule.said, start=events[0].start)
        return (
            unsure(f"it was not found, but {'; '.join(doubts)}") if doubts else passed("it did not follow", events[:1])
        )

    def _breaches(self, rule: ForbiddenAfter, view: CallView, event: Hit) -> list[Hit]:
        end = limit_after(view, event, rule.said.roles, turns=rule.within_turns, seconds=rule.within_seconds)
        if rule.lifted_by is not None:
            lifts = after(view.hits(rule.lifted_by), event, end)
            end = min(end, lifts[0].start) if lifts else end
        return after(view.hits(rule.said), event, end)


kind = ForbiddenAfterKind()
