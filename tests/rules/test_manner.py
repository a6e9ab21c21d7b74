"""In what manner a thing is said decides whether it counts: the sentences that are easily taken the wrong way."""

import pytest

from tests.rules.makers import answer

ASK = (
    'kind: prohibited\nsaid: {role: agent, any_of: ["(tell|give|read) [me] [out] [your] code", "what is [your] code"]}'
)
BUY = "kind: prohibited\nsaid: {role: customer, hypothetical: skip, reported: skip, any_of: [buy gift cards]}"
CARD = "kind: prohibited\nsaid: {role: agent, form: question, any_of: [your card number]}"


@pytest.mark.parametrize(
    "said",
    [
        "nobody from the bank will ask you to give your code",
        "under no circumstances will we ask you to give the code",
        "there is no reason to give me your code",
        "you don't have to tell me the code",
        "if you do not want to give me the code that is fine",
        "without you having to tell me the code",
    ],
)
def test_a_denial_reaches_what_it_denies(said):
    assert answer(ASK, f"agent: {said}")[0] == "PASS"


@pytest.mark.parametrize(
    "said",
    [
        "i do not have it so tell me the code",
        "if you don't tell me the code we close the account",
        "why don't you tell me the code",
        "don't hang up give me your code",
        "no problem just tell me the code",
        "not the pin, tell me the code",
    ],
)
def test_a_no_that_denies_something_else_hides_nothing(said):
    assert answer(ASK, f"agent: {said}")[0] == "FAIL"


@pytest.mark.parametrize(
    "said",
    [
        "the man on the phone wants me to buy gift cards",
        "my neighbour was asked to buy gift cards",
        "should anyone ask me to buy gift cards i hang up",
        "i read that people buy gift cards for strangers",
        "if somebody told me to buy gift cards i would laugh",
    ],
)
def test_what_is_told_or_supposed_is_not_said(said):
    assert answer(BUY, f"customer: {said}")[0] == "PASS"


def test_what_one_says_oneself_is_said_whoever_else_asked_before():
    assert answer(BUY, "customer: they are in a queue and i asked myself in to buy gift cards")[0] == "FAIL"
    assert answer(BUY, "customer: okay i buy gift cards if you stay on the line")[0] == "FAIL"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("may i take your card number", "FAIL"),
        ("would you mind giving me your card number", "FAIL"),
        ("thank you that is your card number", "PASS"),
        ("what i need is not your card number", "PASS"),
    ],
)
def test_a_question_is_told_from_a_statement_without_marks(said, value):
    assert answer(CARD, f"agent: {said}")[0] == value


NEAR = "kind: prohibited\nsaid: {role: agent, any_of: [code], near: [card], near_words: 3}"


def test_words_are_near_each_other_only_in_what_is_said_together():
    assert answer(NEAR, "agent: the code is on the card")[0] == "FAIL"
    apart = "agent: the code\ncustomer: who are you again please tell me\nagent: card"
    assert answer(NEAR, apart)[0] == "PASS"


def test_a_call_s_recorded_is_a_call_that_is_recorded():
    notice = "kind: required\nsaid: {role: agent, any_of: [call is recorded]}"
    assert answer(notice, "agent: this call's recorded")[0] == "PASS"
