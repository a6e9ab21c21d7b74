"""The best path of frames, collapsed to words."""

import numpy as np
import pytest

from pipeline.asr.greedy import greedy_words
from pipeline.asr.vocabulary import Vocabulary
from pipeline.protocols import FramePosteriors

LETTERS = Vocabulary((" ", "a", "b", "c", ""), 4)
PIECES = Vocabulary((" the", " ca", "rd", "'s", ""), 4)


def clip(ids, probabilities=None, vocabulary=LETTERS):
    chances = np.array(probabilities or [1.0] * len(ids))[:, None]
    return FramePosteriors(
        np.array(ids, np.uint16)[:, None], np.log(chances).astype(np.float32), 0.04, vocabulary.blank, "m"
    )


def test_repeated_outputs_are_one_unless_a_blank_parts_them():
    [words] = greedy_words([clip([1, 1, 4, 1, 2, 2])], LETTERS)
    assert [word.text for word in words] == ["aab"]


def test_a_word_lasts_from_its_first_to_its_last_letter():
    [words] = greedy_words([clip([4, 1, 4, 2, 0, 0, 4, 3, 3, 4])], LETTERS)
    assert [(word.text, word.start, word.end) for word in words] == [("ab", 0.04, 0.16), ("c", 0.28, 0.36)]


def test_confidence_is_the_geometric_mean_of_the_best_probabilities():
    [[word]] = greedy_words([clip([1, 1, 4, 2], [0.25, 0.5, 0.9, 0.5])], LETTERS)
    assert word.confidence == pytest.approx(0.5)


def test_pieces_begin_words_by_themselves():
    [words] = greedy_words([clip([0, 1, 2, 4, 3], vocabulary=PIECES)], PIECES)
    assert [word.text for word in words] == ["the", "card's"]


def test_clips_do_not_run_into_each_other():
    found = greedy_words([clip([1]), clip([]), clip([1, 0]), clip([0, 0, 4]), clip([2])], LETTERS)
    assert [[word.text for word in words] for words in found] == [["a"], [], ["a"], [], ["b"]]


def test_no_clips_give_no_words():
    assert greedy_words([], LETTERS) == []
