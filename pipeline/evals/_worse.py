"""Ways in which recorders and lines make a call worse, each with what it should be measured as.

``apply`` takes ``[channels, n]`` float32 at 16 kHz and the speech of each channel, and gives ``[channels, m]`` at 8 kHz with
the true value of ``measured`` (None where only the cost is asked).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import soxr

from pipeline.records import Quality, Span

if TYPE_CHECKING:
    from pipeline.protocols import Samples

FROM, TO = 16000, 8000
PACKET = 160  # samples at 8 kHz, 20 ms
Sound = npt.NDArray[np.float64]
Spoken = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Worse:
    """One condition. ``setting`` is what a person at the recorder would change."""

    name: str
    setting: str
    make: Callable[[Sound, Spoken, np.random.Generator], tuple[Sound, float | None]]
    measured: Callable[[Quality], float | None] = lambda quality: None
    mono: bool = False

    def apply(
        self, samples: Samples, speech: Sequence[Sequence[Span]], rng: np.random.Generator
    ) -> tuple[Samples, float | None]:
        narrow = np.stack([soxr.resample(row, FROM, TO) for row in samples]).astype(np.float64)
        spoken = np.zeros(narrow.shape, bool)
        for row, spans in zip(spoken, speech, strict=True):
            for span in spans:
                row[int(span.start * TO) : int(span.end * TO)] = True
        made, truth = self.make(narrow, spoken, rng)
        return made.astype(np.float32), truth


def _as_it_is(sound: Sound, spoken: Spoken, rng: np.random.Generator) -> tuple[Sound, None]:
    return sound, None


def _noise(
    decibels: float, *, pink: bool = False
) -> Callable[[Sound, Spoken, np.random.Generator], tuple[Sound, float]]:
    def make(sound: Sound, spoken: Spoken, rng: np.random.Generator) -> tuple[Sound, float]:
        noise = rng.standard_normal(sound.shape)
        if pink:
            spectrum = np.fft.rfft(noise, axis=1)
            spectrum /= np.sqrt(np.maximum(np.arange(spectrum.shape[1]), 40 * sound.shape[1] / TO))
            noise = np.fft.irfft(spectrum, sound.shape[1], axis=1)
        for row, own, where in zip(sound, noise, spoken, strict=True):
            own *= np.sqrt(np.mean(row[where] ** 2) / 10 ** (decibels / 10) / np.mean(own**2))
        return sound + noise, decibels

    return make


def _gain(decibels: float) -> Callable[[Sound, Spoken, np.random.Generator], tuple[Sound, float]]:
    def make(sound: Sound, spoken: Spoken, rng: np.random.Generator) -> tuple[Sound, float]:
        level = np.array([[np.quantile(np.abs(row[where]), 0.999)] for row, where in zip(sound, spoken, strict=True)])
        loud = np.clip(sound / level * 10 ** (decibels / 20), -1.0, 1.0)
        tops = (np.abs(loud) >= 1.0) & spoken
        frames = [row[: len(row) // PACKET * PACKET].reshape(-1, PACKET) for row in tops]
        speaking = [row[: len(row) // PACKET * PACKET].reshape(-1, PACKET).any(axis=1) for row in spoken]
        shares = [float((f.sum(axis=1) >= 2)[s].mean()) for f, s in zip(frames, speaking, strict=True)]
        return loud, 100 * max(shares)

    return make


def _lowpass(hertz: int) -> Callable[[Sound, Spoken, np.random.Generator], tuple[Sound, float]]:
    def make(sound: Sound, spoken: Spoken, rng: np.random.Generator) -> tuple[Sound, float]:
        spectrum = np.fft.rfft(sound, axis=1)
        spectrum[:, int(hertz * sound.shape[1] / TO) :] = 0
        return np.fft.irfft(spectrum, sound.shape[1], axis=1), float(hertz)

    return make


def _loss(share: float, *, repeat: bool = False) -> Callable[[Sound, Spoken, np.random.Generator], tuple[Sound, float]]:
    """Packets of 20 ms, lost in bursts of three on average as on a crowded line (Gilbert's model)."""

    def make(sound: Sound, spoken: Spoken, rng: np.random.Generator) -> tuple[Sound, float]:
        worse, shares = sound.copy(), []
        for row, where in zip(worse, spoken, strict=True):
            lost, bad, gone = share / 3 / (1 - share), False, np.zeros(len(row) // PACKET, bool)
            for n in range(1, len(gone)):
                bad = rng.random() < (2 / 3 if bad else lost)
                gone[n] = bad
                if bad:
                    piece = slice(n * PACKET, (n + 1) * PACKET)
                    row[piece] = row[piece.start - PACKET : piece.start] if repeat else 0.0
            speaking = where[: len(gone) * PACKET].reshape(-1, PACKET).mean(axis=1) > 0.5
            shares.append(float(gone[speaking].mean()) if speaking.any() else 0.0)
        return worse, 100 * max(shares)

    return make


def _bleed(decibels: float) -> Callable[[Sound, Spoken, np.random.Generator], tuple[Sound, float]]:
    def make(sound: Sound, spoken: Spoken, rng: np.random.Generator) -> tuple[Sound, float]:
        late = np.zeros_like(sound)
        late[:, 240:] = sound[::-1, :-240]  # 30 ms
        return sound + 10 ** (decibels / 20) * late, decibels

    return make


def _mono(sound: Sound, spoken: Spoken, rng: np.random.Generator) -> tuple[Sound, None]:
    return sound.sum(axis=0, keepdims=True) / 2, None


def _eight_bit(sound: Sound, spoken: Spoken, rng: np.random.Generator) -> tuple[Sound, None]:
    return np.rint(sound * 127) / 127, None


def _least_snr(quality: Quality) -> float | None:
    """Mean over the channels, for both were made equally bad."""
    known = [channel.snr for channel in quality.channels if channel.snr is not None]
    return float(np.mean(known)) if known else None


def _most(name: str, scale: float) -> Callable[[Quality], float | None]:
    return lambda quality: (
        scale * max((float(getattr(channel, name) or 0.0) for channel in quality.channels), default=0.0)
    )


def _leaking(quality: Quality) -> float | None:
    known = [channel.bleed for channel in quality.channels if channel.bleed is not None]
    return float(np.mean(known)) if known else None


HEADSETS, GAIN = "headsets with noise cancelling, a higher level", "input gain lower"
WIDER, PACKETS, ECHO = "a codec that keeps 300 to 3400 Hz", "priority for the calls' packets", "echo cancelling"
WORSE: tuple[Worse, ...] = (
    Worse("as recorded", "", _as_it_is),
    *(Worse(f"white noise, {db} dB", HEADSETS, _noise(db), _least_snr) for db in (20, 10, 5, 0)),
    *(Worse(f"pink noise, {db} dB", HEADSETS, _noise(db, pink=True), _least_snr) for db in (10, 5)),
    *(Worse(f"clipped, gain {db} dB too high", GAIN, _gain(db), _most("clipped", 100)) for db in (6, 12, 24)),
    *(Worse(f"low-pass {hz} Hz", WIDER, _lowpass(hz), _most("band", 1)) for hz in (3000, 2000)),
    *(Worse(f"{100 * share:.0f} % lost", PACKETS, _loss(share), _most("lost", 100)) for share in (0.01, 0.03, 0.1)),
    Worse("10 % lost and repeated", PACKETS, _loss(0.1, repeat=True), _most("lost", 100)),
    *(Worse(f"other side at {db} dB", ECHO, _bleed(db), _leaking) for db in (-10, -20)),
    Worse("8-bit samples", "16-bit PCM or G.711 instead of linear 8 bit", _eight_bit),
    Worse("mono", "each side on a channel of its own", _mono, mono=True),
)
