"""Pitch of the voices in a call, by autocorrelation (Boersma 1993): the period at which a stretch of speech is most like itself.

Only speech is looked at, twenty frames a second, all frames of a channel at once: a fraction of a millisecond for a second of
sound. The telephone cuts the lowest tone of most voices off; the distance of the tones above it is enough. What is kept is one
value every tenth of a second, so that turns can be compared with each other later, without the sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.records import Pitch, Span

if TYPE_CHECKING:
    from pipeline.protocols import Samples

RATE = 16000
STEP = 0.1  # seconds a value
FRAMES = 2  # a value, of which the clearer one counts
SIZE, PADDED = 640, 1024  # samples of a frame: 40 ms, three periods of a low voice
BAND = 129  # bins of PADDED, up to 2 kHz: above it voices are breath
HUM = 4  # bins that hold a constant and the hum of the mains
LAGS = 512  # of the autocorrelation, at 8 kHz
LOWEST, HIGHEST = 70.0, 400.0  # Hz
OCTAVE = 0.02  # that a period twice as long must be clearer by
CLEAR = 0.5  # autocorrelation from which a frame is voiced
HEARD = 10 ** (-50 / 10)  # mean square in the band, below which nothing sounds
BLOCK = 4096  # frames at once: 17 MB

Floats = npt.NDArray[np.float32]


def pitch(samples: Samples, speech: Sequence[Sequence[Span]]) -> Pitch:
    """Hz of ``[channels, samples]`` float32 at 16 kHz, inside the ``speech`` of each channel; 0 where no voice sounds."""
    spoken = [speech[channel] if channel < len(speech) else () for channel in range(len(samples))]
    return Pitch(STEP, tuple(_curve(signal, spans) for signal, spans in zip(samples, spoken, strict=True)))


def _curve(signal: Samples, spans: Sequence[Span]) -> tuple[float, ...]:
    slots = -(-len(signal) // round(STEP * RATE))
    hertz, clear = np.zeros(slots * FRAMES, np.float32), np.zeros(slots * FRAMES, np.float32)
    picked = _frames_of(spans, len(signal))
    for start in range(0, len(picked), BLOCK):
        some = picked[start : start + BLOCK]
        hertz[some], clear[some] = _voices(signal, some)
    best = clear.reshape(slots, FRAMES).argmax(axis=1)
    return tuple(np.round(hertz.reshape(slots, FRAMES)[np.arange(slots), best].astype(float), 1).tolist())


def _frames_of(spans: Sequence[Span], samples: int) -> npt.NDArray[np.intp]:
    """Numbers of the frames that lie inside speech and inside the signal."""
    hop = STEP / FRAMES
    last = (samples - SIZE) // round(hop * RATE)
    inside = [
        np.arange(int(np.ceil(span.start / hop)), min(int((span.end - SIZE / RATE) / hop), last) + 1) for span in spans
    ]
    return np.unique(np.concatenate(inside)) if inside else np.zeros(0, np.intp)


def _voices(signal: Samples, picked: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Hz and clearness of the frames ``picked``; both 0 where a frame is unvoiced or too soft."""
    from scipy import fft  # 0.2 s: only where sound is processed

    window, own = _window()
    hop = round(STEP / FRAMES * RATE)
    frames = np.lib.stride_tricks.sliding_window_view(signal, SIZE)[picked * hop]
    power = np.abs(fft.rfft(frames * window, PADDED, axis=1)[:, :BAND]) ** 2
    power[:, :HUM] = 0.0
    loud = power.sum(axis=1) * 2 / (PADDED * np.square(window).sum()) >= HEARD
    alike = fft.irfft(power, LAGS, axis=1)[:, : LAGS // 2]
    alike = alike / np.maximum(alike[:, :1], 1e-12) / own
    first, last = int(8000 / HIGHEST), int(8000 / LOWEST)
    height, shift = _peaks(alike[:, first - 1 : last + 2])
    lags = np.arange(first, last + 1)
    best = (height - (OCTAVE * np.log2(lags / first)).astype(np.float32)).argmax(axis=1)
    rows = np.arange(len(picked))
    clear = height[rows, best]
    voiced = loud & (clear >= CLEAR)
    return np.where(voiced, 8000 / (lags[best] + shift[rows, best]), 0.0), np.where(voiced, clear, 0.0)


def _peaks(alike: Floats) -> tuple[Floats, Floats]:
    """Height of the parabola through each value and its neighbours, and how far its top is to the side; -1 where no peak is."""
    left, here, right = alike[:, :-2], alike[:, 1:-1], alike[:, 2:]
    bend = left - 2 * here + right
    peak = (here >= left) & (here >= right) & (bend < -1e-9)
    shift = np.divide(left - right, 2 * bend, out=np.zeros_like(bend), where=peak)
    return np.where(peak, here - (left - right) * shift / 4, -1.0), shift


@cache
def _window() -> tuple[Floats, Floats]:
    """A Hann window, and what it alone makes of the autocorrelation at each lag."""
    window = np.hanning(SIZE).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(window, PADDED)[:BAND]) ** 2
    own = np.fft.irfft(spectrum, LAGS)[: LAGS // 2]
    return window, np.maximum(own / own[0], 1e-3).astype(np.float32)
