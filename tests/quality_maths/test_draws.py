"""Draws from a seed, places given to drawn calls, and rates against the truth they estimate."""

import math
import random

import pytest
from scipy.stats import beta

from pipeline.quality.draws import draw, fingerprint, is_random_place, number
from pipeline.quality.rates import Judged, beta_below, beta_quantile, in_turn, rate_of

IDS = [f"call-{n}" for n in range(1000)]


def test_a_draw_is_the_same_whatever_the_order_of_its_frame():
    shuffled = random.Random(1).sample(IDS, len(IDS))
    assert draw({"a": IDS}, 0.05, "seed") == draw({"a": shuffled}, 0.05, "seed")
    assert draw({"a": IDS}, 0.05, "seed") != draw({"a": IDS}, 0.05, "other")
    assert fingerprint(IDS) == fingerprint(shuffled)


@pytest.mark.parametrize(
    ("size", "share", "count"), [(1, 0.05, 1), (9, 0.05, 1), (30, 0.05, 2), (1000, 0.05, 50), (3, 1.0, 3)]
)
def test_of_each_stratum_its_share_is_drawn_at_least_one(size, share, count):
    drawn = draw({"big": IDS, "this": IDS[:size]}, share, "seed")["this"]
    assert len(drawn) == count
    assert {call.probability for call in drawn} == {count / size}


@pytest.mark.parametrize("share", [0.0, -1, 1.1])
def test_a_share_that_cannot_be_drawn_is_refused(share):
    with pytest.raises(ValueError, match="share"):
        draw({"a": IDS}, share, "seed")


def test_every_call_is_drawn_as_often_as_its_probability_says():
    counts = dict.fromkeys(IDS[:40], 0)
    for seed in range(2000):
        for call in draw({"a": IDS[:40]}, 0.25, str(seed))["a"]:
            counts[call.call_id] += 1
    expected, deviation = 500, math.sqrt(2000 * 0.25 * 0.75)
    assert max(abs(count - expected) for count in counts.values()) < 4.5 * deviation


def test_the_turn_says_nothing_about_who_was_drawn():
    drawn = draw({"a": IDS}, 0.5, "seed")["a"]
    chosen = [number("seed", "chosen", call.call_id) for call in drawn]  # in the order of turns
    first, second = chosen[:250], chosen[250:]
    assert abs(sum(first) / 250 - sum(second) / 250) < 4 * math.sqrt(0.25 / 12 / 250 * 2)


@pytest.mark.parametrize(("share", "length"), [(0.1, 10), (0.5, 2), (0.25, 4)])
def test_of_each_stretch_of_places_exactly_one_is_random(share, length):
    drawn = [place for place in range(1000) if is_random_place("seed", place, share)]
    assert [place // length for place in drawn] == list(range(1000 // length))
    assert len({place % length for place in drawn}) == length  # at any place of its stretch
    assert not any(is_random_place("seed", place, 0.0) for place in range(100))


def test_the_beta_function_is_that_of_scipy():
    rng = random.Random(2)
    for _ in range(500):
        a, b, x = rng.choice([0.3, 1, 2.5, 20, 4000]), rng.choice([0.5, 1, 9, 2000]), rng.random()
        assert beta_below(x, a, b) == pytest.approx(beta.cdf(x, a, b), abs=1e-8)
    assert beta_quantile(0.975, 3, 48) == pytest.approx(beta.ppf(0.975, 3, 48), abs=1e-9)


def judged(values, probability=0.1):
    return [Judged(probability, n / len(values), value) for n, value in enumerate(values)]


def test_calls_heard_out_of_turn_do_not_count_yet():
    calls = judged([True, False, None, True, True])
    assert [call.flagged for call in in_turn(calls)] == [True, False]
    whole = rate_of(calls, 50)
    assert (whole.rate, whole.heard, whole.drawn) == (0.5, 2, 5)
    assert rate_of(judged([True, None]), 20) is None


def test_a_simple_random_sample_has_the_interval_of_clopper_and_pearson():
    found = rate_of(judged([True] * 3 + [False] * 47, probability=1e-6), 50_000_000)
    assert found.rate == pytest.approx(0.06)
    assert (found.low, found.high) == pytest.approx((beta.ppf(0.025, 3, 48), beta.ppf(0.975, 4, 47)), rel=0.03)
    assert found.total == pytest.approx(0.06 * 50_000_000)


def test_nothing_flagged_is_no_proof_of_nothing():
    found = rate_of(judged([False] * 30, probability=1e-6), 30_000_000)
    assert (found.rate, found.low) == (0.0, 0.0)
    assert found.high == pytest.approx(1 - 0.025 ** (1 / 30), rel=0.01)


def test_when_all_calls_were_heard_the_rate_is_the_truth():
    found = rate_of(judged([True, False, False, False], probability=1.0), 4)
    assert (found.low, found.rate, found.high) == (0.25, 0.25, 0.25)


def simulate(seed, reached):
    """A house of three teams with rates and shares of their own; the estimate of one draw, and the truth."""
    rng = random.Random(seed)
    frame, truth = {}, {}
    for team, (size, bad) in {"a": (400, 0.02), "b": (150, 0.3), "c": (30, 0.5)}.items():
        frame[team] = [f"{team}{n}" for n in range(size)]
        truth |= {id: n < bad * size for n, id in enumerate(frame[team])}
    shares = {"a": 0.1, "b": 0.2, "c": 0.5}
    drawn = [one for team in frame for one in draw({team: frame[team]}, shares[team], f"{seed}{team}")[team]]
    heard = {one.call_id for one in sorted(drawn, key=lambda one: one.turn)[: round(reached * len(drawn))]}
    early = {one.call_id for one in drawn if truth[one.call_id] and rng.random() < 0.7}  # the ranking found these first
    calls = [
        Judged(one.probability, one.turn, truth[one.call_id] if one.call_id in heard | early else None) for one in drawn
    ]
    return rate_of(calls, len(truth)), sum(truth.values()) / len(truth)


@pytest.mark.parametrize("reached", [1.0, 0.4])
def test_rates_are_unbiased_and_their_intervals_hold_the_truth(reached):
    """Against a known truth, with unequal probabilities, and with bad calls that ranked places reached before their turn."""
    runs = [simulate(seed, reached) for seed in range(600)]
    truth = runs[0][1]
    found = [one for one, _ in runs]
    mean = sum(one.rate for one in found) / len(found)
    error = math.sqrt(sum((one.rate - mean) ** 2 for one in found) / len(found) / len(found))
    assert abs(mean - truth) < 4 * error + 0.002  # a ratio of two estimates has a small bias of its own
    held = sum(one.low <= truth <= one.high for one in found) / len(found)
    assert 0.93 <= held <= 0.999


def test_rates_that_used_ranked_places_would_be_wrong():
    """What the order of turns protects from: the same calls without it."""
    wrong = []
    for seed in range(200):
        rng = random.Random(seed)
        truth = [n < 50 for n in range(1000)]
        chances = [0.8 if bad else 0.1 for bad in truth]
        heard = [bad for bad, chance in zip(truth, chances, strict=True) if rng.random() < chance]
        wrong.append(sum(heard) / len(heard))
    assert min(wrong) > 0.15  # the truth is 0.05
