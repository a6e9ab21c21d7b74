"""The decoder with a word list: spellings, sounds, order of words, words not listed, times."""

import gzip
import itertools

import numpy as np
import pytest

from pipeline.asr.beam import Weights, language
from pipeline.asr.decoding import NEVER, Certainty, WordListDecoder, open_decoder
from pipeline.asr.lexicon import read_lexicon
from pipeline.asr.vocabulary import Vocabulary
from pipeline.errors import ModelError
from pipeline.models.folder import ModelFolder, write_manifest
from pipeline.protocols import FramePosteriors

SOUNDS = " abcdefghijklmnopqrstuvwxyz2"
BLANK = len(SOUNDS)
VOCABULARY = Vocabulary((*SOUNDS, ""), BLANK)
WORDS = "the\t9\tqx\ntwo\t5\ttu\nto\t8\ttu\ntoo\t2\ttu\naccount\t4\txk2nt\ncount\t3\tk2nt\ngo\t3\tgo\ni\t6\ty\nneed\t3\tned\n"
ARPA = """\\data\\
ngram 1=12
ngram 2=6

\\1-grams:
-1.0\t</s>
-99\t<s>\t-0.3
-5.0\t<unk>
-1.0\tthe\t-0.3
-1.5\ttwo\t-0.3
-1.2\tto\t-0.3
-2.5\ttoo
-1.5\taccount\t-0.3
-1.5\tcount\t-0.3
-1.5\tgo\t-0.3
-1.0\ti\t-0.3
-1.5\tneed\t-0.3

\\2-grams:
-0.3\tneed two
-0.3\tgo to
-0.4\ti need
-0.4\ti go
-0.3\tthe account
-0.4\ttwo </s>

\\end\\
"""


def zipped(text):
    return gzip.compress(text.encode())


@pytest.fixture(scope="module")
def decoder():
    lexicon = read_lexicon(zipped(WORDS), zipped(ARPA), VOCABULARY)
    return WordListDecoder(lexicon, VOCABULARY, Weights(unlisted=NEVER), Certainty())


def clip(text, wrong=None, doubt=0.02, waits=1):
    """Frames that say ``text`` in sounds; ``wrong`` maps a place to another sound that is heard a little better there."""
    outputs, before = [], None
    for place, sound in enumerate(text):
        outputs += [(None, BLANK)] * (waits if sound == before or waits > 1 else 0) + [(place, SOUNDS.index(sound))] * 2
        before = sound
    outputs += [(None, BLANK)] * 3
    chances = np.full((len(outputs), BLANK + 1), doubt / BLANK)
    for frame, (place, output) in enumerate(outputs):
        chances[frame, output] = 1 - doubt
        if place in (wrong or {}):
            chances[frame, output], chances[frame, SOUNDS.index(wrong[place])] = 0.35, 0.6
    ids = np.argsort(-chances, 1)[:, :8]
    logs = np.log(np.take_along_axis(chances, ids, 1))
    return FramePosteriors(ids.astype(np.uint16), logs.astype(np.float32), 0.04, BLANK, "m")


def texts(decoder, *clips):
    return [" ".join(word.text for word in words) for words in decoder(clips)]


def test_sounds_become_words(decoder):
    assert texts(decoder, clip("qx xk2nt")) == ["the account"]


def test_words_that_sound_alike_are_told_apart_by_their_neighbours(decoder):
    assert texts(decoder, clip("y ned tu"), clip("y go tu qx xk2nt")) == ["i need two", "i go to the account"]


def test_one_wrong_sound_does_not_make_a_wrong_word(decoder):
    assert texts(decoder, clip("qx xk2nt", wrong={5: "p"})) == ["the account"]


def test_words_may_run_together(decoder):
    assert texts(decoder, clip("qxxk2nt")) == ["the account"]


def test_a_separator_inside_a_word_is_survived(decoder):
    assert texts(decoder, clip("qx xk2 nt")) == ["the account"]


def test_a_word_that_is_not_listed_becomes_listed_ones_where_outputs_are_sounds(decoder):
    [words] = decoder([clip("y ned blomfrik", doubt=0.001)])
    assert [word.text for word in words][:2] == ["i", "need"]
    assert {word.text for word in words} <= set(decoder.lexicon.words)


def test_a_word_that_is_not_listed_is_written_by_its_letters():
    listed = "".join(f"{word}\t1\n" for word in ("the", "account", "i", "need"))
    spelled = WordListDecoder(
        read_lexicon(zipped(listed), zipped(ARPA), VOCABULARY), VOCABULARY, Weights(), Certainty()
    )
    [words] = spelled([clip("i need blomfrik", doubt=0.001)])
    assert [word.text for word in words] == ["i", "need", "blomfrik"]
    assert words[2].confidence < words[1].confidence


def test_words_carry_the_times_of_their_sounds(decoder):
    [words] = decoder([clip("qx xk2nt")])
    assert (words[0].start, words[0].end) == (0.0, 0.16)
    assert words[1].start == pytest.approx(0.24, abs=0.041)
    assert words[1].end == pytest.approx(0.64, abs=0.041)


def test_silence_gives_no_words(decoder):
    ids = np.full((200, 8), BLANK, np.uint16)
    silence = FramePosteriors(ids, np.tile(np.float32([0] + [-20] * 7), (200, 1)), 0.04, BLANK, "m")
    empty = FramePosteriors(ids[:0], silence.log_probs[:0], 0.04, BLANK, "m")
    assert decoder([silence, empty]) == [(), ()]


def test_a_long_clip_is_parted_in_its_silences_without_losing_words(decoder):
    one = clip("y ned qx xk2nt", waits=2)
    gap = FramePosteriors(
        np.full((60, 8), BLANK, np.uint16), np.tile(np.float32([0] + [-20] * 7), (60, 1)), 0.04, BLANK, "m"
    )
    parts = [piece for _ in range(20) for piece in (one, gap)]
    long = FramePosteriors(
        np.concatenate([p.ids for p in parts]), np.concatenate([p.log_probs for p in parts]), 0.04, BLANK, "m"
    )
    [words] = decoder([long])
    assert " ".join(word.text for word in words) == " ".join(["i need the account"] * 20)
    assert all(a.end <= b.start + 1e-6 for a, b in itertools.pairwise(words))


def test_many_clips_give_what_each_gives_alone(decoder):
    clips = [clip("y ned tu"), clip("qx xk2nt"), clip("y go tu qx xk2nt")]
    assert decoder(clips) == [decoder([one])[0] for one in clips]


def test_a_surer_sound_is_a_surer_word(decoder):
    [clear], [muddled] = decoder([clip("xk2nt", doubt=0.01), clip("xk2nt", wrong={0: "p", 3: "d"}, doubt=0.4)])
    assert muddled.confidence < clear.confidence


def test_the_language_model_backs_off(decoder):
    grams, words = decoder.lexicon.grams, decoder.lexicon.words
    number = {word: n for n, word in enumerate(words)}
    start = len(grams.pair) + number["need"]
    known, _ = language(grams, start, number["two"])
    unseen, context = language(grams, start, number["the"])
    assert known == pytest.approx(-0.3 * np.log(10), abs=1e-5)
    assert unseen == pytest.approx(-1.3 * np.log(10), abs=1e-5)
    assert context == len(grams.pair) + number["the"]


def test_a_count_that_is_no_number_is_named_by_line():
    with pytest.raises(ModelError, match=r"words.txt.gz:2"):
        read_lexicon(zipped("the\t3\tqx\nan\tmany\txn\n"), zipped(ARPA), VOCABULARY)


def test_text_that_is_not_gzipped_is_refused():
    with pytest.raises(ModelError, match=r"ngrams.txt.gz"):
        read_lexicon(zipped(WORDS), b"\\data\\", VOCABULARY)


def test_a_folder_without_a_word_list_has_no_decoder(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    write_manifest(tmp_path)
    assert open_decoder(ModelFolder(tmp_path), VOCABULARY, 1) is None


def test_an_unknown_name_in_decoder_json_is_refused(tmp_path):
    (tmp_path / "words.txt.gz").write_bytes(zipped(WORDS))
    (tmp_path / "ngrams.txt.gz").write_bytes(zipped(ARPA))
    (tmp_path / "decoder.json").write_text('{"weights": {"langauge": 1.0}}')
    write_manifest(tmp_path)
    with pytest.raises(ModelError, match="langauge"):
        open_decoder(ModelFolder(tmp_path), VOCABULARY, 1)
