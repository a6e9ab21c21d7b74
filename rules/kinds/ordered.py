"""One thing must come before another: the notice before the account, the identity before the debt.

The same sentences in the wrong order flip the verdict; without the second thing there is nothing to order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from rules.engine.absence import missing, quiet_doubts
from rules.engine.hits import Hit
from rules.engine.outcomes import Outcome, failed, not_applicable, passed, unsure
from rules.engine.view import CallView
from rules.language.schema import RuleBase, Said
from rules.records import Value


class Ordered(RuleBase):
    """``first`` must be said before ``then``."""

    kind: Literal["ordered"]
    first: Said = Field(description="What must come first. `at_least` and `distinct` count only what comes before.")
    then: Said = Field(description="What must wait.")
    alone: Literal["not_applicable", "pass", "pass_if_first"] = Field(
        "not_applicable", description="The answer when `then` is never said; pass_if_first: PASS when `first` was."
    )
    undone_by: Said | None = Field(None, description="Said in between, it makes the latest `first` not count.")


@dataclass(frozen=True)
class OrderedKind:
    """FAIL where ``then`` was surely said and ``first`` surely not before it."""

    name: str = "ordered"
    model: type[Ordered] = Ordered
    signals: bool = False

    def judge(self, rule: Ordered, view: CallView) -> Outcome:
        later = view.hits(rule.then)
        if not later:
            doubts = quiet_doubts(view, rule.then)
            if doubts:
                return unsure(f"nothing was found that has to wait, but {'; '.join(doubts)}")
            return self._alone(rule, view)
        before = self._before(rule, view, later[0])
        if self._enough(rule, [hit for hit in before if hit.firm]):
            return passed("the order is right", [*before[:1], later[0]])
        firm = [hit for hit in later if hit.firm]
        if not firm:
            return unsure("the order may be wrong", later[:2])
        return self._wrong(rule, view, firm[0])

    def _alone(self, rule: Ordered, view: CallView) -> Outcome:
        first = [hit for hit in view.hits(rule.first) if hit.firm]
        if rule.alone == "pass" or (rule.alone == "pass_if_first" and self._enough(rule, first)):
            return passed("what has to wait was never said", first[:1])
        return not_applicable("nothing that has to wait was said")

    def _wrong(self, rule: Ordered, view: CallView, then: Hit) -> Outcome:
        before = self._before(rule, view, then)
        if self._enough(rule, [hit for hit in before if hit.firm]):
            return passed("the order is right", [*before[:1], then])
        if self._enough(rule, before):
            return unsure("whether the right thing came first is not sure", [*before, then])
        late = [hit for hit in view.hits(rule.first) if hit.start >= then.start]
        if not before:
            outcome = missing(view, rule.first, "what must come first", end=then.start, shown=[then])
            if outcome.value is not Value.FAIL:
                return outcome
            reason = "it came too late" if late else "what must come first was never said"
            return Outcome(outcome.value, reason, outcome.evidence, outcome.confidence)
        return failed("only part of what must come first was said before", [then, *before])

    def _before(self, rule: Ordered, view: CallView, then: Hit) -> list[Hit]:
        """Hits of ``first`` before ``then`` that were not undone."""
        pattern = view.program.linker.known(rule.first)
        hits = [hit for hit in view.places(pattern) if hit.start < then.start]
        if rule.undone_by is not None:
            for undone in view.hits(rule.undone_by):
                earlier = [hit for hit in hits if hit.start < undone.start < then.start]
                if earlier:
                    hits.remove(earlier[-1])
        return hits

    def _enough(self, rule: Ordered, hits: list[Hit]) -> bool:
        count = len({hit.phrase for hit in hits}) if rule.first.distinct else len(hits)
        return count >= rule.first.at_least


kind = OrderedKind()
