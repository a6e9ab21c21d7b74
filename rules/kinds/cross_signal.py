"""Signals over several calls: the same probing question three times, a reset on Monday and a new payee on Thursday.

No verdict: a chain over calls ranks the last of them and opens a case that names the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import Field, model_validator

from rules.engine.outcomes import Outcome, given, silent
from rules.engine.past import Earlier, earlier_calls, earlier_hits, key_value
from rules.engine.view import CallView
from rules.facts import CallFacts
from rules.kinds.sequence import Steps
from rules.language.schema import Name, RuleBase, Said, Strict
from rules.records import Evidence

Key = Literal["person", "account", "debt", "number", "agent"]


class Repeat(Strict):
    """The same thing said in several calls."""

    said: Said
    key: Key = "number"
    days: float = Field(7, gt=0, le=3650)
    calls: int = Field(3, ge=2, le=1000, description="Calls with it, this one included.")
    accounts: int | None = Field(None, ge=2, description="Or: that many different accounts.")


class Chain(Strict):
    """Different steps over several calls."""

    steps: Steps
    beside: Steps | None = None
    key: list[Key] = Field(default=["account", "person", "number"])
    days: float = Field(14, gt=0, le=3650)


class CrossSignal(RuleBase):
    """Exactly one of the checks."""

    kind: Literal["cross_signal"]
    repeat: Repeat | None = None
    chain: Chain | None = None
    score: float = Field(gt=0, le=1)
    step: Name = "chain"

    @model_validator(mode="after")
    def _has_one_check(self) -> CrossSignal:
        if (self.repeat is None) == (self.chain is None):
            raise ValueError("needs exactly one of repeat and chain")
        return self


@dataclass(frozen=True)
class CrossSignalKind:
    """Its score where this call completes the pattern."""

    name: str = "cross_signal"
    model: type[CrossSignal] = CrossSignal
    signals: bool = True

    def judge(self, rule: CrossSignal, view: CallView) -> Outcome:
        if view.history is None:
            return silent("there is no ledger of other calls")
        if rule.repeat is not None:
            return _repeat(rule.repeat, rule.score, view)
        assert rule.chain is not None
        return _chain(rule.chain, rule.score, view)


kind = CrossSignalKind()


def _repeat(check: Repeat, score: float, view: CallView) -> Outcome:
    own = view.hits(check.said)
    if not own:
        return silent()
    found = {str(e.call.id): e for e in earlier_hits(view, check.said, check.key, check.days)}
    accounts = {key_value(e.call, "account") for e in found.values()} | {key_value(view.call, "account")}
    enough = len(found) + 1 >= check.calls
    wide = check.accounts is not None and len(accounts - {None}) >= check.accounts
    if not (enough or wide):
        return silent(f"heard in {len(found) + 1} calls")
    evidence = (own[0].evidence, *(e.evidence for e in found.values()))
    return given(score, f"heard in {len(found) + 1} calls on {len(accounts - {None})} accounts", own[:1], evidence)


def _chain(check: Chain, score: float, view: CallView) -> Outcome:
    own = {name: hits[0] for name, said in check.steps.steps.items() if (hits := view.hits(said))}
    if not own:
        return silent("no step of the chain in this call")
    before = _earlier(check, check.steps.steps, view)
    steps = {**before, **own}
    if len(steps) < check.steps.at_least or not (set(steps) - set(own)):
        return silent(f"{len(steps)} of {check.steps.at_least} steps")
    if check.beside is not None:
        beside = [name for name, said in check.beside.steps.items() if view.hits(said)]
        beside += list(_earlier(check, check.beside.steps, view))
        if len(set(beside)) < check.beside.at_least:
            return silent("the steps are there, but nothing beside them")
    evidence: tuple[Evidence, ...] = (*(h.evidence for h in own.values()), *(e.evidence for e in before.values()))
    calls = sorted({e.call.id for e in before.values()})
    names = ", ".join(name.replace("_", " ") for name in steps)
    return given(score, f"{names}; with {', '.join(calls)}", list(own.values()), evidence)


def _earlier(check: Chain, steps: dict[str, Said], view: CallView) -> dict[str, Earlier]:
    """The latest place of each step in earlier calls, by any of the keys."""
    calls: dict[str, CallFacts] = {}
    for key in check.key:
        calls.update({call.id: call for call in earlier_calls(view, key, check.days)})
    found: dict[str, Earlier] = {}
    for call in sorted(calls.values(), key=lambda call: (str(call.metadata.get("started_at")), call.id)):
        other = view.beside(call)
        found.update({name: Earlier(call, hits[0]) for name, said in steps.items() if (hits := other.hits(said))})
    return found
