"""The mood of the words over a call: a curve for each of the two, and the same in words."""

import pytest

from dashboards.call_page.mood import curves
from pipeline.records import Mood, Party, Turn, Word

PARTIES = (Party("s1", "agent"), Party("s2", "customer"), Party("s3", "ivr"))


def turn(party, start, text):
    return Turn(party, start, start + 2, (Word(text, start, start + 2, 0.9, party),))


def scores(texts):
    return [{"good": 1.0, "bad": -1.0}.get(text, 0.0) for text in texts]


TURNS = (
    turn("s2", 0, "good"),
    turn("s1", 2, "fine"),
    turn("s2", 4, "bad"),
    turn("s1", 6, "fine"),
    turn("s3", 8, "bad"),
)


def drawn(turns=TURNS, marks=(), duration=10.0):
    return {curve.role: curve for curve in curves(turns, PARTIES, marks, duration, scores)}


def test_good_is_above_the_line_and_bad_below_at_the_middle_of_its_turn():
    assert drawn()["customer"].points == "100,0.0 500,40.0"
    assert drawn()["agent"].points == "300,20.0 700,20.0"


def test_the_curve_is_told_in_words_too():
    assert drawn()["customer"].says == "Customer begins good and ends bad, lowest at 0:05"
    assert drawn()["agent"].says == "Agent begins neutral and ends neutral"


def test_only_customer_and_agent_have_a_mood_and_one_turn_is_no_curve():
    assert list(drawn()) == ["customer", "agent"]
    assert list(drawn(TURNS[:3])) == ["customer"]


@pytest.mark.parametrize("mark", ["asr_unsure", "foreign_language"])
def test_words_nobody_can_trust_have_no_mood(mark):
    assert drawn(marks=(mark,)) == {}


def test_what_was_removed_is_not_judged():
    hidden = Turn("s2", 5, 6, (Word("[CARD_CODE]", 5, 6, None, "s2", "CARD_CODE"),))
    assert drawn((*TURNS, hidden))["customer"] == drawn()["customer"]


def test_moods_of_words_and_voice_are_drawn_as_they_were_found_and_the_words_beside_them():
    moods = (
        Mood("s2", 0, 2, 0.0, 0.0, 0.1),
        Mood("s2", 4, 6, -0.5, -0.9, 0.8),
        Mood("s1", 2, 4, 0.5, 0.5),
        Mood("s1", 6, 8, 0.5, 0.5),
    )
    customer, agent = curves(TURNS, PARTIES, (), 10.0, scores, moods)
    assert (customer.points, customer.words) == ("100,20.0 500,38.0", "100,20.0 500,30.0")
    assert customer.says == "Customer begins neutral and ends bad, lowest at 0:05"
    assert agent.words == ""  # the voice changed nothing
