"""What every kind of rule promises; a new kind is checked by being in its folder."""

import pytest
from pydantic import ValidationError

from rules.check import check
from rules.engine.kind import Kind, kinds
from rules.engine.outcomes import Outcome
from rules.engine.ruleset import RuleSet, load_packs
from rules.engine.view import CallView
from rules.examples import dialogue
from rules.facts import CallFacts
from rules.language.files import read_packs
from rules.language.schema import RuleBase
from rules.language.template import write_template
from webapp.cli.rulefolders import redaction

PACKS = load_packs()


def rules_of(kind: Kind):
    return [rule for rule in PACKS.rules if rule.kind.name == kind.name]


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.name)
class TestEveryKind:
    def test_its_file_bears_its_name(self, kind):
        assert type(kind).__module__ == f"rules.kinds.{kind.name}"

    def test_its_rules_carry_what_every_rule_carries(self, kind):
        assert issubclass(kind.model, RuleBase)
        assert kind.model.model_fields["kind"].annotation.__args__ == (kind.name,)

    def test_its_template_holds_on_its_own_examples(self, kind, tmp_path):
        write_template("N-1", kind.name, tmp_path / "mine")
        ruleset = RuleSet(tuple(read_packs([tmp_path])))
        assert [rule.kind for rule in ruleset.rules] == [kind]
        assert check(ruleset, redact=redaction()) == []

    def test_a_rule_without_a_body_is_refused(self, kind):
        head = {"id": "T", "title": "t", "kind": kind.name, "severity": "low", "jurisdiction": "any", "source": "s",
                "as_of": "2026-11-20", "source_status": "read", "why": "w", "misses": "m", "owner": "o", "examples": {}}  # fmt: skip
        with pytest.raises(ValidationError):
            kind.model.model_validate(head)

    def test_an_empty_call_breaks_nothing_and_accuses_nobody_of_words(self, kind):
        for rule in rules_of(kind):
            view = CallView(CallFacts(), PACKS.program)
            outcome = rule.kind.judge(rule.body, view)
            assert isinstance(outcome, Outcome)
            assert outcome.reason
            assert outcome.value != "FAIL"

    def test_signals_pass_no_verdict_and_verdicts_no_signal(self, kind):
        for rule in rules_of(kind):
            outcome = rule.kind.judge(rule.body, CallView(dialogue("agent: hello\ncustomer: hello"), PACKS.program))
            assert (outcome.value is None) == kind.signals

    def test_the_same_call_gives_the_same_answer(self, kind):
        call = dialogue("agent: your balance is forty dollars\ncustomer: take me off your list\nagent: pay now or else")
        for rule in rules_of(kind):
            answers = [rule.kind.judge(rule.body, CallView(call, PACKS.program)) for _ in range(2)]
            assert answers[0] == answers[1]

    def test_confidence_and_score_stay_between_zero_and_one(self, kind):
        call = dialogue(
            "agent: you could be arrested\ncustomer: i lost my job and want to complain\nagent: pay in full"
        )
        for rule in rules_of(kind):
            outcome = rule.kind.judge(rule.body, CallView(call, PACKS.program))
            assert 0 <= outcome.confidence <= 1
            assert 0 <= outcome.score <= 1

    def test_the_packs_use_it(self, kind):
        assert rules_of(kind) or kind.name in ("count",)
