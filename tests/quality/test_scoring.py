"""The arithmetic of scores: by hand where a person can follow, by properties everywhere else."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quality.errors import AnswerError
from pipeline.quality.scorecards import NA, read_card, shipped_cards
from pipeline.quality.scoring import asked, score_card
from tests.quality.test_cards import SMALL

SERVICE = shipped_cards()["service"]
GOOD = {question.id: question.best for question in SERVICE.questions}


@st.composite
def answered(draw):
    """A shipped card with some of its questions answered."""
    card = draw(st.sampled_from(list(shipped_cards().values())))
    answers = {}
    for question in card.questions:
        value = draw(st.sampled_from([None, *question.values]))
        if value is not None:
            answers[question.id] = value
    return card, answers


def test_all_good_answers_make_a_hundred_and_all_bad_ones_none():
    assert score_card(SERVICE, GOOD).score == 100
    worst = {question.id: question.worst for question in SERVICE.questions}
    assert score_card(SERVICE, worst).score == 0


def test_what_does_not_apply_leaves_both_sums():
    """Without `empathy` (8 points) a lost `next_step` (4) costs 4 of 92."""
    scored = score_card(SERVICE, GOOD | {"empathy": NA, "next_step": "no"})
    assert scored.score == pytest.approx(100 * 88 / 92)
    assert scored.band == "pass"


@pytest.mark.parametrize(("lost", "band"), [(15, "pass"), (15.5, "coach"), (30, "coach"), (30.5, "flag")])
def test_bands_begin_where_the_card_says(lost, band):
    card = read_card(
        "id: c\ntitle: C\nabout: a\nowner: o\nsections: [{id: s, title: S, questions: ["
        f"{{id: a, ask: A, answers: yes_no, weight: {lost}}}, {{id: b, ask: B, answers: yes_no, weight: {100 - lost}}}]}}]",
        "c.yaml",
    )
    assert score_card(card, {"a": "no", "b": "yes"}).band == band


def test_a_fatal_answer_leaves_what_the_card_allows_and_flags_the_call():
    scored = score_card(SERVICE, GOOD | {"identity": "no"})
    assert (scored.score, scored.band, scored.fatal) == (0, "flag", ("identity",))
    assert scored.quality == 100  # told apart from compliance, so that a lead sees what else there was
    assert scored.compliance == pytest.approx(100 * 27 / 35)


def test_only_the_threat_is_fatal_where_a_promise_is_bad_too():
    assert score_card(SERVICE, GOOD | {"promises": "promise"}).fatal == ()
    assert score_card(SERVICE, GOOD | {"promises": "threat"}).fatal == ("promises",)


def test_a_question_behind_another_is_asked_only_after_that_answer():
    card = read_card(SMALL, "small.yaml")
    assert [q.id for q in asked(card, {})] == ["greeting", "sold"]
    assert [q.id for q in asked(card, {"sold": "yes"})] == ["greeting", "sold", "terms"]
    stale = {"greeting": "yes", "sold": "no", "terms": "no"}  # answered before `sold` was changed
    assert score_card(card, stale).score == 100


@pytest.mark.parametrize("wrong", [{"nope": "yes"}, {"identity": "maybe"}, {"introduced": NA}])
def test_answers_the_card_does_not_take_are_refused(wrong):
    with pytest.raises(AnswerError):
        score_card(SERVICE, wrong)


@given(answered())
def test_scores_lie_within_bounds_and_questions_are_either_asked_or_not(case):
    card, answers = case
    scored = score_card(card, answers)
    for score in (scored.score, scored.quality, scored.compliance):
        assert score is None or 0 <= score <= 100 + 1e-9
    assert set(scored.open) <= set(scored.asked)
    assert set(scored.asked) - set(scored.open) <= set(answers)
    assert (scored.band is None) == (scored.score is None)


@given(answered(), st.data())
def test_a_better_answer_never_lowers_the_score(case, data):
    """Among answers to the same question; N/A is none of them."""
    card, answers = case
    chosen = data.draw(st.sampled_from(card.questions))
    if answers.get(chosen.id, NA) == NA or chosen.id in {q.when.question for q in card.questions if q.when}:
        return
    better = score_card(card, answers | {chosen.id: chosen.best}).score
    before = score_card(card, answers).score
    assert (before is None and better is None) or better >= before - 1e-9


@given(answered(), st.floats(0.1, 5))
def test_only_the_proportion_of_weights_counts(case, factor):
    card, answers = case
    sections = [
        section.model_copy(
            update={"questions": [q.model_copy(update={"weight": q.weight * factor}) for q in section.questions]}
        )
        for section in card.body.sections
    ]
    scaled = type(card)(card.body.model_copy(update={"sections": sections}), card.text)
    one, other = score_card(card, answers).score, score_card(scaled, answers).score
    assert (one is None and other is None) or math.isclose(one, other, abs_tol=1e-6)


@given(answered())
def test_the_whole_is_between_its_two_parts_unless_something_was_fatal(case):
    card, answers = case
    scored = score_card(card, answers)
    parts = [part for part in (scored.quality, scored.compliance) if part is not None]
    if parts and not scored.fatal:
        assert min(parts) - 1e-9 <= scored.score <= max(parts) + 1e-9
