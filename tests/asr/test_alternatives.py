"""What a doubtful word may have been: by sound, in the order of the posteriors, and nothing from where nothing was kept."""

import numpy as np

from pipeline.asr.alternatives import alternatives
from pipeline.asr.posteriors import cut, pack, unpack
from pipeline.asr.spelling import Speller
from pipeline.records import Span
from tests.asr.test_heard import BLANK, LETTERS, SPELLER, said

WORDS = ("cat", "cap", "bat", "cut", "mat", "elephant", "at")
LISTED = Speller(SPELLER.vocabulary, {word: word for word in WORDS})
HERE = Span(50 * 0.04, (50 + 3 * 3) * 0.04)  # the word stands behind two seconds of silence


def doubted(first, chance):
    """The word "cat", its first letter nearly as likely another one."""
    clip = said("cat")
    ids, logs = clip.ids.copy(), clip.log_probs.copy()
    for frame in (50, 51):
        column = list(ids[frame]).index(LETTERS.index(first)) if LETTERS.index(first) in ids[frame] else 1
        ids[frame, column], logs[frame, column] = LETTERS.index(first), np.log(chance)
    return type(clip)(ids, logs, clip.frame, BLANK, "m")


def test_the_word_the_sound_points_to_comes_first_and_what_was_written_never():
    assert alternatives(doubted("b", 0.4), HERE, "cat", LISTED)[0] == "bat"
    assert alternatives(doubted("m", 0.4), HERE, "cat", LISTED)[0] == "mat"
    found = alternatives(doubted("b", 0.4), HERE, "cat", LISTED, most=9)
    assert "cat" not in found
    assert "elephant" not in found


def test_a_sure_word_has_none_that_is_nearly_as_likely():
    assert alternatives(said("cat"), HERE, "cat", LISTED) == []


def test_without_a_word_list_words_of_the_call_are_tried():
    assert alternatives(doubted("b", 0.4), HERE, "cat", SPELLER, ["bat", "dog", "Cat"]) == ["bat"]


def test_where_redaction_cut_the_posteriors_nothing_is_guessed():
    packed = cut(pack([doubted("b", 0.4)]), [Span(1.9, 3.0)])
    [clip] = unpack(packed).channels
    assert alternatives(clip, HERE, "cat", LISTED) == []


def test_a_word_too_long_for_its_frames_or_beyond_the_recording_is_none():
    assert alternatives(said("cat"), Span(900.0, 901.0), "cat", LISTED) == []
    assert (
        alternatives(doubted("b", 0.4), Span(2.0, 2.02), "cat", Speller(SPELLER.vocabulary, {"catalog": "catalog"}))
        == []
    )
