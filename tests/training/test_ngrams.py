"""The n-gram model: a proper distribution after every history, and ARPA that says the same."""

import gzip
import math

import pytest

from pipeline.training.ngrams import UNKNOWN, estimate, write_arpa

SENTENCES = [
    ("can i help you", 3.0),
    ("can you help me", 2.0),
    ("i can help", 1.0),
    ("how can i help you today", 2.0),
    ("you can help me today", 1.0),
]
WORDS = ["can", "i", "help", "you", "me", "how", "today", "zebra"]


@pytest.fixture(scope="module", params=[0.0, 2.0, 3.0], ids=lambda least: f"pruned below {least}")
def model(request):
    return estimate(SENTENCES, WORDS, least=request.param)


@pytest.mark.parametrize(
    "history", [[], ["<s>"], ["can"], ["can", "i"], ["how", "can"], ["zebra", "me"], ["never", "heard"]]
)
def test_the_words_after_any_history_sum_to_one(model, history):
    total = sum(10 ** model.log10(word, history) for word in [*WORDS, "</s>", UNKNOWN])
    assert total == pytest.approx(1.0, abs=1e-6)


def test_what_was_said_often_is_likelier_than_what_was_not(model):
    assert model.log10("help", ["can", "i"]) > model.log10("today", ["can", "i"])
    assert model.log10("can", ["<s>"]) > model.log10("me", ["<s>"])


def test_a_word_of_the_list_that_no_sentence_has_is_possible(model):
    assert -3 < model.log10("zebra", ["can"]) < math.log10(0.2)


def test_pruning_makes_it_smaller():
    sizes = [sum(map(len, estimate(SENTENCES, WORDS, least=least).probabilities)) for least in (0.0, 3.0)]
    assert sizes[1] < sizes[0]


def test_the_arpa_file_holds_the_same_numbers_and_the_same_bytes_twice(model, tmp_path):
    for name in ("a.gz", "b.gz"):
        write_arpa(model, tmp_path / name)
    assert (tmp_path / "a.gz").read_bytes() == (tmp_path / "b.gz").read_bytes()
    lines = gzip.decompress((tmp_path / "a.gz").read_bytes()).decode().splitlines()
    assert f"ngram 1={len(model.probabilities[0])}" in lines
    row = next(line for line in lines if line.split("\t")[1:2] == ["can"])
    assert float(row.split("\t")[0]) == pytest.approx(model.probabilities[0][("can",)], abs=6e-4)
    assert float(row.split("\t")[2]) == pytest.approx(model.backoffs[("can",)], abs=6e-4)
