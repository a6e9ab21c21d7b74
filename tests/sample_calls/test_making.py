"""Making calls: the same bytes again, and word times that fit the sound. Needs flite, espeak-ng, festival and sox."""

import shutil
from itertools import pairwise

import numpy as np
import pytest

from pipeline.training.voices import RATE
from sample_calls.clock import Phrase, speak_phrases
from sample_calls.make import main
from sample_calls.scenario import ScenarioError, read_cast, read_scenario
from sample_calls.sounds import music
from sample_calls.stage import play

ENGINES = ["slt", "rms", "awb", "kal16", "en-us", "en-gb+f3", "slt_hts", "es"]
SENTENCE = "i have to buy the gift cards and then read him the numbers"


@pytest.fixture(autouse=True)
def programs():
    missing = [name for name in ("flite", "espeak-ng", "festival", "sox") if shutil.which(name) is None]
    assert not missing, (
        f"not installed: {', '.join(missing)} (on Debian: apt install flite espeak-ng festival festvox-us-slt-hts sox)"
    )


def quiet_gap(phrase: Phrase) -> float:
    """The middle of the longest silence inside the phrase, in seconds."""
    loud = np.flatnonzero(np.abs(phrase.samples) > 0.02)
    widest = int(np.argmax(np.diff(loud)))
    return float(loud[widest] + loud[widest + 1]) / 2 / RATE


def test_a_call_made_again_after_other_calls_has_the_same_bytes(tmp_path):
    assert main(["sg-2205", "--out", str(tmp_path / "alone")]) == 0
    assert main(["mm-2303", "sg-2205", "--out", str(tmp_path / "later")]) == 0
    alone, later = (
        {file.relative_to(root): file.read_bytes() for file in root.rglob("sg-2205.*")}
        for root in (tmp_path / "alone", tmp_path / "later")
    )
    assert {file.suffix for file in alone} == {".wav", ".json", ".rttm"}
    assert alone == later


def test_an_unknown_call_is_named_together_with_those_there_are(capsys):
    assert main(["nobody-1"]) == 2
    assert "There is no call nobody-1; calls: bh-3301" in capsys.readouterr().err


@pytest.mark.parametrize("voice", ENGINES)
def test_every_word_has_its_time_in_order(voice):
    [phrase] = speak_phrases([SENTENCE], voice, pitch=1.0, tempo=1.1)
    assert len(phrase.words) == len(SENTENCE.split())
    assert phrase.words[0][0] < 0.06
    assert phrase.words[-1][1] > phrase.seconds - 0.12
    for (start, end), (following, _) in pairwise(phrase.words):
        assert start < end <= following + 1e-6


@pytest.mark.parametrize("voice", ENGINES)
@pytest.mark.parametrize(("pitch", "tempo"), [(0.0, 1.0), (2.0, 1.15), (-2.0, 0.95)])
def test_a_pause_in_a_sentence_lies_between_the_words_it_divides(voice, pitch, tempo):
    [phrase] = speak_phrases(["we are going home, nobody knows you"], voice, pitch=pitch, tempo=tempo)
    before, after = phrase.words[3], phrase.words[4]
    gap = quiet_gap(phrase)
    assert before[0] + 0.05 < gap < after[0] + 0.05
    assert abs(phrase.words[4][0] - np.flatnonzero(np.abs(phrase.samples) > 0.02)[0] / RATE) > 0.3


SMALL = """
call: x-1
title: t
about: a
language: en
audio: {codec: wav_pcm, channels: 2}
line: {noise: -60}
parties:
  agent: {person: wayne, role: agent, channel: 0}
  customer: {person: owen, role: customer, channel: 1}
script:
- agent: good morning | how are you today
- customer: right
  inside: 0.5
- agent: what can i do for you today
- customer: i want to stop
  overlap: 0.6
- pause: 2
- agent: okay
- customer: thanks
  gap: 1.5
planted: []
"""


def test_turns_follow_overlap_and_answer_inside_as_written(tmp_path):
    (tmp_path / "small.yaml").write_text(SMALL)
    scene = play(read_scenario(tmp_path / "small.yaml"), read_cast())
    greeting, inside, question, interruption, after_pause, last = scene.turns
    assert inside.start == pytest.approx((greeting.start + greeting.end) / 2)
    assert 0.15 <= question.start - greeting.end <= 0.65
    assert interruption.start == pytest.approx(question.end - 0.6)
    assert after_pause.start == pytest.approx(interruption.end + 2, abs=0.06)
    assert last.start == pytest.approx(after_pause.end + 1.5)
    assert [(event.kind, event.parties) for event in scene.events] == [
        ("back_channel", ("s1", "s2")),
        ("talk_over", ("s1", "s2")),
    ]


def test_a_party_that_would_speak_over_itself_is_refused(tmp_path):
    (tmp_path / "small.yaml").write_text(
        SMALL.replace("- customer: right\n  inside: 0.5", "- agent: right\n  inside: 0.5")
    )
    with pytest.raises(ScenarioError, match="agent speaks over itself: 'good morning how are you today' and 'right'"):
        play(read_scenario(tmp_path / "small.yaml"), read_cast())


def test_hold_music_plays_all_the_time_at_its_level():
    tune = music(10.0, level=-25.0)
    seconds = tune.reshape(10, RATE)
    levels = 10 * np.log10(np.square(seconds).mean(axis=1))
    assert len(tune) == 10 * RATE
    assert levels.min() > -32
    assert levels.max() < -20
