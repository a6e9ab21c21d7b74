"""The shipped packs prove themselves: every example, as it stands and redacted, and what every rule must carry."""

import re
from dataclasses import replace

import pytest

from pipeline.records import Call
from pipeline.redaction import load_policy, redact
from rules.check import check_rule
from rules.engine.ruleset import load_packs
from rules.examples import case_of

RULES = load_packs()
POLICY = load_policy()
PLANTED = ("REC-1 REC-3 ID-1 B1 B2 B3 B4 B5 B7 B11 B12 C1 C2a C2b C2c C3 D1 D2 D4 D5 E1 E3 E4 F6 G1 G2 G3 G4 J1 J2 J4 J5 J6a J7 "
           "K1 K2 K3 K4").split()  # fmt: skip


def redacted(facts):
    call = redact(Call(facts.id, parties=facts.parties, turns=facts.turns, trusted=True), POLICY)
    return replace(facts, turns=call.turns)


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_every_rule_does_what_its_examples_say_raw_and_redacted(rule):
    assert [str(problem) for problem in check_rule(rule, RULES, redact=redacted)] == []


def test_the_packs_hold_the_rules_of_the_trade():
    assert set(PLANTED) <= set(RULES.by_id)
    assert len(RULES.rules) >= 90
    assert {"recording", "collections_us", "telemarketing_us", "pci", "identity", "lending_us", "fca_uk", "investment",
            "conduct", "fraud", "quality"} == {pack.name for pack in RULES.packs}  # fmt: skip


@pytest.mark.parametrize("pack", RULES.packs, ids=lambda pack: pack.name)
def test_every_pack_says_that_it_is_no_legal_advice(pack):
    assert pack.about.not_legal_advice
    assert "not legal advice" in pack.about.about.lower()


@pytest.mark.parametrize("rule", RULES.rules, ids=lambda rule: rule.id)
def test_examples_are_in_spoken_form(rule):
    """Lower case and without sentence marks: a recogniser gives neither."""
    examples = rule.body.examples
    for example in [*examples.fires, *examples.quiet, *examples.passes, *examples.not_applicable, *examples.unsure]:
        text = example if isinstance(example, str) else example.text
        said = re.sub(r"(?m)^\s*[a-z_0-9 @.]+:", "", text)
        said = re.sub(r"\[[A-Z_]+(:\d+!?)?\]", "", said)
        assert said == said.lower()
        assert not re.search(r"[?!;]|[.,](?!\d)", re.sub(r"\b(?:[a-z]\.)+", "", said)), text


def test_examples_of_cross_call_rules_bring_a_past():
    for rule in RULES.rules:
        if rule.kind.name in ("cross_call", "cross_signal"):
            assert any(case_of(example).history is not None for example in rule.body.examples.fires)
