"""One signal twice, and one side leaking into the other."""

import numpy as np
import pytest

from pipeline.diarization.channels import same_signal, without_leaks
from pipeline.records import Span

RATE = 16000


def syllables(seed: int, seconds: float = 4.0) -> np.ndarray:
    """Noise that rises and falls like speech."""
    rng = np.random.default_rng(seed)
    loud = np.repeat(rng.uniform(0.0, 1.0, round(seconds * 8)) ** 2, RATE // 8)
    return (rng.standard_normal(len(loud)) * loud * 0.2).astype(np.float32)


def late(signal: np.ndarray, seconds: float, gain: float) -> np.ndarray:
    shift = round(seconds * RATE)
    return np.pad(signal, (shift, 0))[: len(signal)] * np.float32(gain)


@pytest.mark.parametrize("gain", [1.0, 0.3, -0.8])
def test_a_copy_at_any_gain_or_sign_is_the_same_signal(gain):
    assert same_signal(syllables(1), np.float32(gain) * syllables(1))


def test_two_people_are_not_the_same_signal():
    assert not same_signal(syllables(1), syllables(2))


def test_silence_is_not_the_same_signal_as_speech():
    assert not same_signal(syllables(1), np.zeros(len(syllables(1)), np.float32))


@pytest.mark.parametrize("delay", [0.0, 0.05, 0.2])
def test_a_faint_late_copy_makes_no_speech(delay):
    voice = syllables(1)
    line = np.random.default_rng(9).standard_normal(len(voice)).astype(np.float32) * 1e-4
    speech = [(Span(0.0, 4.0),), (Span(0.3, 3.9),)]
    own = without_leaks(np.stack([voice, late(voice, delay, 0.05) + line]), speech)
    assert own[0] == speech[0]
    assert sum(span.end - span.start for span in own[1]) < 0.6


def test_someone_speaking_softly_at_the_same_time_is_kept():
    speech = [(Span(0.0, 4.0),), (Span(0.3, 3.9),)]
    own = without_leaks(np.stack([syllables(1), syllables(2) * np.float32(0.1)]), speech)
    assert sum(span.end - span.start for span in own[1]) > 3.0
