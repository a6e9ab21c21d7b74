"""The telephone line: what passes, what is lost, how long it lasts."""

import numpy as np
import pytest

from pipeline.training.line import CODECS, RATE, Line, draw_line, from_mulaw, mulaw, telephone

CLEAN = Line(codec="none", noise=None)


def tone(hertz: float, seconds: float = 1.0) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def loudness(samples: np.ndarray) -> float:
    middle = samples[len(samples) // 4 : -len(samples) // 4]
    return float(np.sqrt(np.square(middle).mean()))


@pytest.mark.parametrize(("hertz", "passes"), [(100, False), (1000, True), (3000, True), (3900, False), (6000, False)])
def test_only_the_telephone_band_passes(hertz, passes):
    heard = loudness(telephone(tone(hertz), np.random.default_rng(0), line=CLEAN))
    assert heard == pytest.approx(0.3 / np.sqrt(2), rel=0.02) if passes else heard < 0.01


@pytest.mark.parametrize("codec", CODECS)
def test_a_codec_keeps_time_and_length_and_most_of_the_wave(codec):
    sent = tone(700) * np.linspace(0.2, 1, RATE, dtype=np.float32)
    heard = telephone(sent, np.random.default_rng(0), line=Line(codec=codec, noise=None))
    assert heard.shape == sent.shape
    assert heard.dtype == np.float32
    assert np.corrcoef(sent, heard)[0, 1] > 0.85


def test_lossy_codecs_lose_more_than_companding():
    sent = tone(700) + tone(1900)
    errors = {}
    for codec in CODECS:
        errors[codec] = float(
            np.abs(telephone(sent, np.random.default_rng(0), line=Line(codec=codec, noise=None)) - sent).mean()
        )
    assert errors["none"] < errors["mulaw"] < errors["gsm"] < errors["lowrate"]


def test_noise_lies_as_far_below_the_speech_as_asked_for():
    sent = tone(1000)
    noisy = telephone(sent, np.random.default_rng(0), line=Line(codec="none", noise=10.0, colour=0.0))
    clean = telephone(sent, np.random.default_rng(0), line=CLEAN)
    # the louder half of a sine is louder than its mean, which is what the noise is measured against
    ratio = 20 * np.log10(loudness(clean) / loudness(noisy - clean))
    assert 6.5 < ratio < 10.5


def test_silence_is_put_before_and_after():
    heard = telephone(tone(1000), np.random.default_rng(0), line=Line(codec="none", noise=None, lead=0.5, tail=0.25))
    assert len(heard) == int(1.75 * RATE)
    assert np.abs(heard[: int(0.4 * RATE)]).max() < 0.01 < np.abs(heard[int(0.6 * RATE) :]).max()


def test_the_other_voice_is_faint_and_fits_whatever_its_length():
    for seconds in (0.3, 5.0):
        heard = telephone(
            tone(500),
            np.random.default_rng(1),
            line=Line(codec="none", noise=None, crosstalk=20),
            crosstalk=tone(2000, seconds),
        )
        assert len(heard) == RATE
        assert 0.001 < loudness(heard - telephone(tone(500), np.random.default_rng(1), line=CLEAN)) < 0.05


def test_a_loud_line_clips_and_never_leaves_the_scale():
    heard = telephone(tone(1000), np.random.default_rng(0), line=Line(gain=30.0))
    assert np.abs(heard).max() <= 1.0


def test_the_same_seed_gives_the_same_line_and_the_same_sound():
    first, second = (telephone(tone(800), np.random.default_rng(7)) for _ in range(2))
    assert np.array_equal(first, second)


def test_a_line_of_strength_nought_is_a_good_one():
    for seed in range(50):
        line = draw_line(np.random.default_rng(seed), 0.0)
        assert (line.noise, line.hum, line.gain, line.tilt) == (None, None, 0.0, 0.0)
        assert line.codec in ("none", "mulaw", "alaw")


def test_mulaw_is_within_its_steps_and_keeps_nought_exact():
    samples = np.linspace(-1, 1, 2001, dtype=np.float32)
    back = from_mulaw(mulaw(samples))
    assert np.all(np.abs(back - samples) <= 0.025 * np.abs(samples) + 2e-4)
    assert from_mulaw(mulaw(np.zeros(1)))[0] == 0.0


@pytest.mark.parametrize("length", [1, 7, 160, 16001])
def test_very_short_clips_pass_too(length):
    assert (
        len(telephone(np.zeros(length, dtype=np.float32), np.random.default_rng(0), line=Line(codec="gsm"))) == length
    )
