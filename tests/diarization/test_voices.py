"""The speaker encoder against numbers of its own package (Resemblyzer 0.1.4, librosa 0.11)."""

import json
from pathlib import Path

import librosa
import numpy as np
import pytest

from pipeline.diarization._voices import load_encoder
from pipeline.diarization._windows import LENGTH, cut, mirrored
from pipeline.records import Span

REFERENCE = json.loads(Path(__file__).with_name("voice_encoder_reference.json").read_text())


def chirps() -> np.ndarray:
    """Two seconds of a buzz that glides: the signal behind the stored numbers."""
    time = np.arange(32000) / 16000
    pitch = 120 + 40 * np.sin(2 * np.pi * 0.7 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / 16000
    buzz = sum(np.sin(k * phase) / k for k in range(1, 20)) * (0.6 + 0.4 * np.sin(2 * np.pi * 3.0 * time))
    return (0.05 * buzz).astype(np.float32)


def test_the_mel_spectrogram_is_librosas():
    signal = chirps()
    expected = librosa.feature.melspectrogram(y=signal, sr=16000, n_fft=400, hop_length=160, n_mels=40).T
    assert load_encoder().mels(signal) == pytest.approx(expected, abs=1e-6)


def test_the_voice_vector_is_the_packages():
    mels = load_encoder().mels(chirps())
    [vector] = load_encoder().embed([mels[:160]])
    expected = np.array(REFERENCE["first_partial"], np.float32)
    assert vector @ expected / np.linalg.norm(expected) >= 0.9999


def test_batches_change_nothing():
    mels = load_encoder().mels(chirps())
    windows = [mels[start : start + length] for start in range(0, 60, 10) for length in (60, 100)]
    together = load_encoder().embed(windows, threads=2)
    alone = np.concatenate([load_encoder().embed([window]) for window in windows])
    assert np.abs(together - alone).max() < 1e-5


def test_windows_cover_speech_and_never_silence():
    windows = cut([Span(1.0, 1.4), Span(3.0, 6.3), Span(7.0, 7.05)], 1000)
    assert next((a, b) for a, b in zip(windows.first, windows.last, strict=True)) == (100, 140)
    assert (windows.first[1], windows.last[-1]) == (300, 630)
    assert all(np.diff(windows.first[1:]) <= 40)
    assert set(windows.region) == {0, 1}


def test_a_long_call_gets_no_more_than_its_share_of_windows():
    windows = cut([Span(20.0 * n, 20.0 * n + 18.0) for n in range(540)], 3 * 3600 * 100)
    assert len(windows) < 7500


def test_short_speech_is_played_there_and_back():
    mels = np.arange(3, dtype=np.float32)[:, None] * np.ones((1, 40), np.float32)
    assert mirrored(mels, 8)[:, 0].tolist() == [0, 1, 2, 2, 1, 0, 0, 1]
    assert len(mirrored(np.zeros((LENGTH + 5, 40), np.float32))) == LENGTH + 5
