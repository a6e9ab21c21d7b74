"""The fraud case: several signs make one, the same sign twice does not, a warning takes doubt back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.cases import case_score
from rules.engine.judging import examine
from rules.engine.ruleset import load_packs
from rules.examples import dialogue
from rules.language.template import write_template
from rules.records import Signal


def signal(rule, score, step="a"):
    return Signal(rule, "1", score, "heard", step=step)


def test_independent_signs_add_up(packs):
    assert case_score([signal("J5", 0.5, "a"), signal("J4", 0.5, "b")], packs).score == 0.75


def test_signs_of_one_step_tell_one_thing_twice(packs):
    assert case_score([signal("J5", 0.5), signal("J4", 0.5)], packs).score == pytest.approx(0.5625)


def test_many_signs_of_one_step_are_no_case_and_one_strong_sign_is(packs):
    lures = [signal(rule, 0.55) for rule in ("J9e", "J9f", "J9i", "J6b", "J9n", "J9p")]
    case = case_score(lures, packs)
    assert case.score > case.threshold
    assert not case.passes
    assert case_score([*lures, signal("J9g", 0.3, "payment")], packs).passes
    assert case_score([signal("J8", 0.6, "voice")], packs).passes


def test_one_rule_counts_once_however_often_it_fires(packs):
    assert case_score([signal("J5", 0.5)] * 9, packs).score == 0.5


def test_a_warning_takes_doubt_back(packs):
    with_warning = case_score([signal("J5", 0.8), signal("J0", 0.2, "warning")], packs)
    assert with_warning.score == pytest.approx(0.64)
    assert [s.rule for s in with_warning.signals] == ["J5"]


def test_signals_of_other_packs_do_not_count(packs):
    assert case_score([signal("G1", 0.9)], packs).score == 0


@pytest.mark.parametrize(("score", "passes"), [(0.59, False), (0.6, True)])
def test_the_threshold_of_the_pack_decides(packs, score, passes):
    assert case_score([signal("J5", score)], packs).passes is passes


STEPS = {"J1": "a", "J2b": "b", "J3": "a", "J4": "c", "J5": "d", "J6a": "b", "J7": "e", "J9a": "c"}
SIGNALS = st.lists(
    st.builds(lambda rule, score: signal(rule, score, STEPS[rule]), st.sampled_from(list(STEPS)), st.floats(0, 1)),
    max_size=8,
)


@given(SIGNALS.flatmap(lambda signals: st.tuples(st.just(signals), st.permutations(signals))))
def test_the_order_of_signals_does_not_matter(packs, pair):
    given_order, other_order = pair
    score = case_score(given_order, packs).score
    assert 0 <= score <= 1
    assert case_score(other_order, packs).score == pytest.approx(score, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "fraud"),
    [
        ("unknown: this is the tax office there is a warrant for your arrest\ncustomer: what\nunknown: pay with gift cards", True),
        ("customer: he said not to tell the bank\nagent: who\ncustomer: the officer i have to buy gift cards for him", True),
        ("agent: good morning how can i help\ncustomer: i lost my card\nagent: your date of birth and the last four please", False),
        ("agent: we will never ask you for your pin\ncustomer: good to know\nagent: anything else", False),
        ("customer: when does my order arrive\nagent: on friday", False),
    ],
)  # fmt: skip
def test_stories_of_fraud_pass_and_ordinary_calls_do_not(packs, text, fraud):
    assert case_score(examine(dialogue(text), packs).signals, packs).passes is fraud


def test_a_users_fraud_folder_sets_the_threshold_and_adds_its_rules(tmp_path):
    own = tmp_path / "own" / "fraud"
    own.mkdir(parents=True)
    (own / "_pack.yaml").write_text("title: ours\nabout: stricter\nthreshold: 0.9\n", encoding="utf-8")
    ruleset = load_packs([tmp_path / "own"])
    case = case_score([signal("J5", 0.6, "a"), signal("J4", 0.6, "b")], ruleset)
    assert (case.score, case.threshold, case.passes) == (0.84, 0.9, False)
    write_template("X-1", "signal", own)
    ruleset = load_packs([tmp_path / "own"])
    assert case_score([signal("J5", 0.6, "a"), signal("X-1", 0.8, "b")], ruleset).passes
    assert case_score([], ruleset.only(packs=["fraud"])).threshold == 0.9
