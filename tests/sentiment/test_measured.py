"""`callsift eval sentiment` without data: known turns are raised in the sample calls, and what is found of them is counted."""

import numpy as np
import pytest

from pipeline.evals import _raised, sentiment
from pipeline.evals.planted import SAMPLES, true_call
from pipeline.measuring.evaluation import EvalOptions
from pipeline.measuring.planted import read_truth
from pipeline.records import Metadata
from pipeline.sentiment.voice import manners


def test_raised_turns_are_counted_and_what_was_missed_can_be_listened_to():
    report = sentiment.evaluate(None, EvalOptions(limit=3))
    shouts = report.figure["shouts"]
    assert report.n == 3
    assert 0.6 * shouts["raised"] <= shouts["found"] <= shouts["raised"] < shouts["turns"]
    assert shouts["false"] == 0
    assert report.figure["falls_words"] == report.figure["falls_fused"] == {"planted": 0, "found": 0, "false": 0}
    assert len(report.worst) == shouts["raised"] - shouts["found"]
    assert all(row["call"] and row["start"] >= 0 for row in report.worst)


def test_a_raised_turn_measures_as_much_louder_and_higher_as_it_was_made():
    truth = read_truth(SAMPLES / "truth" / "mm-2301.json")
    call, sound = true_call("mm-2301", "", Metadata(), truth), _raised.decoded(truth, SAMPLES)
    before = {manner.turn.start: manner for manner in manners(_raised.heard(call, sound))}
    louder, chosen = _raised.raised(call, sound)
    after = {manner.turn.start: manner for manner in manners(_raised.heard(call, louder))}
    assert len(chosen) >= 5
    raised = {turn.start for turn in chosen}
    usual = np.median([after[start].louder - before[start].louder for start in after if start not in raised])
    rises = [after[start].louder - before[start].louder - usual for start in raised]
    tones = [after[start].higher - before[start].higher for start in raised]
    assert np.median(rises) == pytest.approx(_raised.DB, abs=1.0)
    assert np.median(tones) == pytest.approx(_raised.SEMITONES, abs=0.5)
