"""The recording must be paused while card data is said, and go on afterwards.

The recorder's own pause events decide where they are known; what the agent says counts only where they are not. A pause
without a payment hides something and is a breach of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field

from rules.engine.absence import quiet_doubts
from rules.engine.hits import Hit
from rules.engine.outcomes import Outcome, failed, not_applicable, passed, unsure
from rules.engine.view import CallView
from rules.facts import Stretch
from rules.language.schema import RuleBase, Said, Seconds
from rules.records import Evidence, Value


class Paused(RuleBase):
    """Where the payment part is, what must not be heard in it, and how long a pause may last."""

    kind: Literal["paused"]
    payment: Said = Field(description="What shows that card data is being asked for.")
    data: Said = Field(description="What must not be heard while the recording runs.")
    announced: Said = Field(description="How an agent says that the recording is paused.")
    by_keys: Said | None = Field(None, description="Words that show that the data is typed, not said.")
    longest: Seconds = Field(default=60.0, description="A pause longer than this after the payment was never resumed.")


@dataclass(frozen=True)
class PausedKind:
    """FAIL where card data was heard or a pause has no payment; PASS where the pause covers it or nothing was said."""

    name: str = "paused"
    model: type[Paused] = Paused
    signals: bool = False

    def judge(self, rule: Paused, view: CallView) -> Outcome:
        pauses = [part for part in view.call.metadata.get("pause_events") or () if isinstance(part, Stretch)]
        payment = view.hits(rule.payment)
        data = [hit for hit in view.hits(rule.data) if not any(p.start <= hit.start <= p.end for p in pauses)]
        if any(hit.firm for hit in data):
            return failed("card data was said while the recording ran", [*payment[:1], *[h for h in data if h.firm]])
        if data:
            return unsure("card data may have been said while the recording ran", data)
        if pauses:
            return self._pauses(rule, view, pauses, payment)
        return self._without_pause(rule, view, payment)

    def _pauses(self, rule: Paused, view: CallView, pauses: list[Stretch], payment: list[Hit]) -> Outcome:
        events = [part for part in view.call.metadata.get("payment_events") or () if isinstance(part, Stretch)]
        for pause in pauses:
            evidence = (Evidence("(recording paused)", pause.start, pause.end, ""),)
            if pause.end - pause.start > rule.longest and not any(e.end >= pause.end - rule.longest for e in events):
                return Outcome(Value.FAIL, f"the recording stayed paused for {pause.end - pause.start:.0f} s", evidence)
            near = any(abs(hit.start - pause.start) <= rule.longest for hit in payment)
            if not near and not any(e.start - rule.longest <= pause.start <= e.end for e in events):
                return Outcome(Value.FAIL, "the recording was paused although nothing was paid", evidence)
        return passed("the recording was paused for the card data", payment[:1])

    def _without_pause(self, rule: Paused, view: CallView, payment: list[Hit]) -> Outcome:
        announced = view.hits(rule.announced)
        typed = [] if rule.by_keys is None else view.hits(rule.by_keys)
        if announced or typed:
            return passed(
                "the agent said that it is paused or typed, and no card data was heard", [*announced, *typed][:2]
            )
        doubts = quiet_doubts(view, rule.data)
        if doubts:
            return unsure(f"no card data was heard, but {'; '.join(doubts)}")
        if payment:
            return passed("a card was spoken of, but no card data was said", payment[:1])
        return not_applicable("nothing was paid by card")


kind = PausedKind()
