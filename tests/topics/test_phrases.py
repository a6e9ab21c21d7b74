"""Phrases of topics: choices, gaps, stems, and what is denied."""

import pytest

from pipeline.records import Turn, Word
from pipeline.topics.saying import phrase, reason, stems_of


def turn(text):
    return Turn("s1", 0.0, 9.0, tuple(Word(w, float(n), n + 0.5, None, "s1") for n, w in enumerate(text.split())))


def quote(phrase_text, text):
    said = turn(text)
    found = phrase(phrase_text).find(said, stems_of(said))
    return found.evidence().quote if found else None


@pytest.mark.parametrize(
    ("written", "said", "met"),
    [
        ("cancel * plan|contract", "please cancel my stupid plan", "cancel my stupid plan"),
        ("cancel * plan|contract", "cancelling the contracts now", "cancelling the contracts"),
        ("cancel * plan", "cancel my old rusty plan", "cancel my old rusty plan"),
        ("cancel * plan", "cancel my old and rusty plan", None),  # a gap is three words at most
        ("cancel * plan", "cancel plan", "cancel plan"),
        ("my bill", "my other bill", None),
        ("refund", "i want a Refund.", "Refund."),
    ],
)
def test_a_phrase_meets_what_people_say(written, said, met):
    assert quote(written, said) == met


@pytest.mark.parametrize(
    ("text", "negated"),
    [
        ("i want to cancel", False),
        ("i do not want to cancel", True),
        ("i don't ever want to cancel", True),
        ("it does not work and i really want to cancel", False),
    ],
)
def test_what_is_denied_is_known(text, negated):
    said = turn(text)
    found = phrase("want to cancel").find(said, stems_of(said))
    assert found.negated == negated


def test_the_reason_leaves_out_greetings_and_figures():
    assert reason(["hi good morning", "yes", "my router 4411 is broken", "ok thanks"]) == "my router is broken"
