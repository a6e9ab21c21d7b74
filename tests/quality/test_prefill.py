"""What the machine answers beforehand, and what it leaves to people."""

import pytest

from pipeline.quality.prefill import prefill, withheld
from pipeline.quality.scorecards import NA, shipped_cards
from pipeline.records import Evidence, Value, Verdict

SERVICE = shipped_cards()["service"]
HEARD = Evidence("this is dana", 1.0, 2.0, "s1")


def verdicts(**values):
    return [
        Verdict(rule.replace("_", "-"), "1", Value(value), f"because {rule}", (HEARD,) if value == "FAIL" else ())
        for rule, value in values.items()
    ]


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ({"E1": "PASS", "E3": "PASS", "E4": "NOT_APPLICABLE"}, "yes"),
        ({"E1": "PASS", "E3": "FAIL"}, "no"),
        ({"E1": "FAIL", "E3": "UNSURE"}, "no"),
        ({"E1": "PASS", "E3": "UNSURE"}, None),  # never guessed
        ({"E1": "NOT_APPLICABLE", "E3": "NOT_APPLICABLE"}, NA),
        ({}, None),
        ({"Q5": "PASS"}, None),  # another question's rule
    ],
)
def test_the_verdicts_of_its_rules_answer_a_question(given, answer):
    found = prefill(SERVICE, verdicts(**given))["identity"]
    assert found.value == answer
    assert found.reason
    assert not found.decides


def test_a_reason_says_which_rule_it_is_about():
    """“It was not said” beside a Yes reads like its opposite until one knows that the rule forbids it."""
    kept = prefill(
        SERVICE, [Verdict("D1", "1", Value.PASS, "it was not said"), Verdict("D4", "1", Value.PASS, "it was not said")]
    )
    assert (kept["card_data"].value, kept["card_data"].reason) == (
        "yes",
        "D1 is kept: it was not said. D4 is kept: it was not said.",
    )


def test_a_question_that_always_applies_is_left_open_where_no_rule_does():
    found = prefill(SERVICE, verdicts(ID_1="NOT_APPLICABLE"))["introduced"]
    assert found.value is None


def test_the_evidence_of_the_broken_rule_comes_along():
    found = prefill(SERVICE, verdicts(E1="PASS", E3="FAIL"))["identity"]
    assert found.evidence == (HEARD,)
    assert found.reason == "E3 is broken: because E3."
    assert found.verdicts == {"E1": "PASS", "E3": "FAIL"}


def test_answers_follow_the_card_where_it_names_them():
    found = prefill(SERVICE, verdicts(B11="FAIL"))["promises"]
    assert found.value == "promise"  # a threat is fatal: only people say that


def test_questions_without_rules_are_for_people():
    assert "right_information" not in prefill(SERVICE, verdicts())


@pytest.mark.parametrize(
    ("marks", "seconds", "doubt"),
    [
        ((), 30.0, ""),
        ((), 29.9, "shorter than 30 s"),
        (("demo_model",), 60, ""),
        (("asr_unsure",), 60, "not sure enough"),
    ],
)
def test_nothing_is_answered_on_calls_that_say_too_little(marks, seconds, doubt):
    why = withheld(marks, seconds)
    assert doubt in why
    assert bool(why) == bool(doubt)
    found = prefill(SERVICE, verdicts(ID_1="PASS"), doubt=why)["introduced"]
    assert (found.value is None) == bool(doubt)
