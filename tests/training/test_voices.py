"""The synthetic voices: who speaks, how high, how fast."""

import numpy as np
import pytest

from pipeline.training.voices import HELD_OUT, RATE, VOICES, VoiceError, find_voice, speak, speak_all, speak_timed

TEXT = "good morning how can i help you"


@pytest.mark.parametrize("name", [*VOICES, *HELD_OUT])
def test_every_voice_speaks_at_sixteen_kilohertz(name):
    samples = speak(TEXT, name)
    assert samples.dtype == np.float32
    assert 1.0 < len(samples) / RATE < 5.0
    assert np.abs(samples).max() == pytest.approx(0.7, abs=0.001)


@pytest.mark.parametrize("name", ["kal16", "en-us", "slt_hts"])
def test_tempo_changes_the_length_and_pitch_does_not(name):
    length = len(speak(TEXT, name))
    assert len(speak(TEXT, name, tempo=1.25)) == pytest.approx(length / 1.25, rel=0.08)
    assert len(speak(TEXT, name, pitch=3.0)) == pytest.approx(length, rel=0.08)


def test_pitch_moves_the_whole_spectrum_up():
    low, high = (speak(TEXT, "kal16", pitch=pitch) for pitch in (-3.0, 3.0))
    assert middle_frequency(high) > 1.15 * middle_frequency(low)


def test_many_texts_come_back_in_their_order():
    short, long = speak_all(["yes", TEXT], "kal_diphone")
    assert len(long) > 2 * len(short)


def test_quotes_and_brackets_in_a_text_do_not_reach_festivals_script():
    assert len(speak('hello "there") (quit', "kal_diphone")) > RATE / 4


def test_a_timed_voice_says_the_same_and_tells_its_phones():
    samples, phones = speak_timed("hello there", "kal16", pitch=2.0, tempo=1.1)
    assert len(samples) == pytest.approx(len(speak("hello there", "kal16", pitch=2.0, tempo=1.1)), abs=2)
    assert [name for name, _, _ in phones] == ["hh", "ax", "l", "ow", "dh", "eh", "r"]
    assert all(start < end for _, start, end in phones)
    assert phones[-1][2] < len(samples) / RATE


def test_a_voice_that_tells_no_times_is_refused():
    with pytest.raises(VoiceError, match="espeak"):
        speak_timed("hello", "en-us")


def test_an_unknown_voice_is_named_with_the_known_ones():
    with pytest.raises(VoiceError, match=r"no voice 'hal'.*slt.*kdl"):
        speak(TEXT, "hal")


def test_the_held_out_voice_is_not_among_those_trained_on():
    assert not set(HELD_OUT) & set(VOICES)
    assert {find_voice(name).id for name in HELD_OUT}.isdisjoint(voice.id for voice in VOICES.values())


def test_every_voice_states_its_licence():
    assert all(voice.licence for voice in [*VOICES.values(), *HELD_OUT.values()])


def middle_frequency(samples: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(samples)) ** 2
    return float((power * np.fft.rfftfreq(len(samples), 1 / RATE)).sum() / power.sum())
