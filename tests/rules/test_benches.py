"""The benchmarks of rules compare equal work, and notice when the work is not equal."""

import pytest

from pipeline.benches import rules, rules_dsl
from pipeline.measuring.bench import BenchOptions

SMALL = BenchOptions(small=True)


@pytest.mark.parametrize("bench", [rules.PhraseRules(count=200), rules_dsl.FullRules()], ids=lambda bench: bench.name)
def test_both_arms_find_the_same(bench):
    arms = bench.prepare(SMALL)
    assert arms.same(arms.ours(), arms.peer()) is None


@pytest.mark.parametrize("seed", range(4))
def test_the_engine_reads_rules_as_the_plain_evaluator_does(seed):
    ruleset = rules_dsl.rules(150, seed)
    (call,) = rules_dsl.spoken_calls(1, seed)
    ours = [[rules_dsl.as_answer(verdict) for verdict in rules_dsl.judge(call, ruleset)]]
    plain = rules_dsl.PlainCall(call)
    theirs = [[rules_dsl.answer(rule.body, plain) for rule in ruleset.rules]]
    assert rules_dsl.difference(ours, theirs) is None
    theirs[0][0] = ("UNSURE", ())
    assert "rule 0" in rules_dsl.difference(ours, theirs)
