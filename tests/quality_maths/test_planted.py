"""The planted calls of `callsift bench rank`: blind to what is measured with them, and as noisy as they say."""

import ast
import random
import subprocess
import sys
from pathlib import Path

import jiwer
import pytest
from sklearn.metrics import cohen_kappa_score

from pipeline.benches._planted_calls import misheard, planted, raters_say, words_of
from pipeline.benches._scenes import FLAGGED

ROOT = Path(__file__).resolve().parents[2]
BLIND = ["pipeline/benches/_planted_calls.py", "pipeline/benches/_scenes.py"]
ALLOWED = {"pipeline.records", "pipeline.benches._scenes"}


@pytest.mark.parametrize("source", BLIND)
def test_the_generator_imports_nothing_that_judges(source):
    tree = ast.parse((ROOT / source).read_text(encoding="utf-8"))
    ours = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
        if name.split(".")[0] in ("rules", "pipeline", "dashboards", "webapp")
    }
    assert ours <= ALLOWED
    assert not {
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "__import__"
    }


def test_nor_does_anything_it_imports():
    """rules.records (the words of a call) alone comes with pipeline.records."""
    code = ("import sys, pipeline.benches._planted_calls; print(sorted(m for m in sys.modules if m.startswith("
            "('rules.', 'pipeline.scoring', 'pipeline.analy', 'pipeline.quality', 'pipeline.ledger'))))")  # fmt: skip
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(ast.literal_eval(out.stdout)) <= {"rules.records"}


def test_the_same_seed_plants_the_same_calls():
    assert planted(7, 20, 5) == planted(7, 20, 5)
    assert sum(one.flagged for one in planted(7, 20, 5)) == 5
    assert {one.kind for one in planted(7, 0, 30)} == set(FLAGGED)


@pytest.mark.parametrize("rate", [0.0, 0.15, 0.25])
def test_calls_are_misheard_as_often_as_asked(rate):
    calls, rng = planted(1, 60, 6), random.Random(2)
    vocabulary = words_of(calls)
    said = [" ".join(w.text for turn in one.call.turns for w in turn.words) for one in calls]
    heard = [
        " ".join(w.text for turn in misheard(one.call, rate, rng, vocabulary).turns for w in turn.words)
        for one in calls
    ]
    assert jiwer.wer(said, heard) == pytest.approx(rate, abs=0.02)


@pytest.mark.parametrize("share", [0.02, 0.1])
def test_raters_agree_with_the_truth_by_the_kappa_asked_for(share):
    truth = [n < share * 40000 for n in range(40000)]
    said = raters_say(truth, 0.6, random.Random(3))
    assert cohen_kappa_score(truth, said) == pytest.approx(0.6, abs=0.04)
    assert sum(said) / sum(truth) == pytest.approx(1.0, abs=0.1)


def test_length_alone_does_not_tell():
    calls = planted(5, 800, 400)
    lengths = {
        bad: [one.call.duration for one in calls if one.flagged is bad and one.kind != "dead_air"]
        for bad in (True, False)
    }
    means = {bad: sum(found) / len(found) for bad, found in lengths.items()}
    assert means[True] / means[False] < 1.25


def test_knowing_the_truth_reaches_the_ceiling_and_chance_does_not():
    """How the bench counts: an arm that knows the truth finds bad calls only, one that knows nothing finds its share."""
    from pipeline.benches.rank import Judged, cell_of
    from pipeline.quality.ranker import Ranker
    from pipeline.records import Interest

    there = [Judged(one, Interest(0.9 if one.flagged else 0.1), (), {"breaches": 0.0}) for one in planted(3, 1200, 140)]
    cell = cell_of(0.0, 0.1, there, Ranker((), 0.0, 1.0, 0.0, {}))
    assert cell.lift["weights"] == cell.found["weights"] == 10.0
    assert cell.ndcg["weights"] == 1.0
    assert 0.02 < cell.ndcg["random"] < 0.25
    assert cell.lift["rule count"] < 3  # all calls are alike to it: ties stay in a random order
    assert 0.4 < cell.lift["random"] < 2
