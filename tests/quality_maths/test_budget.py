"""The budget: clips around the evidence, as many expected findings as fit."""

import itertools
import random

import pytest

from pipeline.quality.budget import LONGEST, SETTLE, Offer, fill, offer, random_per_hour
from pipeline.records import Finding, Part


def found(kind, start, end):
    return Finding(kind, 0.8, start, end, "why")


def test_a_clip_begins_and_ends_five_seconds_around_the_evidence():
    one = offer("c", 0.6, [Part("a", 0.6, "", 100.0)], [found("a", 100.0, 110.0)], 600.0)
    assert one.clips == ((95.0, 115.0),)
    assert (one.gain, one.seconds) == (pytest.approx(0.6), 20.0 + SETTLE)


@pytest.mark.parametrize(
    ("start", "end", "clip"),
    [(2.0, 3.0, (0.0, 8.0)), (598.0, 600.0, (593.0, 600.0)), (100.0, 400.0, (95.0, 95.0 + LONGEST))],
)
def test_clips_stay_inside_the_call_and_short(start, end, clip):
    assert offer("c", 0.6, [Part("a", 0.6, "", start)], [found("a", start, end)], 600.0).clips == (clip,)


def test_clips_that_touch_are_one():
    parts = [Part("a", 0.3, "", 100.0), Part("b", 0.3, "", 108.0)]
    assert offer("c", 0.6, parts, [found("a", 100.0, 101.0), found("b", 108.0, 109.0)], 600.0).clips == ((95.0, 114.0),)


def test_a_weak_part_far_off_is_not_worth_its_seconds():
    parts = [Part("a", 0.6, "", 100.0), Part("b", 0.01, "", 400.0)]
    one = offer("c", 0.61, parts, [found("a", 100.0, 104.0), found("b", 400.0, 404.0)], 600.0)
    assert one.clips == ((95.0, 109.0),)
    assert one.gain == pytest.approx(0.6)


def test_a_call_without_a_place_to_listen_is_heard_whole():
    one = offer("c", 0.3, [Part("a", 0.3, "", None)], [], 90.0)
    assert (one.clips, one.gain, one.seconds) == (((0.0, 90.0),), 0.3, 90.0 + SETTLE)


def test_a_short_call_is_heard_whole_when_that_is_worth_more():
    parts = [Part("a", 0.2, "", 10.0), Part("b", 0.4, "", None)]
    assert offer("c", 0.6, parts, [found("a", 10.0, 11.0)], 20.0).clips == ((0.0, 20.0),)


def best_of(offers, seconds):
    """The most expected findings any choice could have."""
    chosen = (mix for n in range(len(offers) + 1) for mix in itertools.combinations(offers, n))
    return max(sum(one.gain for one in mix) for mix in chosen if sum(one.seconds for one in mix) <= seconds)


def test_the_plan_never_takes_longer_and_loses_at_most_one_call_against_the_best():
    rng = random.Random(4)
    for _ in range(60):
        offers = [Offer(str(n), (), rng.random(), rng.uniform(25, 200)) for n in range(10)]
        offers.sort(key=lambda one: -one.worth)
        minutes = rng.uniform(60, 600)
        plan = fill(offers, minutes)
        assert plan.seconds <= minutes
        assert plan.gain >= best_of(offers, minutes) - max(one.gain for one in offers)


def test_a_call_too_long_for_what_is_left_does_not_stop_shorter_ones():
    plan = fill([Offer("a", (), 0.9, 50.0), Offer("b", (), 0.9, 60.0), Offer("c", (), 0.3, 40.0)], 95.0)
    assert [one.call_id for one in plan.offers] == ["a", "c"]


def test_the_plan_reads_no_further_than_it_must():
    read = []

    def many():
        for n in itertools.count():
            read.append(n)
            yield Offer(str(n), (), 0.5, 30.0)

    assert len(fill(many(), 600.0).offers) == 20
    assert len(read) == 20


def test_whole_calls_at_random_are_what_a_plan_is_held_against():
    assert random_per_hour(0.05, 340.0) == pytest.approx(3600 * 0.05 / 360)
