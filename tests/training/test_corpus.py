"""Texts: what may be trained on and what may not."""

import re

import numpy as np
import pytest

from pipeline.training.corpus import TEXTS, held_out_sentences, read_texts, sample_sentences, sources
from pipeline.training.phrases import fill, phrases, word_rows
from pipeline.training.recipe import RecipeError, Stage, read_recipe
from pipeline.training.vocabulary import adverb, forms, plural, words

RECIPE = read_recipe(TEXTS.parent / "recipes/demo_asr.toml")
WRITTEN = sorted(path.name.removesuffix(".txt.gz") for path in TEXTS.glob("*.txt.gz"))
SPOKEN = re.compile(r"[a-z']+( [a-z']+)*")


@pytest.mark.parametrize("name", WRITTEN)
def test_a_text_holds_lower_case_sentences_one_a_line(name):
    lines = read_texts(name)
    assert lines
    assert [line for line in lines if not SPOKEN.fullmatch(line)] == []


def test_made_sentences_can_be_read_aloud_and_differ():
    made = list(phrases(4000, np.random.default_rng(0)))
    assert [line for line in made if not SPOKEN.fullmatch(line)] == []
    assert len(set(made)) > 3000


def test_no_sentence_of_the_sample_calls_is_trained_on():
    kept_apart = sample_sentences()
    assert len(kept_apart) > 100
    for stage in RECIPE.stages:
        spoken = {text for source in sources(stage) for text in source}
        assert not spoken & kept_apart
    assert not {text for name in WRITTEN for text in read_texts(name)} & kept_apart


def test_no_held_out_sentence_is_trained_on():
    held_out = set(held_out_sentences())
    assert len(held_out) > 50
    for stage in RECIPE.stages:
        assert not held_out & {text for source in sources(stage) for text in source}


def test_word_rows_go_through_the_whole_list():
    rows = list(word_rows(len(words()) // 3, np.random.default_rng(0)))
    assert set(words()) - {word for row in rows for word in row.split()} == set()


def test_twelve_thousand_words_are_covered():
    assert len(words()) >= 12_000
    assert all(re.fullmatch(r"[a-z']+", word) for word in words())


def test_unknown_texts_are_named_with_those_that_are_there():
    with pytest.raises(RecipeError, match=r"no texts 'novels'.*harper_valley"):
        sources(Stage("s", hours=1, texts=("novels",)))


@pytest.mark.parametrize(
    ("verb", "expected"),
    [
        ("stop", ("stop", "stops", "stopped", "stopping")),
        ("carry", ("carry", "carries", "carried", "carrying")),
        ("pay", ("pay", "pays", "paid", "paying")),
        ("agree", ("agree", "agrees", "agreed", "agreeing")),
        ("tie", ("tie", "ties", "tied", "tying")),
        ("fix", ("fix", "fixes", "fixed", "fixing")),
        ("argue", ("argue", "argues", "argued", "arguing")),
    ],
)
def test_verbs_are_inflected(verb, expected):
    assert forms(verb) == expected


def test_nouns_and_adjectives_are_inflected():
    assert [plural(word) for word in ("box", "city", "day", "branch")] == ["boxes", "cities", "days", "branches"]
    assert [adverb(word) for word in ("quick", "happy", "simple", "basic")] == [
        "quickly",
        "happily",
        "simply",
        "basically",
    ]


def test_choices_within_choices_and_blanks_are_filled():
    made = {fill("(a|the (b|c)) {weekday}", np.random.default_rng(seed)) for seed in range(60)}
    assert {text.rsplit(" ", 1)[0] for text in made} == {"a", "the b", "the c"}
