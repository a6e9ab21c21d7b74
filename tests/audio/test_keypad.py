"""Keys pressed on a telephone: found, counted, and gone from what people hear; voices and music are no keys."""

import io

import numpy as np
import pytest
import soundfile

from pipeline.audio.events import events
from pipeline.audio.keypad import covers, presses, rows, silenced
from pipeline.audio.levels import levels
from pipeline.audio.listening import listening_copy
from pipeline.audio.peaks import peaks_of, read_peaks
from pipeline.training.voices import speak
from sample_calls import sounds

RATE = 16000
CARD = "4111111111111111"
ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
TEXT = "let me just find my card the number is on the front of it somewhere and i will type it in for you now"


def keys_heard(signal, rate):
    """What a plain receiver reads off a signal: Goertzel over 40 ms, a tone of each group 10 dB above the other three."""
    size, heard = round(0.04 * rate), []
    time = np.arange(size) / rate
    for first in range(0, len(signal) - size, size // 4):
        piece = signal[first : first + size] * np.hanning(size)
        power = [abs(np.exp(-2j * np.pi * hertz * time) @ piece) ** 2 for hertz in (*ROWS, *COLUMNS)]
        low, high = sorted(power[:4]), sorted(power[4:])
        loud = min(low[-1], high[-1]) > 0.05 * size * float(piece @ piece) and float(piece @ piece) > size * 1e-7
        heard.append(loud and low[-1] > 10 * low[-2] and high[-1] > 10 * high[-2])
    return int(np.count_nonzero(np.diff(np.array([0, *heard], int)) == 1))


@pytest.fixture(scope="module")
def voice():
    rng = np.random.default_rng(5)
    said = np.concatenate([speak(TEXT, name) for name in ("slt", "rms", "awb")])
    return (said + rng.normal(0, 0.001, len(said))).astype(np.float32)


def typed(keys, level, under=None, seconds=1.0):
    """Keys after a second of nothing, over as much of ``under`` as they last."""
    pad = round(seconds * RATE)
    sound = np.pad(sounds.dtmf(keys, level), (pad, pad)).astype(np.float32)
    if under is not None:
        sound += under[: len(sound)]
    return sound


@pytest.mark.parametrize("level", [-10.0, -25.0, -40.0])
def test_every_key_is_counted_and_none_is_told(level):
    [event] = rows(presses(typed(CARD, level)[None]))
    assert (event.kind, event.count) == ("dtmf", 16)
    assert event.start == pytest.approx(1.0, abs=0.08)
    assert event.end == pytest.approx(1.0 + 16 * 0.26 - 0.1, abs=0.08)


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("over", [20.0, 0.0])
def test_no_receiver_reads_a_key_off_the_listening_copy(voice, rate, over):
    speech = voice * np.float32(10 ** ((-20 - over) / 20) / np.sqrt(np.mean(voice**2)))
    call = np.stack([typed(CARD, -20.0, speech), 0.02 * typed(CARD, -20.0)])  # the other side hears them 34 dB lower
    assert keys_heard(call[0], RATE) + keys_heard(call[1], RATE) >= 16, "the receiver of this test works"
    pressed = presses(call)
    copy = listening_copy(silenced(call.copy(), pressed), rate, covers(pressed))
    heard, _ = soundfile.read(io.BytesIO(copy), dtype="float32")
    assert [keys_heard(channel, rate) for channel in heard.T] == [0, 0]


def test_curves_and_peaks_are_the_same_whatever_was_typed():
    left = [silenced(sound, presses(sound)) for sound in (typed(CARD, -12.0)[None], typed("9" * 16, -12.0)[None])]
    curves = [levels(sound).channels for sound in left]
    assert curves[0] == curves[1]
    drawn = [read_peaks(peaks_of(listening_copy(sound, 8000, ()))) for sound in left]
    assert np.array_equal(drawn[0].values, drawn[1].values)


def test_a_voice_and_a_tune_press_no_keys(voice):
    assert presses(voice[None]) == ()
    assert presses(sounds.music(20.0)[None]) == ()
    assert presses(np.stack([sounds.ring(2), sounds.ring(2)])) == ()


def test_keys_on_one_side_leave_the_words_of_the_other_between_them(voice):
    keys = np.concatenate([typed("1", -20.0, seconds=0.3), typed("2", -20.0, seconds=0.3)])  # 0.7 s apart
    call = np.stack([keys, voice[RATE : RATE + len(keys)]])
    between = slice(int(0.6 * RATE), int(0.9 * RATE))
    left = silenced(call.copy(), presses(call))
    assert np.abs(left[0, between]).max() == 0.0
    assert np.array_equal(left[1, between], call[1, between])


def test_forty_milliseconds_are_a_key_and_silence_is_none():
    time = np.arange(round(0.04 * RATE)) / RATE
    key = 0.1 * (np.sin(2 * np.pi * 770 * 1.015 * time) + np.sin(2 * np.pi * 1336 * 0.985 * time))
    assert len(presses(np.pad(key, (RATE, RATE)).astype(np.float32)[None])) == 1
    assert presses(np.zeros((2, RATE), np.float32)) == ()
    assert presses(np.zeros((1, 10), np.float32)) == ()


def test_keys_that_were_silenced_make_no_long_silence():
    call = typed("1" * 30, -20.0, seconds=0.5)[None]
    pressed = presses(call)
    kinds = [event.kind for event in events(silenced(call, pressed), [()], pressed)]
    assert kinds == ["dtmf"]
