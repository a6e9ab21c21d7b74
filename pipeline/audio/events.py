"""Sounds that are not speech: hold music, tones (DTMF, ring, beep), long silence. Conservative: speech is never an event.

A frame of 32 ms with a 64 ms window is *tonal* when few narrow peaks hold nearly all of its power. Tonal stretches outside
of speech are tones when the same one or two frequencies hold, and music when they change for at least five seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.records import Event, Span

if TYPE_CHECKING:
    from pipeline.protocols import Samples

RATE = 16000
WINDOW, HOP = 1024, 512
BAND = slice(13, 256)  # 200 Hz to 4 kHz
QUIET_DB = -60.0
HEARD_DB = -42.0  # softer tones are hum of the line
TONAL = 0.7  # share of power in the four strongest bins and their neighbours
LONG_SILENCE, LONG_MUSIC, SHORT_TONE, LONG_BEEP = 5.0, 5.0, 0.06, 0.25
BRIDGE = 1.2  # seconds: notes and pulses closer than this belong together
LOW = np.array([697, 770, 852, 941])  # DTMF, ITU-T Q.23
HIGH = np.array([1209, 1336, 1477, 1633])


def events(samples: Samples, speech: Sequence[Sequence[Span]] = ()) -> tuple[Event, ...]:
    """Events of ``[channels, samples]`` float32 at 16 kHz, in order of start. ``speech``: regions of each channel."""
    found: list[Event] = []
    for channel, signal in enumerate(samples):
        if len(signal) < WINDOW:
            continue
        spoken = speech[channel] if channel < len(speech) else ()
        found += [Event(kind, start, end, channel) for kind, start, end in _of_channel(signal, spoken)]
    return tuple(sorted(found, key=lambda event: (event.start, event.channel)))


def _of_channel(signal: npt.NDArray[np.float32], spoken: Sequence[Span]) -> Iterator[tuple[str, float, float]]:
    frames = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)[::HOP]
    level = 10 * np.log10(np.maximum(np.square(frames).mean(axis=1), 1e-12))
    free = _outside(len(frames), spoken)
    quiet = level < QUIET_DB
    for start, end in _runs(quiet & free):
        if _seconds(end - start) >= LONG_SILENCE:
            yield "silence", _seconds(start), _seconds(end)
    picked = np.flatnonzero(free & (level > HEARD_DB))
    tonal, first, second = np.zeros(len(frames), bool), np.zeros(len(frames)), np.zeros(len(frames))
    if len(picked):
        tonal[picked], first[picked], second[picked] = _peaks(frames[picked])
    for start, end in _runs(_bridged(tonal, round(BRIDGE * RATE / HOP)) & free):
        kind = _kind(tonal[start:end], first[start:end], second[start:end])
        if kind:
            yield kind, _seconds(start), _seconds(end)


def _peaks(
    frames: npt.NDArray[np.float32],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Whether each frame is tonal, and its two strongest frequencies in Hz, the lower first."""
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)))[:, BAND]
    total = np.maximum(power.sum(axis=1), 1e-12)
    left, rows = power.copy(), np.arange(len(power))
    held, tops = np.zeros(len(power)), []
    for _ in range(4):
        top = left.argmax(axis=1)
        tops.append(top)
        for shift in (-2, -1, 0, 1, 2):
            near = np.clip(top + shift, 0, power.shape[1] - 1)
            held += left[rows, near]
            left[rows, near] = 0.0
    hertz = np.sort((np.stack(tops[:2]) + BAND.start) * RATE / WINDOW, axis=0)
    return held / total > TONAL, hertz[0], hertz[1]


def _kind(tonal: npt.NDArray[np.bool_], first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> str | None:
    seconds = _seconds(len(tonal))
    low, high = first[tonal], second[tonal]
    if not len(low) or seconds < SHORT_TONE:
        return None
    pressed = (np.abs(low[:, None] - LOW).min(axis=1) < 20) & (np.abs(high[:, None] - HIGH).min(axis=1) < 25)
    if pressed.mean() > 0.6:
        return "dtmf"
    steady = np.median(np.abs(low - np.median(low))) < 20
    if seconds >= LONG_MUSIC and not steady and tonal.mean() > 0.3:
        return "music"
    if steady and len(low) * HOP / RATE >= LONG_BEEP:
        return "ring" if seconds >= 1.5 and 350 <= np.median(low) <= 480 else "beep" if seconds < 1.5 else "tone"
    return None


def _outside(frames: int, spoken: Sequence[Span]) -> npt.NDArray[np.bool_]:
    free = np.ones(frames, bool)
    for span in spoken:
        free[max(0, int(span.start * RATE / HOP) - 2) : int(span.end * RATE / HOP) + 1] = False
    return free


def _bridged(flags: npt.NDArray[np.bool_], gap: int) -> npt.NDArray[np.bool_]:
    """``flags`` with holes of at most ``gap`` frames closed."""
    closed = flags.copy()
    places = np.flatnonzero(flags)
    for before, after in pairwise(places):
        if 1 < after - before <= gap:
            closed[before:after] = True
    return closed


def _runs(flags: npt.NDArray[np.bool_]) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _seconds(frames: float) -> float:
    return round(float(frames) * HOP / RATE, 3)
