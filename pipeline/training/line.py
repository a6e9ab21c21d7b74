"""What a telephone line does to a voice: band, tilt, codec, noise, gain, cross-talk, silence around the words.

Everything is numpy over a whole clip (one FFT down to 8 kHz, one back up), about 2000 times real time on one core, so
that training can draw a new line for every sentence in every pass. The ``gsm`` and ``lowrate`` codecs are likenesses
made by coarse short-time spectra, not the real bit streams; files in real codecs are made where samples are made.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import fft

RATE = 16000
NARROW = 8000

Samples = NDArray[np.float32]
Codec = Literal["none", "mulaw", "alaw", "gsm", "lowrate"]
CODECS: tuple[Codec, ...] = ("none", "mulaw", "alaw", "gsm", "lowrate")


@dataclass(frozen=True, slots=True)
class Line:
    """One telephone connection. Decibels are relative to the speech; seconds are of silence before and after it."""

    codec: Codec = "mulaw"
    low: float = 300.0  # Hz, where the band begins
    high: float = 3400.0
    tilt: float = 0.0  # dB per octave around 1 kHz: dull (negative) or sharp (positive) handsets
    noise: float | None = 40.0  # signal to noise ratio in dB; None: none
    colour: float = 0.5  # spectrum of the noise: 0 white, 1 pink, 2 brown
    hum: float | None = None  # level of a mains hum below the speech in dB
    gain: float = 0.0  # dB, after which the line clips at full scale
    crosstalk: float = 25.0  # how far below the speech another voice lies, in dB
    lead: float = 0.0
    tail: float = 0.0


def draw_line(rng: np.random.Generator, strength: float = 1.0) -> Line:
    """A random line. Strength 0 is a good line, 1 spans what call centres record, the worst a few per cent of it."""
    noisy = rng.random() < 0.7 * strength
    return Line(
        codec=str(rng.choice(CODECS, p=_codec_odds(strength))),  # type: ignore[arg-type]
        low=float(rng.uniform(300 - 220 * strength, 300 + 60 * strength)),
        high=float(rng.uniform(3400 - 250 * strength, 3400 + 400 * strength)),
        tilt=float(rng.normal(0, 2.0) * strength),
        noise=float(rng.uniform(12 + 28 * (1 - strength), 45)) if noisy else None,
        colour=float(rng.uniform(0, 2)),
        hum=float(rng.uniform(20, 40)) if rng.random() < 0.1 * strength else None,
        gain=float(rng.uniform(-18, 6) * strength),
        crosstalk=float(rng.uniform(12, 35)),
        lead=float(rng.exponential(0.15 + 0.25 * strength)),
        tail=float(rng.exponential(0.15 + 0.25 * strength)),
    )


def telephone(
    samples: Samples, rng: np.random.Generator, *, line: Line | None = None, crosstalk: Samples | None = None
) -> Samples:
    """The samples as the far end hears them: float32 mono at 16 kHz, in -1..1, longer by the line's lead and tail.

    :param samples: float32 mono at 16 kHz.
    :param rng: draws the noise, and the line where none is given.
    :param crosstalk: another voice at 16 kHz that is heard faintly beneath; cut or padded to length.
    """
    line = line or draw_line(rng)
    padded = np.pad(samples, (round(line.lead * RATE), round(line.tail * RATE)))
    level = _loudness(samples)
    if crosstalk is not None:
        padded = padded + _fitted(crosstalk, len(padded), rng) * (level * _ratio(-line.crosstalk))
    narrow = _narrow(padded, line)
    narrow = narrow + _noise(len(narrow), line, level, rng)
    narrow = np.clip(narrow * _ratio(line.gain), -1, 1)
    return np.clip(_widen(_coded(narrow, line.codec, rng), len(padded)), -1, 1).astype(np.float32)


def mulaw(samples: NDArray[np.floating]) -> NDArray[np.int8]:
    """G.711-like companding to 8 bits (continuous mu-law, 255)."""
    return np.round(np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256) * 127).astype(np.int8)


def from_mulaw(codes: NDArray[np.int8]) -> Samples:
    """The samples that mulaw() stored."""
    return _MULAW_TABLE[codes.view(np.uint8)]


def _mulaw_table() -> Samples:
    codes = np.arange(256, dtype=np.uint8).view(np.int8).astype(np.float32) / 127
    return (np.sign(codes) * np.expm1(np.abs(codes) * np.log(256)) / 255).astype(np.float32)


_MULAW_TABLE = _mulaw_table()


def _codec_odds(strength: float) -> list[float]:
    lossy = 0.18 * strength
    return [0.2, 0.6 - 1.5 * lossy, 0.2 - 0.5 * lossy, lossy, lossy]


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _loudness(samples: NDArray[np.floating]) -> float:
    """Root mean square over the louder half, so that pauses do not count."""
    power = np.sort(np.square(samples[:: max(1, len(samples) // 4000)]))
    return float(np.sqrt(power[len(power) // 2 :].mean())) if len(power) else 0.0


def _fitted(voice: Samples, length: int, rng: np.random.Generator) -> Samples:
    """The other voice at loudness 1, from a random place on, silence where it ends."""
    voice = voice[rng.integers(0, max(1, len(voice) // 2)) :][:length]
    start = rng.integers(0, length - len(voice) + 1)
    return np.pad(voice, (start, length - len(voice) - start)) / max(1e-4, _loudness(voice))


def _narrow(samples: Samples, line: Line) -> NDArray[np.floating]:
    """Down to 8 kHz through the line's band, in one FFT."""
    size = _fft_size(len(samples))
    spectrum = fft.rfft(samples, size)[: size // 4 + 1]
    spectrum *= _band(size // 4 + 1, line)
    return fft.irfft(spectrum, size // 2)[: -(-len(samples) // 2)] / 2


def _band(bins: int, line: Line) -> NDArray[np.floating]:
    hertz = np.linspace(0, NARROW / 2, bins, dtype=np.float32)
    edges = np.clip((hertz - line.low * 0.7) / (line.low * 0.3), 0, 1) * np.clip(
        (line.high * 1.1 - hertz) / (line.high * 0.1), 0, 1
    )
    tilt = _ratio(line.tilt) ** np.clip(np.log2(np.maximum(hertz, 50) / 1000), -3, 2) if line.tilt else 1.0
    return edges * tilt


def _widen(samples: NDArray[np.floating], length: int) -> NDArray[np.floating]:
    size = _fft_size(len(samples))
    spectrum = np.zeros(size + 1, dtype=np.complex64)
    spectrum[: size // 2 + 1] = fft.rfft(samples, size)
    return fft.irfft(spectrum, 2 * size)[:length] * 2


def _fft_size(length: int) -> int:
    """The next length that is quick to transform and divisible by four: 2^n, 5/4, 3/2 or 7/4 of it."""
    power = 1 << max(6, (length - 1).bit_length() - 1)
    return next(size for size in (power, power // 4 * 5, power // 2 * 3, power // 4 * 7, power * 2) if size >= length)


def _noise(length: int, line: Line, level: float, rng: np.random.Generator) -> NDArray[np.floating]:
    total = np.zeros(length, dtype=np.float32)
    if line.noise is not None:
        total += _coloured(length, line.colour, rng) * (level * _ratio(-line.noise))
    if line.hum is not None:
        mains = rng.choice([50.0, 60.0]) * 6  # a harmonic that passes the band
        total += np.sin(2 * np.pi * mains / NARROW * np.arange(length)) * (level * _ratio(-line.hum))
    return total


def _coloured(length: int, colour: float, rng: np.random.Generator) -> NDArray[np.floating]:
    """Noise of loudness 1 whose power falls with frequency to the given power, inside the telephone band."""
    size = _fft_size(length)
    hertz = np.linspace(0, NARROW / 2, size // 2 + 1, dtype=np.float32)
    shape = np.where(hertz < 200, 0, (np.maximum(hertz, 200) / 200) ** np.float32(-colour / 2))
    draws = rng.standard_normal(2 * len(hertz), dtype=np.float32).view(np.complex64)
    noise = fft.irfft(draws * shape, size)[:length]
    return noise / max(1e-9, float(np.sqrt(np.square(noise).mean())))


def _coded(samples: NDArray[np.floating], codec: Codec, rng: np.random.Generator) -> NDArray[np.floating]:
    if codec == "mulaw":
        return from_mulaw(mulaw(samples))
    if codec == "alaw":
        return _alaw(samples)
    if codec == "none":
        return samples
    return (
        _vocoded(samples, rng, step=2.0, jitter=0.35)
        if codec == "gsm"
        else _vocoded(samples, rng, step=4.0, jitter=0.7)
    )


def _alaw(samples: NDArray[np.floating]) -> NDArray[np.floating]:
    """Continuous A-law (87.6) to 8 bits and back."""
    size, scale = np.abs(samples), 1 + np.log(87.6)
    with np.errstate(divide="ignore"):
        codes = np.where(size < 1 / 87.6, 87.6 * size, 1 + np.log(np.maximum(87.6 * size, 1e-9))) / scale
    codes = np.round(codes * 127) / 127 * scale
    return np.sign(samples) * np.where(codes < 1, codes / 87.6, np.exp(codes - 1) / 87.6)


def _vocoded(
    samples: NDArray[np.floating], rng: np.random.Generator, *, step: float, jitter: float
) -> NDArray[np.floating]:
    """Frames of 20 ms whose magnitudes are rounded to `step` dB and whose phases waver by `jitter` radians."""
    frame, hop = 160, 80
    window = np.sin(np.pi * (np.arange(frame, dtype=np.float32) + 0.5) / frame)
    count = -(-len(samples) // hop) + 1
    padded = np.pad(samples, (hop, count * hop - len(samples)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, frame)[::hop][:count] * window
    spectra = fft.rfft(frames, axis=1)
    decibels = 20 * np.log10(np.abs(spectra) + 1e-6)
    rounded = 10 ** (np.round(decibels / step) * step / 20)
    phases = np.angle(spectra) + rng.standard_normal(spectra.shape, dtype=np.float32) * jitter
    pieces = fft.irfft(rounded * np.exp(1j * phases), frame, axis=1) * window
    output = np.zeros(count * hop + hop, dtype=np.float32)
    output[: count * hop] += pieces[:, :hop].reshape(-1)
    output[hop:] += pieces[:, hop:].reshape(-1)
    return output[hop : hop + len(samples)]
