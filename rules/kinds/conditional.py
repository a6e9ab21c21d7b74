"""When one thing is said, another must follow: an objection, a complaint, a request not to be called.

No trigger means the rule does not apply; it never fails a call in which nobody asked for anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from rules.engine.absence import missing, quiet_doubts
from rules.engine.hits import Hit
from rules.engine.outcomes import Outcome, failed, not_applicable, passed, unsure
from rules.engine.turns import after, limit_after, replies
from rules.engine.view import CallView
from rules.language.schema import RuleBase, Said, Seconds, Turns
from rules.records import Value


class Conditional(RuleBase):
    """A trigger, and the duty that follows from it."""

    kind: Literal["conditional"]
    trigger: Said = Field(description="What makes the duty arise.")
    then: Said = Field(description="What must follow.")
    instead: Said | None = Field(None, description="An answer that breaks the duty outright.")
    before_too: bool = Field(False, description="The duty may have been done before the trigger as well.")
    within_turns: Turns | None = Field(None, description="Turns of the party with the duty; left out: until the end.")
    within_seconds: Seconds | None = Field(None, description="Seconds after the trigger.")


@dataclass(frozen=True)
class ConditionalKind:
    """PASS where the duty followed a trigger in time, FAIL where none followed any."""

    name: str = "conditional"
    model: type[Conditional] = Conditional
    signals: bool = False

    def judge(self, rule: Conditional, view: CallView) -> Outcome:
        triggers = view.hits(rule.trigger)
        firm = [hit for hit in triggers if hit.firm]
        if not firm:
            return self._without(rule, view, triggers)
        broken = self._broken(rule, view, firm)
        if broken:
            return failed("the answer was the opposite of what must follow", [firm[0], *broken])
        answers = [hit for trigger in firm for hit in self._answers(rule, view, trigger)]
        if rule.before_too:
            answers += [hit for hit in view.hits(rule.then) if hit not in answers and hit.start < firm[-1].start]
        sure = [hit for hit in answers if hit.firm]
        if sure:
            return passed("what must follow did follow", [firm[0], sure[0]])
        if answers:
            return unsure("what must follow may have followed", [*firm[:1], *answers])
        return self._missed(rule, view, firm)

    def _without(self, rule: Conditional, view: CallView, triggers: list[Hit]) -> Outcome:
        if triggers:
            return unsure("what would call for it may have been said", triggers)
        doubts = quiet_doubts(view, rule.trigger)
        if doubts:
            return unsure(f"nothing was found that calls for it, but {'; '.join(doubts)}")
        return not_applicable("nothing that calls for it was said")

    def _answers(self, rule: Conditional, view: CallView, trigger: Hit) -> list[Hit]:
        return after(view.hits(rule.then), trigger, self._limit(rule, view, trigger))

    def _broken(self, rule: Conditional, view: CallView, triggers: list[Hit]) -> list[Hit]:
        if rule.instead is None:
            return []
        hits = [hit for hit in view.hits(rule.instead) if hit.firm]
        return [hit for trigger in triggers for hit in after(hits, trigger, self._limit(rule, view, trigger))][:1]

    def _limit(self, rule: Conditional, view: CallView, trigger: Hit) -> float:
        roles = rule.then.roles
        return limit_after(view, trigger, roles, turns=rule.within_turns, seconds=rule.within_seconds)

    def _missed(self, rule: Conditional, view: CallView, triggers: list[Hit]) -> Outcome:
        asked = [trigger for trigger in triggers if replies(view, trigger, rule.then.roles)]
        if not asked:
            return unsure("the call ended before it could follow", triggers[:1])
        last = asked[-1]
        outcome = missing(view, rule.then, "what must follow", start=asked[0].start, end=self._limit(rule, view, last),
                          shown=asked[:1])  # fmt: skip
        if outcome.value is Value.FAIL:
            return Outcome(outcome.value, "what must follow did not follow", outcome.evidence, outcome.confidence)
        return outcome


kind = ConditionalKind()
