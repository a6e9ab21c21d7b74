"""Scorecard files: the shipped ones, and every fault named with its line."""

import pytest

from pipeline.quality.errors import CardError
from pipeline.quality.scorecards import NA, Nature, read_card, shipped_cards
from rules.engine.ruleset import load_packs

SMALL = """\
id: small
title: Small
about: For tests.
owner: quality
sections:
  - id: one
    title: One
    questions:
      - id: greeting
        ask: Greeted?
        answers: yes_no
        weight: 2
        machine: {rules: [ID-1]}
      - id: sold
        ask: Sold?
        answers: yes_no
        weight: 0
      - id: terms
        ask: Terms told?
        answers: yes_partly_no
        weight: 3
        when: {question: sold, is: ["yes"]}
"""


def test_shipped_cards_name_rules_that_exist_and_sum_to_a_hundred():
    known = set(load_packs().by_id)
    cards = shipped_cards()
    assert set(cards) == {"service", "collections", "sales"}
    for card in cards.values():
        assert {rule for q in card.questions if q.machine for rule in q.machine.rules} <= known
        assert sum(question.weight for question in card.questions) == 100
        assert any(question.fatal for question in card.questions)


def test_shipped_cards_are_read_from_a_plain_no_as_the_answer_no():
    """YAML 1.1 readers take `no` for false."""
    assert read_card(SMALL, "small.yaml").by_id["greeting"].values == ("yes", "no")
    assert read_card(SMALL.replace('["yes"]', "[no]"), "x").by_id["terms"].when.answers == ["no"]


def test_the_version_is_that_of_the_text():
    assert read_card(SMALL, "a").sha256 == read_card(SMALL, "b").sha256 != read_card(SMALL + "\n", "a").sha256


@pytest.mark.parametrize(
    ("was", "becomes", "line", "says"),
    [
        ("weight: 2", "wieght: 2", 12, 'Did you mean "weight"'),
        ("answers: yes_no\n        weight: 2", "answers: yes_on\n        weight: 2", 11, 'Did you mean "yes_no"'),
        ("question: sold", "question: terms", 22, 'no earlier question "terms"'),
        ('is: ["yes"]', "is: [maybe]", 22, '"maybe" is no answer of "sold"'),
        ("id: terms", "id: sold", 18, 'the id "sold" is used'),
        ("weight: 3", "weight: 300", 21, "less than or equal to 100"),
        ("{rules: [ID-1]}", "{rules: []}", 13, "at least 1"),
        ("{rules: [ID-1]}", "{rules: [ID-1], fails: nope}", 13, "none of its answers"),
        ("title: One", "title: One\n    title: Two", 8, "twice"),
        ("about: For tests.", "about: &a x", 3, "anchors"),
        ("owner: quality", "owner: quality\nbands: {pass: 50, coach: 60}", 5, "begins above"),
        ("title: Small\n", "", 1, '"title" is missing'),
        ("weight: 3", "weight: three", 21, "valid number"),
    ],
)
def test_a_fault_is_named_with_its_line(was, becomes, line, says):
    with pytest.raises(CardError, match=says) as error:
        read_card(SMALL.replace(was, becomes, 1), "my.yaml")
    assert (error.value.file, error.value.line) == ("my.yaml", line)


@pytest.mark.parametrize("text", ["", "[]", "a: [", "\0", "id: {}", "sections: 5", "- - -", "x" * 2_000_000, "{" * 200])
def test_whatever_the_text_is_a_card_error_comes_of_it(text):
    with pytest.raises(CardError):
        read_card(text, "x")


def test_an_answer_that_may_not_apply_has_its_own_key_behind_the_others():
    card = shipped_cards()["service"]
    assert card.by_id["identity"].values == ("yes", "no", NA)
    assert card.by_id["introduced"].values == ("yes", "no")


@pytest.mark.parametrize(
    ("call", "offered"),
    [
        (
            Nature("billing", "inbound", "service", ("billing",), {"telemarketing_us": 1}),
            set(),
        ),  # C6 applies to any call
        (Nature("accounts", "inbound", "service", (), {"telemarketing_us": 3, "collections_us": 2}), set()),
        (Nature("orders", "inbound", "sales", (), {"telemarketing_us": 1}), set()),
        (Nature("warranty", "outbound", "sales", (), {"telemarketing_us": 1}), {"sales"}),
        (Nature("", "", "", (), {"telemarketing_us": 2}), set()),
        (Nature("", "", "", (), {"telemarketing_us": 3}), {"sales"}),
        (Nature("telesales", "inbound"), {"sales"}),
        (Nature("debt", "inbound", "service", (), {"telemarketing_us": 3}), {"collections"}),
    ],
)
def test_a_card_is_offered_for_what_a_call_is_not_for_one_rule_that_applies_to_any_call(call, offered):
    assert {name for name, card in shipped_cards().items() if card.body.applies.fits(call)} == offered
