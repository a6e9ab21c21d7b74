"""Codes, addresses, spelled e-mails, dates of birth and passwords go; what only looks like one of them stays."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.evals._planted import address, birth_date, spelled_code, spelled_mail
from pipeline.redaction import load_policy, redact
from tests.redaction.test_redact import dialogue, left

seeds = st.integers(0, 2**32).map(random.Random)


@given(seeds.map(spelled_code), st.sampled_from(["yes it's {} right", "{}", "okay {} thanks", "so {} and what now"]))
@settings(max_examples=200, deadline=None)
def test_a_code_of_letters_and_digits_goes_without_any_cue(code, sentence):
    before, _, after = sentence.partition("{}")
    told = left(f"c: {sentence.format(code)}").replace("[SSN]", "[NUMBER]")  # "s s n 4 4 1" names itself
    assert told == f"{before}[NUMBER]{after}"


@given(seeds.map(spelled_mail))
@settings(max_examples=200, deadline=None)
def test_a_spelled_mail_address_goes_whole(mail):
    assert left(f"c: sure it's {mail} thanks") == "sure it's [EMAIL] thanks"


def test_a_mail_address_may_be_spread_over_turns():
    assert left("c: it's dana dot harris", "a: mm hm", "c: at example dot com") == "it's [EMAIL] / mm hm / [EMAIL]"
    assert left("c: dana harris at gmail") == "[EMAIL]"


@given(seeds.map(birth_date))
@settings(max_examples=100, deadline=None)
def test_a_date_of_birth_goes_whole(date):
    assert left("a: your date of birth please", f"c: {date}").endswith(" / [DATE_OF_BIRTH]")


@given(seeds.map(address))
@settings(max_examples=100, deadline=None)
def test_a_street_address_goes_whole(place):
    assert left(f"c: i live at {place} now") == "i live at [ADDRESS] now"


@pytest.mark.parametrize(
    ("said", "left_over"),
    [
        ("my address is 221 Baker Street, Apartment 4, Chicago, IL 60601", "my address is [ADDRESS]"),
        ("the postcode is s w one a one a a", "the postcode is [NUMBER]"),
        ("my licence plate is k l w x y", "my licence plate is [NUMBER]"),
        ("the ticket INC0012345 was closed", "the ticket [NUMBER] was closed"),
        ("iban g b two nine n w b k six oh one six one three three one nine two six", "iban [BANK_ACCOUNT]"),
        ("order AB 4492 XJ please", "order [NUMBER] please"),
    ],
)
def test_each_shape_of_identifier_goes_whole(said, left_over):
    assert left(f"c: {said}") == left_over


@pytest.mark.parametrize(
    "sentence",
    [
        "an iphone 12 and the 4k tv with a 500gb disk by 4:30pm on the 21st",
        "i take 20mg twice a day since covid-19 and my 401k is fine",
        "vitamin b twelve and plan b please",
        "the first two a m flights in november twenty twenty four were late",
        "i waited a whole hour and a half on the road",
        "take two of them in a way that works",
        "one of my court dates was moved",
        "i am at home and i will meet you at nine",
        "it's a 20 minute drive and a 4 lane road and a one way street",
        "i paid 50 dollars close to nothing and twenty dollars way too much",
        "there is one good way to do it",
        "on 21 november road works begin",
        "the total is 1200 USD and not 1500 EUR in 2026 US sales",
        "it cost usd500 and not 500dollars or 5k-10k or 10-20k",
        "open 9am-5pm and 9to5 from nov-2026 on since mid-2019 and for 2h30m",
        "we close at 10 30 PM or at 9 15 p m or at ten fourteen p m",
        "my 401 k and my four oh one k",
    ],
)
def test_what_only_looks_like_an_identifier_stays(sentence):
    assert left(f"c: {sentence}") == sentence


@pytest.mark.parametrize(
    ("said", "left_over"),
    [
        ("i live at 12 main street and paid 15000 dollars", "i live at [ADDRESS] and paid 15000 dollars"),
        (
            "i live at 12 second avenue but the shop is in 500 grand boulevard",
            "i live at [ADDRESS] but the shop is in [ADDRESS]",
        ),
        ("it is four four nine two a m x b", "it is [NUMBER]"),
        ("confirmation 4471-92x and ref 1234-5678k", "confirmation [NUMBER] and ref [NUMBER]"),
    ],
)
def test_what_stands_beside_an_identifier_stays_and_the_identifier_goes(said, left_over):
    assert left(f"c: {said}") == left_over


PIECES = (
    "my password is hunter two|please|card number|four one one one|okay|at example dot com|221 Baker Street|the code is|my name is Dana|"
    "ab 4492 xj|date of birth|may the fourth|number is|reference|thanks|x k 4"
).split("|")


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=12), st.sampled_from(["default", "strict"]))
@settings(max_examples=200, deadline=None)
def test_a_typed_word_is_never_removed_again(pieces, name):
    once = redact(dialogue(f"c: {' '.join(pieces)}"), load_policy(name))
    again = redact(once, load_policy(name)).turns[0].words
    assert [word for word in once.turns[0].words if word.redacted and word not in again] == []


def test_a_removed_password_does_not_take_the_next_word_with_it():
    once = redact(dialogue("c: my password is hunter two please thanks"), load_policy())
    assert redact(once, load_policy()) == once


def test_a_password_goes_and_so_does_its_echo():
    assert left("c: the password is bluebird seven", "a: did you say bluebird", "c: yes").startswith(
        "the password is [PASSWORD] / did you say [PASSWORD]"
    )


def test_names_go_only_where_the_policy_says_so():
    call = dialogue("a: my name is Dana Harris how can i help", "c: this is Lee Chen calling about my bill")
    assert "Dana" in redact(call, load_policy()).turns[0].text
    strict = redact(call, load_policy("strict"))
    assert [turn.text for turn in strict.turns] == [
        "my name is [NAME] how can i help",
        "this is [NAME] calling about my bill",
    ]
