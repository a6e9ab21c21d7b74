"""Words as they sound."""

import gzip

import pytest

from pipeline.errors import PipelineError
from pipeline.training.corpus import held_out_sentences
from pipeline.training.sounds import ALSO, SYMBOL, SYMBOLS, respelled, sounds_of, spellings, write_spellings
from pipeline.training.vocabulary import words


def test_every_sound_has_a_sign_of_its_own_that_no_case_tells_apart():
    assert len(set(SYMBOLS)) == len(SYMBOL)
    assert SYMBOLS.lower() == SYMBOLS
    assert " " not in SYMBOLS


def test_every_word_that_is_trained_on_is_kept():
    assert [word for word in words() if word not in spellings()] == []
    assert {word for text in held_out_sentences() for word in text.split()} <= spellings().keys()


def test_the_kept_spellings_use_only_the_signs():
    assert set("".join(spellings().values())) | set("".join(ALSO.values())) <= set(SYMBOLS)


def test_the_kept_spellings_are_what_flite_says():
    some = ["account", "four", "for", "schedule", "sixteenth", "mcdonald", "payee", "you're"]
    assert sounds_of(some) == {word: spellings().get(word, sounds_of([word])[word]) for word in some}


def test_words_that_sound_alike_are_spelled_alike():
    assert len({spellings()[word] for word in ("to", "four")}) == 2
    assert spellings()["four"] == spellings()["for"]
    assert spellings()["there"] == spellings()["their"]


def test_the_letter_a_sounds_otherwise_than_the_article():
    assert respelled("a cat").split()[0] != respelled("ay cat").split()[0]


def test_a_word_nobody_respelled_is_named():
    with pytest.raises(PipelineError, match="xqzzy"):
        respelled("hello xqzzy")


def test_new_words_join_the_list_and_old_ones_stay(tmp_path, monkeypatch):
    file = tmp_path / "spellings.txt.gz"
    monkeypatch.setattr("pipeline.training.sounds.SPELLINGS", file)
    try:
        assert write_spellings(["hello", "bank"], file) == 2
        first = gzip.decompress(file.read_bytes()).decode()
        assert write_spellings(["bank", "zebra"], file) == 3
        assert set(first.splitlines()) < set(gzip.decompress(file.read_bytes()).decode().splitlines())
    finally:
        spellings.cache_clear()
