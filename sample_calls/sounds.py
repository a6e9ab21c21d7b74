"""The sounds of a telephone line that are not speech: hiss, hum, murmur, ringing, keys, beeps, music on hold.

All are made here from sines and random numbers, float32 mono at 16 kHz; levels are root mean square in dB below full
scale. The tune is our own.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.training.voices import RATE, Samples

DTMF = {key: (row, column) for keys, row in zip(("123", "456", "789", "*0#"), (697, 770, 852, 941), strict=True)
        for key, column in zip(keys, (1209, 1336, 1477), strict=True)}  # fmt: skip
RING_S, RING_PAUSE_S = 2.0, 2.4
KEY_S, KEY_PAUSE_S = 0.16, 0.1
BEAT_S = 0.42
MELODY = (0, 4, 7, 12, 11, 7, 4, 2, 0, 5, 9, 12, 14, 12, 9, 5, 7, 11, 14, 17, 16, 14, 11, 7, 4, 7, 12, 16, 14, 11, 7, 2)
"""Semitones above the tonic, one a beat: four chords, broken up and down, then again from the top."""


def amplitude(decibels: float) -> float:
    """-20 -> 0.1."""
    return float(10 ** (decibels / 20))


def hiss(count: int, rng: np.random.Generator, level: float) -> Samples:
    """Line noise, a little stronger at low frequencies."""
    white = rng.standard_normal(count + 1, dtype=np.float32)
    tinted = white[1:] + 0.6 * white[:-1]
    return (tinted * (amplitude(level) / np.sqrt(1.36))).astype(np.float32)


def hum(count: int, level: float, hertz: float = 60.0) -> Samples:
    """Mains hum by the harmonics that pass a telephone."""
    time = np.arange(count) / RATE
    wave = sum(np.sin(2 * np.pi * hertz * harmonic * time) / harmonic for harmonic in (3, 5, 7))
    return _at_level(np.asarray(wave), level)


def murmur(speech: Samples, rng: np.random.Generator, level: float) -> Samples:
    """A room full of people: the call's own speech, backwards and shifted, many times over. No word can be heard in it."""
    backwards = speech[::-1]
    crowd = sum(np.roll(backwards, int(rng.integers(len(backwards)))) for _ in range(12))
    return _at_level(np.asarray(crowd), level)


def ring(times: int, level: float = -27.0) -> Samples:
    """American ringing as the caller hears it, with pauses between."""
    return _repeated(_tones((440.0, 480.0), RING_S, level), times, RING_PAUSE_S)


def dtmf(keys: str, level: float = -20.0) -> Samples:
    """Telephone keys pressed one after the other."""
    pause = np.zeros(round(KEY_PAUSE_S * RATE), dtype=np.float32)
    return np.concatenate([np.concatenate([_tones(DTMF[key], KEY_S, level), pause]) for key in keys])


def beep(seconds: float, hertz: float, times: int, level: float = -20.0) -> Samples:
    """The same beep a few times, with pauses of its own length between."""
    return _repeated(_tones((hertz,), seconds, level), times, seconds)


def tone(seconds: float, hertz: float = 440.0, level: float = -32.0) -> Samples:
    """One flat tone, as recorders lay it over what must not be kept."""
    return _tones((hertz,), seconds, level)


def music(seconds: float, level: float = -25.0) -> Samples:
    """Music on hold: the tune on a kind of electric piano over its own bass, as often as it fits."""
    count = round(seconds * RATE)
    sound = np.zeros(count + 3 * RATE, dtype=np.float64)
    for beat in range(int(seconds / BEAT_S)):
        place = round(beat * BEAT_S * RATE)
        _strike(sound, place, 261.63 * 2 ** (MELODY[beat % len(MELODY)] / 12), 0.9, 0.6)
        if beat % 8 == 0:
            _strike(sound, place, 130.81 * 2 ** (MELODY[beat % len(MELODY)] / 12), 2.4, 0.8)
    return _faded(_at_level(sound[:count], level))


def _repeated(sound: Samples, times: int, pause_s: float) -> Samples:
    pause = np.zeros(round(pause_s * RATE), dtype=np.float32)
    return np.concatenate([sound, *[pause, sound] * (times - 1)])


def _strike(sound: NDArray[np.float64], place: int, hertz: float, seconds: float, strength: float) -> None:
    time = np.arange(round(seconds * RATE)) / RATE
    note = sum(np.sin(2 * np.pi * hertz * partial * time) / partial**1.5 for partial in (1, 2, 3, 5))
    sound[place : place + len(time)] += strength * np.asarray(note) * np.exp(-3.5 * time / seconds)


def _tones(hertz: tuple[float, ...], seconds: float, level: float) -> Samples:
    time = np.arange(round(seconds * RATE)) / RATE
    return _faded(_at_level(np.asarray(sum(np.sin(2 * np.pi * one * time) for one in hertz)), level))


def _faded(sound: Samples, seconds: float = 0.01) -> Samples:
    """With soft edges, so that nothing clicks."""
    edge = np.linspace(0, 1, round(seconds * RATE), dtype=np.float32)
    faded = sound.copy()
    faded[: len(edge)] *= edge
    faded[-len(edge) :] *= edge[::-1]
    return faded


def _at_level(sound: NDArray[np.floating], level: float) -> Samples:
    loudness = float(np.sqrt(np.square(sound).mean()))
    return (sound * (amplitude(level) / max(1e-9, loudness))).astype(np.float32)
