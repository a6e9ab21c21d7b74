"""The second look: phrases found by sound, wherever the transcript missed them."""

import gzip
import json

import numpy as np
import pytest

from pipeline.asr.heard import HeardInCall, heard_in
from pipeline.asr.posteriors import cut, pack
from pipeline.asr.spelling import Speller, speller_of
from pipeline.asr.vocabulary import Vocabulary
from pipeline.models.folder import ModelFolder, write_manifest
from pipeline.protocols import FramePosteriors
from pipeline.records import Call, Party, Span, Turn, Word

LETTERS = " abcdefghijklmnopqrstuvwxyz"
BLANK = len(LETTERS)
SPELLER = Speller(Vocabulary((*LETTERS, ""), BLANK))


def said(text, *, wrong=0.0, seed=0, before=50, after=50):
    """Frames of silence, then of a text by letters; some letters lose to another one."""
    rng = np.random.default_rng(seed)
    outputs = [BLANK] * before
    for letter in text:
        outputs += [LETTERS.index(letter)] * 2 + [BLANK]
    outputs += [BLANK] * after
    chances = np.full((len(outputs), BLANK + 1), 1e-3)
    chances[np.arange(len(outputs)), outputs] = 1.0
    for frame, output in enumerate(outputs):
        if output != BLANK and rng.random() < wrong:
            chances[frame, rng.integers(1, BLANK)] = 2.0
    chances /= chances.sum(1, keepdims=True)
    ids = np.argsort(-chances, 1)[:, :8]
    logs = np.log(np.take_along_axis(chances, ids, 1)).astype(np.float32)
    return FramePosteriors(ids.astype(np.uint16), logs, 0.04, BLANK, "m")


def test_a_phrase_is_found_where_it_was_said():
    call = HeardInCall([said("good morning this call is recorded thank you")], SPELLER)
    score, clip = call.find(["call is recorded"], Span(0.0, 60.0))
    assert score > 0.8
    assert clip.start == pytest.approx(0.04 * (50 + 3 * len("good morning this ")), abs=0.2)
    assert clip.end == pytest.approx(0.04 * (50 + 3 * len("good morning this call is recorded")), abs=0.2)


def test_a_phrase_with_wrong_letters_is_found_by_sound():
    call = HeardInCall([said("good morning this call is recorded thank you", wrong=0.3, seed=2)], SPELLER)
    right, _ = call.find(["call is recorded"], Span(0.0, 60.0))
    wrong, _ = call.find(["attempt to collect a debt"], Span(0.0, 60.0))
    assert right > 0.5 > wrong


def test_words_without_a_pause_between_are_found():
    call = HeardInCall([said("thiscallisrecorded")], SPELLER)
    assert call.find(["call is recorded"], Span(0.0, 60.0))[0] > 0.7


def test_the_best_of_several_phrases_counts():
    call = HeardInCall([said("this call may be monitored")], SPELLER)
    alone = call.find(["may be monitored"], Span(0, 60))
    assert call.find(["attempt to collect", "may be monitored", "zzz zzz"], Span(0, 60)) == alone


def test_only_the_span_is_searched():
    call = HeardInCall([said("this call is recorded", before=500)], SPELLER)
    assert call.find(["call is recorded"], Span(0.0, 15.0))[0] < 0.5
    assert call.find(["call is recorded"], Span(15.0, 60.0))[0] > 0.8


def test_a_party_is_searched_on_its_own_channel():
    parties = (Party("s1", "agent", 0.9, 0), Party("s2", "customer", 0.9, 1))
    call = HeardInCall([said("how may i help you"), said("this call is recorded")], SPELLER, parties)
    assert call.find(["call is recorded"], Span(0, 60), "s1")[0] < 0.5
    score, clip = call.find(["call is recorded"], Span(0, 60), "s2")
    assert (score > 0.8, clip.party) == (True, "s2")
    assert call.find(["call is recorded"], Span(0, 60))[1].party == "s2"


def test_the_quote_is_what_the_transcript_has_there():
    words = (Word("tall", 2.7, 3.0, 0.4, "s1"), Word("is", 3.1, 3.3, 0.5, "s1"))
    turns = (Turn("s1", 2.7, 3.3, words),)
    call = HeardInCall([said("this call is recorded")], SPELLER, (Party("s1", channel=0),), turns)
    assert call.find(["call is"], Span(0, 60))[1].quote == "tall is"
    assert call.find(["recorded"], Span(0, 60))[1].quote == "recorded"


def test_what_was_cut_cannot_be_found():
    packed = pack([said("my code is four oh two thank you")])
    whole = heard_in(packed, SPELLER, Call("c"))
    redacted = heard_in(cut(packed, [Span(2.0, 4.6)]), SPELLER, Call("c"))
    assert whole.find(["four oh two"], Span(0, 60))[0] > 0.8
    assert redacted.find(["four oh two"], Span(0, 60))[0] < 0.3


@pytest.mark.parametrize("span", [Span(5.0, 5.0), Span(900.0, 901.0), Span(9.0, 3.0)])
def test_an_empty_span_holds_nothing(span):
    score, _ = HeardInCall([said("this call is recorded")], SPELLER).find(["call is recorded"], span)
    assert score < 0.5


def test_a_phrase_that_cannot_be_written_is_not_found():
    assert HeardInCall([said("hello")], SPELLER).find(["ciao è", "", "42"], Span(0, 60)) == (0.0, None)


def test_sounds_of_a_word_list_spell_a_phrase(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "letters.json").write_text(json.dumps({"letters": [*LETTERS], "blank": BLANK, "word_delimiter": " "}))
    (tmp_path / "words.txt.gz").write_bytes(gzip.compress(b"call\t3\tkol\nis\t9\tiz\n"))
    write_manifest(tmp_path)
    speller = speller_of(ModelFolder(tmp_path))
    assert "".join(LETTERS[n] for n in speller.spell("Call is")) == "kol iz"
    assert speller.spell("call unheard") is None
