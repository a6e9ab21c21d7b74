"""How well a call was recorded: noise, clipping, band, lost packets, and one side heard on the other.

Worked out once, where the samples are in memory; what is kept are a few numbers a channel and the stretches in which words
should not be trusted. Everything is arithmetic over frames of 20 ms: about a thousand times as fast as the call lasts.
Known misses: noise that a recorder lets through under speech only (it gates the pauses), and loss that the telephone has
filled with made-up sound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.audio import defects
from pipeline.records import ChannelQuality, Poor, Quality, Seconds, Span

if TYPE_CHECKING:
    from pipeline.protocols import Samples

RATE = 16000
FRAME = 320  # samples, 20 ms
STEP = FRAME / RATE
FLOOR = 1e-9  # power of digital silence, -90 dB
AROUND = 10  # frames around speech that are neither speech nor noise
QUIET_SHARE = 0.3  # quantile of the power between speech that is taken for noise
FEW = 25  # frames of noise below which the softest moments of speech stand in
BEST_DB = 60.0
LOCAL = 500  # frames over which noise is told for itself, 10 s
WINDOW = 100  # frames that are judged together, 2 s
SPEAKING = 25  # of them that must hold speech
NOISY_DB = 6.0  # speech over noise below which words are a guess; see `callsift eval quality`
CLIPPED = 0.4  # share of the frames of speech in a window that clip
LOST = 0.08  # share of the speech in a window that is gone
SYLLABLE: Seconds = 0.1  # a gap from which it costs a word by itself
TOUCHED: Seconds = 0.2  # of speech on both sides of such a gap that suffer with it
NEAR: Seconds = 1.0  # poor stretches closer than this are one

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Side:
    """One channel by frames: its power, where somebody speaks, the noise there, what is clipped and lost."""

    signal: Floats
    power: Floats
    spoken: Bools
    noise: Floats
    clipped: Bools
    lost: tuple[Span, ...]

    @classmethod
    def of(cls, signal: Floats, speech: Sequence[Span], hidden: Bools) -> _Side:
        whole = signal[: len(signal) // FRAME * FRAME].reshape(-1, FRAME)
        power = np.maximum(np.einsum("ij,ij->i", whole, whole) / FRAME, FLOOR).astype(np.float32)
        spoken, near = _frames(speech, len(power), 0), _frames(speech, len(power), AROUND)
        spoken &= ~hidden
        noise = _noise(power, spoken, ~near & ~hidden)
        clipped = defects.clipped(whole, spoken)
        return cls(signal, power, spoken, noise, clipped, defects.gaps(signal, speech))

    def quality(self, bleed: float | None) -> ChannelQuality:
        if not self.spoken.any():
            return ChannelQuality(None, 0.0, 0.0, 0, bleed)
        seconds = float(self.spoken.sum()) * STEP
        lost = sum(gap.end - gap.start for gap in self.lost)
        return ChannelQuality(
            round(self.snr(self.spoken), 1),
            round(float(self.clipped[self.spoken].mean()), 4),
            round(min(1.0, lost / seconds), 4),
            int(defects.band(self.signal, self.spoken, FRAME)),
            bleed,
        )

    def snr(self, where: Bools | npt.NDArray[np.intp]) -> float:
        """Speech over noise in dB; what is measured in speech holds the noise too, which is taken off."""
        noise = float(self.noise[where].mean())
        speech = max(float(self.power[where].mean()) - noise, 0.1 * noise)
        return float(min(BEST_DB, 10 * np.log10(speech / noise)))

    def poor(self, channel: int) -> list[Poor]:
        long = [gap for gap in self.lost if gap.end - gap.start >= SYLLABLE]
        found = [Poor("lost", max(0.0, gap.start - TOUCHED), gap.end + TOUCHED, channel) for gap in long]
        for first in range(0, len(self.power), WINDOW):
            where = first + np.flatnonzero(self.spoken[first : first + WINDOW])
            if len(where) < SPEAKING:
                continue
            start, end = first * STEP, min(first + WINDOW, len(self.power)) * STEP
            if self.snr(where) < NOISY_DB:
                found.append(Poor("noisy", start, end, channel))
            if sum(gap.end - gap.start for gap in self.lost if start <= gap.start < end) > LOST * len(where) * STEP:
                found.append(Poor("lost", start, end, channel))
            if self.clipped[where].mean() > CLIPPED:
                found.append(Poor("clipped", start, end, channel))
        return found


def quality(samples: Samples, speech: Sequence[Sequence[Span]], hidden: Sequence[Span] = ()) -> Quality:
    """The quality of ``[channels, n]`` float32 at 16 kHz. ``speech``: regions of each channel; ``hidden``: stretches that
    were silenced by us (keys), which say nothing about the recording."""
    count = samples.shape[1] // FRAME
    out = _frames(hidden, count, 1)
    sides = [_Side.of(signal, speech[n] if n < len(speech) else (), out) for n, signal in enumerate(samples)]
    bleeds = [_bleed(n, sides) for n in range(len(sides))]
    poor = [one for n, side in enumerate(sides) for one in side.poor(n)]
    return Quality(tuple(side.quality(bleed) for side, bleed in zip(sides, bleeds, strict=True)), _joined(poor))


def _bleed(own: int, sides: Sequence[_Side]) -> float | None:
    """How far below its own level another side is heard here, in dB; the strongest counts."""
    heard = [
        defects.leak(sides[own].signal, other.signal, other.spoken & (other.power > sides[own].power), FRAME)
        for n, other in enumerate(sides)
        if n != own
    ]
    known = [level for level in heard if level is not None]
    return round(max(known), 1) if known else None


def _noise(power: Floats, spoken: Bools, pause: Bools) -> Floats:
    """Power of the noise at every frame: of the pauses within ten seconds, else of the whole call."""
    quiet = power[pause & (power > 2 * FLOOR)]
    if len(quiet) < FEW:
        whole = float(np.quantile(power[spoken], 0.05)) if spoken.any() else FLOOR
        if pause.sum() >= FEW:  # pauses of digital silence: whatever noise there is was gated
            whole = FLOOR
    else:
        whole = float(np.quantile(quiet, QUIET_SHARE))
    noise = np.full(len(power), whole, np.float32)
    for first in range(0, len(power), LOCAL):
        near = slice(max(0, first - LOCAL // 2), first + LOCAL + LOCAL // 2)
        local = power[near][pause[near] & (power[near] > 2 * FLOOR)]
        if len(local) >= 2 * FEW:
            noise[first : first + LOCAL] = np.quantile(local, QUIET_SHARE)
    return noise


def _frames(spans: Sequence[Span], count: int, around: int) -> Bools:
    """Frames that lie in ``spans``, with so many beside."""
    inside = np.zeros(count, bool)
    for span in spans:
        inside[max(0, int(span.start / STEP) - around) : int(np.ceil(span.end / STEP)) + around] = True
    return inside


def _joined(poor: Sequence[Poor]) -> tuple[Poor, ...]:
    """Neighbours of one kind and channel as one, in order of time."""
    joined: list[Poor] = []
    for one in sorted(poor, key=lambda p: (p.channel, p.kind, p.start)):
        last = joined[-1] if joined else None
        if last and (last.channel, last.kind) == (one.channel, one.kind) and one.start - last.end <= NEAR:
            joined[-1] = Poor(one.kind, last.start, max(last.end, one.end), one.channel)
        else:
            joined.append(one)
    rounded = [Poor(p.kind, round(p.start, 3), round(p.end, 3), p.channel) for p in joined]
    return tuple(sorted(rounded, key=lambda p: (p.start, p.channel, p.kind)))
