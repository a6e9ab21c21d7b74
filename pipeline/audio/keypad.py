"""Keys pressed on a telephone: where their tones are, so that nobody can hear or work out which keys they were.

A card number typed on a keypad can be read off the sound by any receiver, and so can the code on the card's back, which may
not be kept at all (PCI DSS 3.3.1). So tones go from the samples before anything listens to them: words, posteriors, curves
and copies are made from what is left. Which key it was is worked out nowhere; only that one tone of each group of ITU-T Q.23
sounds, both steady in frequency (by the phase from frame to frame) and loudness: voices are not.

Near a key that is plain, fainter ones count too: who types one digit types others, and a tone under speech can be decoded as
well. Receivers take tones from 40 ms on (ITU-T Q.24). Known misses: keys of less than 40 ms, a lone key far below speech.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.records import Event, Seconds

if TYPE_CHECKING:
    from pipeline.protocols import Samples

RATE = 16000
HALF = 8000  # tones end at 1633 Hz
WINDOW, HOP = 200, 80  # 25 ms every 10 ms, at 8 kHz
STEP = HOP / HALF
TONES = np.array([697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0])
LOWS = 4  # of them are the low group
HEARD_DB = -62.0  # loudness of a frame below which nothing can be made out on a line
OFF = 0.02  # share by which a tone may be off its frequency
LEVEL_DB = 3.0  # by which a tone may change from frame to frame
NEAR: Seconds = 5.0  # around a plain key in which faint ones are looked for
WIDEN: Seconds = 0.03
ROW: Seconds = 5.0  # between two keys of one row at most
BETWEEN: Seconds = 1.2  # between two keys; in a longer pause somebody may have something to say
FADE = 48  # samples, 3 ms
BLOCK = 6000  # frames at once: a minute
SILENT = -1  # no two tones lead where nothing is heard

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Strictness:
    """``share`` of a frame's power in its two tones, how far the two may differ, how fast their frequency may move
    (Hz a frame), and how many frames in a row must agree."""

    share: float
    twist_db: float
    drift: float
    frames: int


PLAIN = (_Strictness(0.6, 10.0, 4.0, 4), _Strictness(0.7, 8.0, 4.0, 3))  # a short key must be the plainer
FAINT = _Strictness(0.05, 14.0, 6.0, 4)  # about two false ones a minute, so only near plain ones


@dataclass(frozen=True, slots=True)
class Press:
    """One key, held from ``start`` to ``end``."""

    start: Seconds
    end: Seconds
    channel: int


def presses(samples: Samples) -> tuple[Press, ...]:
    """Keys pressed in ``[channels, n]`` float32 at 16 kHz, in order of start."""
    found: list[Press] = []
    for channel, signal in enumerate(samples):
        seen = _Seen.of(signal)
        plain = [run for strictness in PLAIN for run in seen.runs(strictness)]
        faint = seen.runs(FAINT, _near(plain, len(seen.power))) if plain else []
        found += [
            Press(max(0.0, first * STEP - WIDEN), last * STEP + WINDOW / HALF + WIDEN, channel)
            for first, last in _joined([*plain, *faint])
        ]
    return tuple(sorted(found, key=lambda press: (press.start, press.channel)))


def silenced(samples: Samples, pressed: Sequence[Press]) -> Samples:
    """``samples`` without those keys (see `covers`). Changed in place."""
    ramp = np.linspace(1.0, 0.0, FADE, dtype=np.float32)
    for start, end, channel in covers(pressed):
        first, last = max(0, int(start * RATE)), min(samples.shape[1], int(end * RATE) + 1)
        which = slice(None) if channel is None else slice(channel, channel + 1)
        before, after = samples[which, max(0, first - FADE) : first], samples[which, last : last + FADE]
        before *= ramp[FADE - before.shape[1] :]
        after *= ramp[::-1][: after.shape[1]]
        samples[which, first:last] = 0.0
    return samples


def covers(pressed: Sequence[Press]) -> tuple[tuple[Seconds, Seconds, int | None], ...]:
    """What must not be heard: (start, end, channel; None: all).

    Each key goes from every channel, for a neighbour's microphone hears it too. Between the keys of a row its own channel
    goes as well, so that one that speech has hidden from us is not left for a patient listener.
    """
    keys = [(press.start, press.end, None) for press in pressed]
    between: list[tuple[Seconds, Seconds, int | None]] = []
    for channel in {press.channel for press in pressed}:
        own = sorted((p for p in pressed if p.channel == channel), key=lambda p: p.start)
        between += [(one.end, two.start, channel) for one, two in pairwise(own) if 0 < two.start - one.end <= BETWEEN]
    return tuple(sorted([*keys, *between], key=lambda cover: cover[:2]))


def rows(pressed: Sequence[Press]) -> tuple[Event, ...]:
    """Keys that follow each other as one event with their number. A key heard on several channels counts on one."""
    counts = Counter(press.channel for press in pressed)
    best = max(counts, key=lambda channel: counts[channel], default=0)
    own = [press for press in pressed if press.channel == best]
    apart = [p for p in pressed if p.channel == best or not any(_meet(p, other) for other in own)]
    found: list[Event] = []
    for press in sorted(apart, key=lambda p: p.start):
        last = found[-1] if found else None
        if last and last.channel == press.channel and press.start - last.end <= ROW:
            found[-1] = Event("dtmf", last.start, max(last.end, press.end), last.channel, last.count + 1)
        else:
            found.append(Event("dtmf", press.start, press.end, press.channel, 1))
    return tuple(Event(e.kind, round(e.start, 3), round(e.end, 3), e.channel, e.count) for e in found)


def _meet(press: Press, other: Press) -> bool:
    return press.start < other.end and other.start < press.end


@dataclass(frozen=True, slots=True)
class _Seen:
    """Every frame of one channel: ``power`` of all, of its strongest ``low`` and ``high`` tone, which two they are
    (``pair``), and by how many Hz each is off (by the phase up to the next frame)."""

    power: Floats
    low: Floats
    high: Floats
    pair: npt.NDArray[np.int8]
    off: Floats  # [2, frames - 1]

    @classmethod
    def of(cls, signal: Samples) -> _Seen:
        half = _halved(signal)
        count = max(0, (len(half) - WINDOW) // HOP + 1)
        power, tones = np.zeros(count, np.float32), np.zeros((count, len(TONES)), np.complex64)
        for first in range(0, count, BLOCK):
            frames = np.lib.stride_tricks.sliding_window_view(half[first * HOP :], WINDOW)[::HOP][:BLOCK]
            power[first : first + len(frames)], tones[first : first + len(frames)] = _tones(frames)
        strength = np.square(np.abs(tones))
        low, high = strength[:, :LOWS].argmax(axis=1), LOWS + strength[:, LOWS:].argmax(axis=1)
        every, pair = np.arange(count), (low * LOWS + high - LOWS).astype(np.int8)
        pair[power == 0.0] = SILENT
        off = np.stack([_off(tones, low), _off(tones, high)]) if count else np.zeros((2, 0), np.float32)
        return cls(power, strength[every, low], strength[every, high], pair, off)

    def runs(self, strictness: _Strictness, where: Bools | None = None) -> list[tuple[int, int]]:
        """First and last frame of every stretch that is a key, as long as the same two tones lead."""
        found = self._frames(strictness) & self._steady(strictness)
        if where is not None:
            found &= where[: len(found)]
        return [self._grown(first, last) for first, last in _stretches(found, strictness.frames)]

    def _frames(self, strictness: _Strictness) -> Bools:
        total = np.maximum(self.power, 1e-12)
        twist = np.abs(_db(self.low) - _db(self.high))
        loud = self.power > 10 ** (HEARD_DB / 10)
        return np.asarray(loud & (self.low + self.high > strictness.share * total) & (twist < strictness.twist_db))

    def _steady(self, strictness: _Strictness) -> Bools:
        """Frames that hold the two tones of a neighbour at nearly its frequencies and loudness."""
        count = len(self.power)
        if count < 3:
            return np.zeros(count, bool)
        border = OFF * np.stack([TONES[self.pair[:-1] // LOWS], TONES[LOWS + self.pair[:-1] % LOWS]]) + 2.0
        same = (self.pair[1:] == self.pair[:-1]) & (np.abs(self.off) < border).all(axis=0)
        for strength in (self.low, self.high):
            same &= np.abs(np.diff(_db(strength))) < LEVEL_DB
        same &= self._frames(strictness)[1:] & self._frames(strictness)[:-1]
        held = same[1:] & same[:-1] & (np.abs(np.diff(self.off, axis=1)) < strictness.drift).all(axis=0)
        steady = np.zeros(count, bool)
        for shift in range(3):  # three frames take part in what was compared
            steady[shift : shift + len(held)] |= held
        return steady

    def _grown(self, first: int, last: int) -> tuple[int, int]:
        """The stretch with its faded or covered ends: neighbours in which the same two tones are the strongest."""
        while first > 0 and self.pair[first - 1] == self.pair[first] != SILENT:
            first -= 1
        while last + 1 < len(self.pair) and self.pair[last + 1] == self.pair[last] != SILENT:
            last += 1
        return first, last


def _halved(signal: Samples) -> Floats:
    """Every two samples as their mean; what lies above 4 kHz folds back softened, which no key does."""
    even = signal[: len(signal) // 2 * 2].reshape(-1, 2)
    return np.asarray(0.5 * (even[:, 0] + even[:, 1]), np.float32)


def _tones(frames: npt.NDArray[np.float32]) -> tuple[Floats, npt.NDArray[np.complex64]]:
    """Power of each frame, and the part of each tone in it (its squared size is that tone's power)."""
    bank, window = _bank()
    power = np.zeros(len(frames), np.float32)
    tones = np.zeros((len(frames), len(TONES)), np.complex64)
    loud = np.flatnonzero(np.einsum("ij,ij->i", frames, frames) > WINDOW * 10 ** (HEARD_DB / 10))
    picked = np.ascontiguousarray(frames[loud])
    power[loud] = np.square(picked) @ (np.square(window) / np.square(window).sum())
    parts = picked @ bank
    tones[loud] = parts[:, : len(TONES)] + 1j * parts[:, len(TONES) :]
    return power, tones


def _bank() -> tuple[Floats, Floats]:
    window = np.hanning(WINDOW + 1)[:WINDOW]
    turns = np.exp(-2j * np.pi * TONES[:, None] * np.arange(WINDOW) / HALF) * window * (np.sqrt(2.0) / window.sum())
    return np.concatenate([turns.real, turns.imag]).T.astype(np.float32), window.astype(np.float32)


def _off(tones: npt.NDArray[np.complex64], chosen: npt.NDArray[np.intp]) -> Floats:
    """By how many Hz each frame's chosen tone is off, from the phase it has in the next frame."""
    every = np.arange(len(tones) - 1)
    turned = np.exp(-2j * np.pi * TONES * STEP)[chosen[:-1]]
    angle = np.angle(tones[every + 1, chosen[:-1]] * np.conj(tones[every, chosen[:-1]]) * turned)
    return np.asarray(angle / (2 * np.pi * STEP), np.float32)


def _db(power: Floats) -> Floats:
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-12)), np.float32)


def _near(runs: Sequence[tuple[int, int]], count: int) -> Bools:
    near = np.zeros(count, bool)
    for first, last in runs:
        near[max(0, first - round(NEAR / STEP)) : last + round(NEAR / STEP)] = True
    return near


def _stretches(flags: Bools, shortest: int) -> Iterator[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if end - first >= shortest:
            yield first, end - 1


def _joined(runs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs of frames in order; what overlaps is one key."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(runs):
        if joined and first <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return joined
