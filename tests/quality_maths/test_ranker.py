"""The ranker: calibrated, readable, and blind to who spoke."""

import json
import math
import random
from dataclasses import fields
from datetime import UTC, datetime
from inspect import signature

import pytest

from pipeline.quality.features import features, log_odds
from pipeline.quality.ranker import LEAST, BadRanker, read_ranker
from pipeline.quality.reviewed import Reviewed
from pipeline.quality.training import train

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def house(n, seed=0):
    """Features of ``n`` calls and whether they are flagged: ``useful`` tells, ``noise`` does not, interest tells a little."""
    rng = random.Random(seed)
    known, flagged = [], []
    for _ in range(n):
        useful, noise = rng.random() < 0.3, rng.random() < 0.5
        bad = rng.random() < (0.6 if useful else 0.1)
        interest = min(0.95, max(0.02, 0.25 + 0.15 * bad + rng.gauss(0, 0.15)))
        kinds = [("rule:useful", 0.8)] * useful + [("rule:noise", 0.8)] * noise
        known.append(features(interest, kinds, [("silence_share", rng.random())]))
        flagged.append(bad)
    return known, flagged


@pytest.fixture(scope="module")
def ranker():
    return train(*house(600), [MOMENT] * 600)


def test_it_finds_what_reviewers_flag(ranker):
    known, flagged = house(2000, seed=9)
    chances = [ranker.chance(one) for one in known]
    top = sorted(zip(chances, flagged, strict=True), reverse=True)[:400]
    assert sum(bad for _, bad in top) / 400 > 2 * sum(flagged) / 2000
    weights = {one.name: one.weight for one in ranker.weights}
    assert weights["finding:rule:useful"] > 3 * abs(weights.get("finding:rule:noise", 0.0))


def test_its_chances_come_true(ranker):
    known, flagged = house(6000, seed=5)
    ranked = sorted((ranker.chance(one), bad) for one, bad in zip(known, flagged, strict=True))
    for start in range(0, 6000, 1000):
        part = ranked[start : start + 1000]
        said, came = sum(chance for chance, _ in part) / 1000, sum(bad for _, bad in part) / 1000
        assert abs(said - came) < 0.1  # the house is not made by a logistic model


@pytest.mark.parametrize("seed", range(4))
def test_reviews_that_are_pure_chance_never_rank(seed):
    """What they teach may look like an order, even a reversed one; the weights go on ranking."""
    rng = random.Random(seed)
    known, _ = house(300)
    flagged = [rng.random() < 0.15 for _ in known]
    try:
        taught = train(known, flagged, [MOMENT] * 300)
    except BadRanker:
        return  # refused, as it should be
    assert taught.slope > 0
    assert taught.trained["auc"] >= 0.5


def test_reviews_that_contradict_the_findings_do_not_turn_the_queue_round():
    known, flagged = house(120)
    rng = random.Random(8)
    with pytest.raises(BadRanker, match="those go on ranking"):
        train(known, [rng.random() < 0.12 for _ in flagged], [MOMENT] * 120)


def test_it_is_kept_as_json_anybody_can_read(ranker):
    text = json.dumps(ranker.as_data())
    again = read_ranker(json.loads(text))
    assert again == ranker
    assert again.trained["reviews"] == 600
    assert 0.6 < again.trained["auc"] < 1
    known, _ = house(20, seed=3)
    assert [again.chance(one) for one in known] == [ranker.chance(one) for one in known]


@pytest.mark.parametrize("spoil", [lambda d: d.pop("weights"), lambda d: d.update(kind="pickle"), lambda d: d.update(format=2),
                                   lambda d: d["weights"][0].update(scale=0), lambda d: d.update(slope="steep")])  # fmt: skip
def test_a_spoilt_ranker_is_refused(ranker, spoil):
    data = json.loads(json.dumps(ranker.as_data()))
    spoil(data)
    with pytest.raises(BadRanker):
        read_ranker(data)


@pytest.mark.parametrize("count", [LEAST - 1, LEAST])
def test_from_a_hundred_reviews_on_there_is_one(count):
    known, flagged = house(count)
    if count < LEAST:
        with pytest.raises(BadRanker, match="99 of 100"):
            train(known, flagged, [MOMENT] * count)
    else:
        assert train(known, flagged, [MOMENT] * count).weights


def test_reviews_that_all_say_the_same_teach_nothing():
    known, _ = house(200)
    with pytest.raises(BadRanker, match="0 of 200"):
        train(known, [False] * 200, [MOMENT] * 200)


def test_nothing_about_people_reaches_it():
    """Neither what it is trained on nor what it is asked with has room for an agent, a team or a customer."""
    assert list(signature(features).parameters) == ["interest", "findings", "measures"]
    assert [field.name for field in fields(Reviewed)] == ["call_id", "flagged", "at"]
    assert all(name.split(":")[0] in ("interest", "finding", "measure", "family") for name in
               {one.name for one in train(*house(200), [MOMENT] * 200).weights})  # fmt: skip


@pytest.mark.parametrize(("chance", "odds"), [(0.0, -6.9), (0.5, 0.0), (1.0, 6.9)])
def test_odds_of_certainty_stay_finite(chance, odds):
    assert log_odds(chance) == pytest.approx(odds, abs=0.01)


def test_measures_that_are_no_numbers_are_left_out():
    assert features(0.5, [], [("x", math.nan), ("y", math.inf), ("z", 2.0)]).keys() == {"interest", "measure:z"}
