"""Planted dialogues of a seed that `callsift eval redaction` does not use: what the project promises of redaction."""

import random
from collections import Counter

import pytest

from pipeline.evals._dialogues import FRAMES, SPLITS, dialogues
from pipeline.evals.redaction import _measure, precision, recall
from pipeline.redaction import load_policy


@pytest.fixture(scope="module")
def items():
    rows = dialogues(random.Random(20261121), 900)
    return [_measure(row, load_policy(row.get("policy", "default")), None) for row in rows]


def test_every_type_is_planted_and_split(items):
    told = Counter(kind for item in items for kind, _ in item.spans)
    assert set(told) >= {*FRAMES, *SPLITS, "NATIONAL_ID"}
    assert min(told.values()) >= 10


def test_no_card_data_is_left(items):
    missed = [item.missed for item in items if any("CARD" in text for text in item.missed)]
    assert recall(items, lambda kind: kind.startswith("CARD")) == 1.0, missed[:5]


def test_little_else_is_left_and_little_is_removed_wrongly(items):
    assert recall(items) >= 0.99, [item.missed for item in items if item.missed][:10]
    assert precision(items) >= 0.95
