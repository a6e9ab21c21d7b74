"""Speech regions: the official loop's boundaries, and no speech where there is none."""

import warnings
from importlib.resources import files

import numpy as np
import pytest
import torch

from pipeline.audio.vad import FRAME, speech_probabilities, speech_regions
from pipeline.training.voices import speak
from sample_calls import sounds

RATE = 16000


@pytest.fixture(scope="module")
def spoken() -> np.ndarray:
    rng = np.random.default_rng(1)
    pieces = [np.pad(speak(text, voice), (4000, 9000)) for text, voice in
              (("Hello, how can I help you today?", "slt"), ("yes", "rms"), ("No, my card was declined.", "kal16"))]  # fmt: skip
    signal = np.concatenate(pieces)
    return (signal + rng.normal(0, 0.003, len(signal))).astype(np.float32)


def official(signal: np.ndarray) -> np.ndarray:
    """One probability a frame from the package's own network, fed frame by frame."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        model = torch.jit.load(str(files("silero_vad") / "data" / "silero_vad.jit")).eval()
    padded = np.pad(signal, (0, -len(signal) % FRAME)).reshape(-1, FRAME)
    model.reset_states()
    with torch.no_grad():
        return np.array([model(torch.from_numpy(frame), RATE).item() for frame in padded])


def test_probabilities_are_those_of_the_official_loop(spoken):
    signals = [spoken[:40000], spoken[:70123], spoken[:0], spoken[:100]]
    for signal, odds in zip(signals, speech_probabilities(signals, threads=2), strict=True):
        assert len(odds) == -(-len(signal) // FRAME)
        if len(signal):
            assert np.abs(odds - official(signal)).max() < 1e-4


def test_speech_is_found_in_order_and_inside_the_signal(spoken):
    [regions] = speech_regions([spoken], threads=1)
    assert len(regions) >= 3
    edges = [edge for region in regions for edge in (region.start, region.end)]
    assert edges == sorted(edges)
    assert edges[0] >= 0.0
    assert edges[-1] <= len(spoken) / RATE


def test_speech_at_minus_thirty_decibels_is_still_speech(spoken):
    loud, quiet = speech_regions([spoken, spoken * np.float32(0.0316)], threads=1)
    spoken_for = [sum(region.end - region.start for region in regions) for regions in (loud, quiet)]
    assert spoken_for[1] == pytest.approx(spoken_for[0], rel=0.1)


@pytest.mark.parametrize(
    "sound",
    [
        sounds.music(12.0),
        sounds.ring(2),
        sounds.dtmf("1234567890"),
        sounds.beep(0.4, 1400.0, 3),
        sounds.tone(4.0),
        sounds.hum(4 * RATE, -30.0),
        sounds.hiss(4 * RATE, np.random.default_rng(2), -30.0),
        np.zeros(RATE, np.float32),
    ],
    ids=["music", "ring", "dtmf", "beep", "tone", "hum", "hiss", "silence"],
)
def test_what_is_not_speech_is_not_heard_as_speech(sound):
    assert speech_regions([np.asarray(sound, np.float32)], threads=1) == [()]
