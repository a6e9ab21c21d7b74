"""Reading words at once gives the same characters as reading them one by one, and the sentence model tells meanings apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.meaning import open_meaning
from rules.engine.encoding import BOUNDARY
from rules.engine.lexicon import Lexicon
from rules.examples import dialogue
from tests.rules.makers import look

# Words that mean something only together: numbers, letters, parted words, echoes, fillers, typed blocks.
TOGETHER = (
    "one two four oh double triple hundred thousand forty a and to for no sorry wait c v p r i o k e mail pass code good "
    "morning any desk pay pal the the uh um well i'm im don't 44 4111 $5 50% 2nd [CARD_CODE:3] [NAME] [NAME] [NEXT] [ONE] [X:4] nine "
    "what's app call back "
    "over draft foo foo bar won't re-send twenty-one - , ok."
).split()


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(st.sampled_from(TOGETHER), min_size=1, max_size=10), min_size=1, max_size=4))
def test_words_read_at_once_are_words_read_one_by_one(packs, segments):
    wording = packs.program.wording
    assert wording.encode(segments) == "".join(wording.slowly(words) + BOUNDARY for words in segments)


def test_two_numbers_of_two_segments_stay_two(packs):
    wording = packs.program.wording
    assert wording.encode([["four", "one"], ["two"]]) == "".join(
        wording.slowly(w) + BOUNDARY for w in (["four", "one"], ["two"])
    )


def test_words_that_another_thread_enters_meanwhile_are_not_read_as_nothing(packs):
    class Late(np.ndarray):
        """Keys that are looked at when another thread has just entered the word."""

        entered = False

        def take(self, *args, **options):
            if not Late.entered:
                Late.entered = True
                lexicon._learn({b"refund"})
            return np.asarray(self).take(*args, **options)

    lexicon = Lexicon(packs.program.wording.__getitem__)
    expected = Lexicon(packs.program.wording.__getitem__).read("refund\n").codes.tolist()
    lexicon._tables = lexicon._tables._replace(keys=lexicon._tables.keys.view(Late))
    assert lexicon.read("refund\n").codes.tolist() == expected


def test_half_a_character_from_broken_json_is_a_word_like_any_other(packs):
    wording = packs.program.wording
    assert len(wording.encode([["my", "\ud83d", "refund"]])) == 4


ALIKE = """\
kind: prohibited
said: {role: agent, any_of: ["keep it secret"], means: {sentences: ["Do not tell your family about this."], at_least: 0.6}}
"""


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("please don't tell anyone in your family about this", "FAIL"),
        ("keep it secret", "FAIL"),
        ("your parcel arrives on tuesday", "PASS"),
    ],
)
def test_the_shipped_sentence_model_finds_what_no_phrase_says(said, value):
    meaning = open_meaning()
    assert meaning is not None, "the [pipeline] extra carries the sentence model"
    judged = look(ALIKE, dialogue(f"agent: {said}"), meaning=meaning)
    assert [str(verdict.value) for verdict in judged.verdicts] == [value]
    assert look(ALIKE, dialogue(f"agent: {said}")).not_run == ("T-1",)
