"""Marks for calls whose words are a guess."""

import pytest

from pipeline.asr.doubts import SILENT, UNSURE, doubts
from pipeline.protocols import Transcript
from pipeline.records import Word


def heard(*sure):
    return [Transcript(tuple(Word("w", float(n), n + 0.4, value, "") for n, value in enumerate(sure)))]


def test_a_call_without_words_is_silent():
    assert doubts(heard()) == (SILENT,)


@pytest.mark.parametrize(("of_all", "marks"), [(0.80, ()), (0.78, (UNSURE,))])
def test_the_border_is_at_a_typical_confidence(of_all, marks):
    assert doubts(heard(*[of_all] * 50)) == marks


def test_confident_words_between_guesses_do_not_hide_them():
    """Foreign speech: the mean is 0.83, but one word in seven has nothing behind it."""
    assert doubts(heard(*[0.96] * 43, *[0.05] * 7)) == (UNSURE,)


def test_one_hopeless_word_does_not_condemn_a_call():
    assert doubts(heard(*[0.95] * 30, 0.0)) == ()


def test_a_few_words_prove_little():
    assert doubts(heard(0.7, 0.7, 0.7)) == ()
    assert doubts(heard(0.2, 0.3, 0.2)) == (UNSURE,)


def test_words_without_confidences_are_not_doubted():
    assert doubts(heard(None, None)) == ()


def test_both_channels_count():
    assert doubts([*heard(*[0.95] * 20), *heard(*[0.3] * 20)]) == (UNSURE,)
