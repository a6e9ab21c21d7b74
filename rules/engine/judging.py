"""A call in, verdicts and signals out.

Every rule answers for every call: NOT_APPLICABLE and PASS are answers too. A rule that compares meanings is reported as not
run where no sentence model is installed; it never passes for that reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from rules.engine.basis import call_basis
from rules.engine.conditions import holds
from rules.engine.outcomes import Outcome, not_applicable, silent, unsure
from rules.engine.ruleset import RuleSet
from rules.engine.view import CallView
from rules.facts import CallFacts, Heard, History, Meaning
from rules.language.files import Rule
from rules.records import Fact, Signal, Value, Verdict


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything the rules say of one call. ``not_run`` names rules that need a model which is not there."""

    verdicts: tuple[Verdict, ...] = ()
    signals: tuple[Signal, ...] = ()
    not_run: tuple[str, ...] = ()


def examine(
    call: CallFacts,
    ruleset: RuleSet,
    *,
    heard: Heard | None = None,
    ledger: History | None = None,
    meaning: Meaning | None = None,
    as_of: datetime | None = None,
    models: Mapping[str, str] | None = None,
) -> Judgement:
    """Judge ``call`` by every rule of ``ruleset``. ``as_of`` limits what the ledger may answer with."""
    view = CallView(call, ruleset.program, heard=heard, history=ledger, meaning=meaning, as_of=as_of)
    not_run = tuple(rule.id for rule in ruleset.rules if meaning is None and rule.needs_meaning)
    answers = [(rule, outcome_of(rule, view)) for rule in ruleset.rules if rule.id not in not_run]
    # After the answers: a ledger knows only now what it was asked for, and its digest covers just that.
    given = {**(models or {}), **({"as_of": as_of.isoformat()} if as_of else {})}
    shared = call_basis(call, ledger, given)
    verdicts = tuple(_verdict(rule, outcome, shared) for rule, outcome in answers if outcome.value is not None)
    signals = tuple(_signal(rule, o, shared) for rule, o in answers if o.value is None and o.score > 0)
    return Judgement(verdicts, signals, not_run)


def judge(
    call: CallFacts,
    ruleset: RuleSet,
    *,
    heard: Heard | None = None,
    ledger: History | None = None,
    meaning: Meaning | None = None,
    as_of: datetime | None = None,
) -> list[Verdict]:
    """The verdicts of ``examine``."""
    return list(examine(call, ruleset, heard=heard, ledger=ledger, meaning=meaning, as_of=as_of).verdicts)


def outcome_of(rule: Rule, view: CallView) -> Outcome:
    """What one rule answers for the call of ``view``."""
    condition = rule.body.applies_when
    if condition is not None:
        answer = holds(condition, view, rule.id)
        if answer.holds is False:
            return silent(answer.why) if rule.kind.signals else not_applicable(answer.why)
        if answer.holds is None and not rule.kind.signals:
            return _perhaps(rule, view, answer.why)
    return rule.kind.judge(rule.body, view)


def _perhaps(rule: Rule, view: CallView, why: str) -> Outcome:
    """Whether the rule applies is not known: a PASS stands in any case, everything else is unsure."""
    outcome = rule.kind.judge(rule.body, view)
    if outcome.value in (Value.PASS, Value.NOT_APPLICABLE):
        return outcome
    return unsure(f"whether the rule applies is not known: {why}")


def _verdict(rule: Rule, outcome: Outcome, shared: Mapping[str, Fact]) -> Verdict:
    assert outcome.value is not None
    basis = {"rule_text": rule.digest, **shared}
    return Verdict(rule.id, rule.version, outcome.value, outcome.reason, outcome.evidence, outcome.confidence, basis)


def _signal(rule: Rule, outcome: Outcome, shared: Mapping[str, Fact]) -> Signal:
    step = str(getattr(rule.body, "step", ""))
    basis = {"rule_text": rule.digest, **shared}
    return Signal(
        rule.id, rule.version, outcome.score, outcome.reason, outcome.evidence, outcome.confidence, step, basis
    )
