"""Agreement: the worked examples of those who published the coefficients, scikit-learn as a second opinion, intervals."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from pipeline.quality.agreement import best_for, cohen, fleiss, krippendorff
from pipeline.quality.calibration import Answered, nearness, questions
from pipeline.quality.scorecards import NA, shipped_cards

# Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability": four observers, twelve units, gaps.
OBSERVED = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
UNITS = [[int(row[n]) for row in OBSERVED if row[n] != "."] for n in range(12)]
# Fleiss 1971: ten subjects, fourteen raters, five categories.
FLEISS = [(0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1), (7, 7, 0, 0, 0),
          (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7)]  # fmt: skip


@pytest.mark.parametrize(("level", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_is_that_of_the_published_example(level, alpha):
    assert round(krippendorff(UNITS, [1, 2, 3, 4, 5], level=level).value, 3) == alpha


@pytest.mark.parametrize(
    ("rows", "alpha"),
    [(("0100000010", "1110010000"), 0.095), (("aabbdcccedda", "babbbcccedddd"[:12]), 0.692)],
)
def test_alpha_of_two_observers_is_the_published_one(rows, alpha):
    units = [list(pair) for pair in zip(*rows, strict=True)]
    assert round(krippendorff(units, sorted(set("".join(rows)))).value, 3) == alpha


def test_fleiss_kappa_is_the_published_one():
    answers = [[category for category, count in enumerate(row) for _ in range(count)] for row in FLEISS]
    assert round(fleiss(answers, range(5)).value, 3) == 0.21


def test_cohens_kappa_is_the_textbook_one():
    first = ["yes"] * 25 + ["no"] * 25
    second = ["yes"] * 20 + ["no"] * 5 + ["yes"] * 10 + ["no"] * 15
    assert cohen(first, second, ["yes", "no"]).value == pytest.approx(0.4)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40),
       st.sampled_from([None, "linear", "quadratic"]))  # fmt: skip
def test_cohens_kappa_is_what_scikit_learn_says(pairs, weights):
    first, second = zip(*pairs, strict=True)
    ours = cohen(first, second, range(4), weights=weights, resamples=50).value
    if ours is None:
        assert len(set(first)) == len(set(second)) == 1
    else:
        assert ours == pytest.approx(cohen_kappa_score(first, second, labels=range(4), weights=weights))


def test_everybody_saying_the_same_is_told_as_not_measurable():
    found = cohen(["yes"] * 20, ["yes"] * 20, ["yes", "no"])
    assert (found.value, found.low, found.high, found.same) == (None, None, None, 1)
    assert "cannot be measured" in found.note


def test_one_sided_answers_come_with_a_warning():
    first = ["yes"] * 48 + ["no", "yes"]
    second = ["yes"] * 48 + ["yes", "no"]
    found = cohen(first, second, ["yes", "no"])
    assert found.same == 0.96
    assert found.value < 0
    assert "98 %" in found.note


def test_intervals_hold_the_truth_about_as_often_as_they_promise():
    """Two raters who flip one answer in ten, at half and half: kappa = (0.82 - 0.5) / 0.5 = 0.64."""
    rng, held, runs = random.Random(1), 0, 150
    for run in range(runs):
        truth = [rng.random() < 0.5 for _ in range(60)]
        rated = [[value ^ (rng.random() < 0.1) for value in truth] for _ in range(2)]
        found = cohen(*rated, [False, True], resamples=300, seed=run)
        held += found.low <= 0.64 <= found.high
    assert 0.88 <= held / runs <= 0.99


def test_the_same_answers_give_the_same_interval_and_more_of_them_a_narrower_one():
    few, many = UNITS[:8], UNITS[:8] * 10
    a, b, c = (krippendorff(units, [1, 2, 3, 4, 5]) for units in (few, few, many))
    assert (a.low, a.high) == (b.low, b.high)
    assert c.high - c.low < (a.high - a.low) / 2


def test_the_coefficient_fits_who_answered():
    two = [{"x": "a", "y": "b"}, {"x": "a", "y": "a"}]
    three = [{"x": "a", "y": "b", "z": "b"}] * 3
    gaps = [*three, *two]
    names = [best_for(answers, ["a", "b"], resamples=10).name for answers in (two, three, gaps)]
    assert names == ["Cohen's kappa", "Fleiss' kappa", "Krippendorff's alpha"]


@pytest.mark.parametrize(("units", "shown"), [(2, False), (4, False), (5, True)])
def test_of_a_few_calls_there_is_no_interval(units, shown):
    """Two calls with the same disagreement would give one without any width."""
    found = cohen(["yes", "no", "yes", "no", "yes"][:units], ["no", "yes", "no", "no", "yes"][:units], ["yes", "no"])
    assert (found.value is not None, found.low is not None, found.high is not None) == (True, shown, shown)


@pytest.mark.parametrize(("units", "reading"), [(9, "too few calls to say"), (10, "may be automated")])
def test_nothing_is_advised_on_a_handful_of_calls(units, reading):
    answers = ["yes", "no"] * units
    assert cohen(answers[:units], answers[:units], ["yes", "no"]).reading == reading


def test_questions_are_measured_for_people_and_for_the_machine_apart():
    card = shipped_cards()["service"]
    people = [
        Answered(f"c{n}", who, "introduced", "yes" if n % 2 else "no") for n in range(20) for who in ("ann", "bob")
    ]
    machine = [Answered(f"c{n}", "machine", "introduced", "yes") for n in range(20)]
    [found] = questions(card, people, machine, resamples=100)
    assert (found.people.value, found.machine.units) == (1.0, 20)
    assert found.machine.value == 0  # it always says the same: right half of the time, beyond chance never
    assert found.people.reading == "may be automated"


def test_not_applicable_is_an_answer_like_any_other():
    card = shipped_cards()["service"]
    people = [
        Answered("c1", "ann", "identity", NA), Answered("c1", "bob", "identity", NA),
        Answered("c2", "ann", "identity", "no"), Answered("c2", "bob", "identity", NA),
        Answered("c3", "ann", "identity", "no"), Answered("c3", "bob", "identity", "no"),
    ]  # fmt: skip
    [found] = questions(card, people, [], resamples=100)
    assert found.people.same == pytest.approx(2 / 3)
    assert found.machine.units == 0


def test_scores_are_near_within_ten_points():
    near = nearness({"a": {"x": 80, "y": 90}, "b": {"x": 80, "y": 90.5}, "c": {"x": 50}})
    assert (near.pairs, near.near, near.mean_gap) == (2, 0.5, 10.25)
