"""Sounds that are not speech: music on hold, ringing, beeps, tones, keys, long silence. Conservative: speech is never an event.

A frame of 64 ms every 32 ms is *tonal* when few narrow peaks hold nearly all of its power. Tonal stretches outside of speech
are music when their frequencies change and yet each note holds (a murmur of voices glides), and pulses of one or two steady
frequencies otherwise, which pipeline.audio.tones tells apart. Keys are found before, in pipeline.audio.keypad. Known misses:
what sounds under speech, songs that the speech detector takes for speech.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.audio import keypad
from pipeline.audio.tones import Pulse, signals
from pipeline.records import Event, Span

if TYPE_CHECKING:
    from pipeline.protocols import Samples

RATE = 16000
WINDOW, HOP = 1024, 512
BAND = slice(13, 256)  # 200 Hz to 4 kHz
QUIET_DB = -60.0
HEARD_DB = -50.0  # softer tones are hum of the line
TONAL = 0.7  # share of power in the four strongest bins and their neighbours
PURE = 0.85  # the same for the two strongest of a pulse
SECOND = 0.05  # of the strongest tone's power, from which a second one counts
LONG_SILENCE, LONG_MUSIC = 5.0, 5.0
BRIDGE = 1.2  # seconds: notes closer than this belong together
HELD, NOTE, PEAK = 0.33, 6, 2.5  # share of power in peaks that hold for so many frames, so far above their neighbours
OTHERS = 0.25  # share of a melody that is not its usual note
DRIFT = 24.0  # Hz by which a steady tone may move from frame to frame
BLOCK = 8192  # frames at once

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


def events(
    samples: Samples, speech: Sequence[Sequence[Span]] = (), pressed: Sequence[keypad.Press] = ()
) -> tuple[Event, ...]:
    """Events of ``[channels, samples]`` float32 at 16 kHz, in order of start. ``speech``: regions of each channel;
    ``pressed``: the keys that were found, and silenced, before."""
    found = list(keypad.rows(pressed))
    quiet = np.ones(max(0, (samples.shape[1] - WINDOW) // HOP + 1), bool)
    for channel, signal in enumerate(samples if len(quiet) else ()):
        spoken = speech[channel] if channel < len(speech) else ()
        line = _Line.of(signal, spoken)
        quiet &= (line.level < QUIET_DB) & line.free
        found += line.events(channel)
    for span in keypad.covers(pressed):
        quiet[int(span[0] * RATE / HOP) : int(span[1] * RATE / HOP) + 1] = False
    found += [Event("silence", a, b) for a, b in map(_span, _runs(quiet)) if b - a >= LONG_SILENCE]
    return tuple(sorted((_rounded(event) for event in found), key=lambda event: (event.start, event.channel or 0)))


@dataclass(frozen=True, slots=True)
class _Line:
    """One channel by frames: loudness in dB, outside of speech, tonal, nothing but tones, its one or two frequencies, its
    spectrum (of the frames in ``picked`` only)."""

    level: Floats
    free: Bools
    tonal: Bools
    pure: Bools
    low: Floats
    high: Floats
    picked: npt.NDArray[np.intp]
    power: Floats

    @classmethod
    def of(cls, signal: npt.NDArray[np.float32], spoken: Sequence[Span]) -> _Line:
        level = _level(signal)
        free = _outside(len(level), spoken)
        tonal, pure = np.zeros((2, len(level)), bool)
        low, high = np.zeros((2, len(level)), np.float32)
        picked = np.flatnonzero(free & (level > HEARD_DB))
        power = _spectra(signal, picked)
        if len(picked):
            tonal[picked], pure[picked], low[picked], high[picked] = _peaks(power)
        return cls(level, free, tonal, pure, low, high, picked, power)

    def events(self, channel: int) -> Iterator[Event]:
        music = [
            run for run in _runs(_bridged(self.tonal, round(BRIDGE * RATE / HOP)) & self.free) if self._music(*run)
        ]
        rest = self.tonal & self.pure
        for start, end in music:
            rest[start:end] = False
            yield Event("music", *_span((start, end)), channel)
        yield from signals([self._pulse(start, end) for start, end in self._steady(rest)], channel)

    def _music(self, start: int, end: int) -> bool:
        if (end - start) * HOP / RATE < LONG_MUSIC:
            return False
        tonal = self.tonal[start:end]
        if tonal.mean() <= 0.3 or not self._moves(start + np.flatnonzero(tonal)):
            return False
        first, last = np.searchsorted(self.picked, [start, end])
        return float(np.median(_held(self.power[first:last]))) >= HELD

    def _moves(self, frames: npt.NDArray[np.intp]) -> bool:
        """Whether other notes sound for a good part of the time: a melody moves, a tone does not."""
        others = np.zeros(len(frames), bool)
        for hertz in (self.low[frames], self.high[frames]):
            others |= np.abs(hertz - np.median(hertz)) > DRIFT
        return float(others.mean()) >= OTHERS

    def _steady(self, tonal: Bools) -> Iterator[tuple[int, int]]:
        """Runs of tonal frames whose frequencies stay."""
        for start, end in _runs(tonal):
            jumps = np.maximum(np.abs(np.diff(self.low[start:end])), np.abs(np.diff(self.high[start:end]))) > DRIFT
            edges = [start, *(start + 1 + np.flatnonzero(jumps)).tolist(), end]
            yield from pairwise(edges)

    def _pulse(self, start: int, end: int) -> Pulse:
        low, high = float(np.median(self.low[start:end])), float(np.median(self.high[start:end]))
        inside = self.level[start + 1 : end - 1] if end - start > 4 else self.level[start:end]
        waver = float(np.subtract(*np.percentile(inside, [90, 10])))
        glide = float(np.ptp(self.low[start:end]))
        return Pulse(start * HOP / RATE, ((end - 1) * HOP + WINDOW) / RATE - HOP / RATE, low, high, glide, waver)


def _level(signal: npt.NDArray[np.float32]) -> Floats:
    """dB of every window, from the power of the hops it is made of."""
    hops = signal[: len(signal) // HOP * HOP].reshape(-1, HOP)
    power = np.einsum("ij,ij->i", hops, hops) / HOP
    return np.asarray(10 * np.log10(np.maximum((power[1:] + power[:-1]) / 2, 1e-12)), np.float32)


def _spectra(signal: npt.NDArray[np.float32], picked: npt.NDArray[np.intp]) -> Floats:
    """Power ``[len(picked), bins]`` of those frames in the band of a telephone."""
    from scipy import fft  # 0.2 s: only where sound is processed

    power = np.zeros((len(picked), BAND.stop - BAND.start), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)[::HOP]
    window = np.hanning(WINDOW).astype(np.float32)
    for first in range(0, len(picked), BLOCK):
        part = picked[first : first + BLOCK]
        power[first : first + len(part)] = np.square(np.abs(fft.rfft(frames[part] * window, axis=1)[:, BAND]))
    return power


def _peaks(power: Floats) -> tuple[Bools, Bools, Floats, Floats]:
    """Whether each frame is tonal, whether it is nothing but a tone or two, and its two strongest frequencies in Hz, the
    lower first; one twice where it is alone."""
    total = np.maximum(power.sum(axis=1), 1e-12)
    left, every = power.copy(), np.arange(len(power))
    held, tops, strength = [], [], []
    for _ in range(4):
        top = left.argmax(axis=1)
        tops.append(top)
        strength.append(left[every, top])
        held.append(np.zeros(len(power), np.float32))
        for shift in (-2, -1, 0, 1, 2):
            near = np.clip(top + shift, 0, power.shape[1] - 1)
            held[-1] += left[every, near]
            left[every, near] = 0.0
    second = np.where(strength[1] >= SECOND * strength[0], tops[1], tops[0])
    hertz = np.sort((np.stack([tops[0], second]) + BAND.start) * RATE / WINDOW, axis=0).astype(np.float32)
    return sum(held) / total > TONAL, (held[0] + held[1]) / total > PURE, hertz[0], hertz[1]


def _held(power: Floats) -> Floats:
    """Share of each frame's power in peaks that stay where they are for ``NOTE`` frames: notes do, voices glide."""
    around = np.cumsum(np.pad(power, ((0, 0), (9, 8))), axis=1)
    beside = (around[:, 17:] - around[:, :-17]) / 17
    peaks = np.zeros(power.shape, bool)
    peaks[:, 1:-1] = (power[:, 1:-1] >= power[:, :-2]) & (power[:, 1:-1] >= power[:, 2:])
    peaks &= (power > PEAK * beside) & (power > 1e-3 * power.sum(axis=1, keepdims=True))
    near, count = _wider(peaks), len(power)
    lasting = peaks.copy()
    for shift in range(1, NOTE):
        lasting[: count - shift] &= near[shift:]
        lasting[count - shift :] = False
    covered = lasting.copy()
    for shift in range(1, NOTE):
        covered[shift:] |= lasting[: count - shift]
    return np.asarray((power * _wider(_wider(covered))).sum(axis=1) / np.maximum(power.sum(axis=1), 1e-12), np.float32)


def _wider(flags: Bools) -> Bools:
    """With the bins beside."""
    wide = flags.copy()
    wide[:, 1:] |= flags[:, :-1]
    wide[:, :-1] |= flags[:, 1:]
    return wide


def _outside(frames: int, spoken: Sequence[Span]) -> Bools:
    free = np.ones(frames, bool)
    for span in spoken:
        free[max(0, int(span.start * RATE / HOP) - 2) : int(span.end * RATE / HOP) + 1] = False
    return free


def _bridged(flags: Bools, gap: int) -> Bools:
    """``flags`` with holes of at most ``gap`` frames closed."""
    closed = flags.copy()
    for start, end in _runs(~flags):
        if start > 0 and end < len(flags) and end - start < gap:
            closed[start:end] = True
    return closed


def _runs(flags: Bools) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    yield from zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)


def _span(frames: tuple[int, int]) -> tuple[float, float]:
    return frames[0] * HOP / RATE, frames[1] * HOP / RATE


def _rounded(event: Event) -> Event:
    return replace(event, start=round(event.start, 3), end=round(event.end, 3))
