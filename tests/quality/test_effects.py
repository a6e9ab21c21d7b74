"""Differences with their intervals, and samples: the published example, and that nobody is drawn more often than others."""

import random

import pytest

from pipeline.quality.effects import difference, wilson
from pipeline.quality.samples import sample


@pytest.mark.parametrize(
    ("good", "of", "low", "high"), [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611)]
)
def test_the_interval_of_a_share_is_that_of_newcombes_table(good, of, low, high):
    assert wilson(good, of) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (10, 10, 0, 10, 0.6075, 1.0),
        (0, 10, 0, 10, -0.2775, 0.2775),
    ],
)
def test_the_interval_of_a_difference_is_that_of_newcombes_table(a, m, b, n, low, high):
    """Method 10 of table II; there it is the first share minus the second."""
    found = difference(b, n, a, m)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_nothing_before_or_after_is_told_as_such():
    found = difference(0, 0, 3, 4)
    assert (found.before, found.after, found.value, found.low) == (None, 0.75, None, None)


def test_every_call_of_an_agent_is_drawn_equally_often():
    """2000 draws of 3 of 12: each is expected 500 times; the chi-square of 11 degrees stays below its 99.9 % point."""
    calls = [f"c{n}" for n in range(12)]
    counts = dict.fromkeys(calls, 0)
    for seed in range(2000):
        [drawn] = sample({"a": calls}, 3, str(seed))
        for call in drawn.calls:
            counts[call] += 1
    assert sum(counts.values()) == 6000
    assert (
        sum((count - 500) ** 2 / 500 for count in counts.values()) * 12 / 9 < 31.26
    )  # without replacement: times N/(N-n)


def test_a_draw_can_be_made_again_whatever_the_order_of_the_frame():
    calls = [f"c{n}" for n in range(40)]
    mixed = random.Random(1).sample(calls, 40)
    assert sample({"a": calls}, 5, "s") == sample({"a": mixed}, 5, "s") != sample({"a": calls}, 5, "t")


def test_each_agent_has_a_sample_of_the_same_size_and_its_own_probability():
    found = sample({"b": ["1", "2", "3", "4"], "a": ["5"], "c": []}, 2, "s")
    assert [(one.agent, len(one.calls), one.probability, one.size) for one in found] == [
        ("a", 1, 1.0, 1),
        ("b", 2, 0.5, 4),
    ]
