"""Signals of a telephone line from their pulses: ringing, beeps, flat and busy tones.

A pulse is a stretch in which the same one or two frequencies hold. What a train of pulses is, its frequencies and its rhythm
tell: ringing is 340 to 500 Hz for most of a second or more with long pauses (2 s on, 4 off in North America; 1 on, 2 off in
Korea; 1 on, 4 off on the Continent) or two short bursts close together (Britain, 0.4 on, 0.2 off, 0.4 on, 2 off), see ITU-T
E.180 and its supplement 2; a busy line sounds the same for half a second over and over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from pipeline.records import Event, Seconds

SAME = 16.0  # Hz within which two pulses sound alike
RING_LOW, RING_HIGH = (340.0, 500.0), 520.0  # of the lower and the higher tone
BUSY_HIGH = 640.0
RING_ON: tuple[Seconds, Seconds] = (0.7, 2.5)
DOUBLE_ON: tuple[Seconds, Seconds] = (0.25, 0.6)
DOUBLE_GAP: tuple[Seconds, Seconds] = (0.1, 0.35)
PAUSE: Seconds = 5.0  # between two rings at most
RHYTHM: Seconds = 1.2  # between two beeps or busy bursts at most
SHORTEST: Seconds = 0.18
LONGEST_BEEP: Seconds = 1.6
# What only a vowel does for less than HELD: the speech detector leaves its last quarter of a second out.
HELD: Seconds = 0.5
WAVER = 6.0  # dB
DEEPEST, HARMONICS = (
    400.0,
    1000.0,
)  # Hz: no beep of a recorder is deeper (a dial tone has 425), none has two tones below


@dataclass(frozen=True, slots=True)
class Pulse:
    """One or two frequencies (Hz, ``high`` is ``low`` where there is one) that hold from ``start`` to ``end``.

    ``glide``: Hz between the lowest and the highest that its lower frequency ever is; ``waver``: dB by which its level differs
    inside, between the tenth and the ninetieth of a hundred frames.
    """

    start: Seconds
    end: Seconds
    low: float
    high: float
    glide: float = 0.0
    waver: float = 0.0

    @property
    def long(self) -> Seconds:
        return self.end - self.start

    @property
    def rings(self) -> bool:
        return RING_LOW[0] <= self.low <= RING_LOW[1] and self.high <= RING_HIGH

    @property
    def voiced(self) -> bool:
        """Whether it may be the end of a vowel: short and gliding, swelling, deep, or two of the harmonics of a voice."""
        two = self.high - self.low > SAME
        return self.long < HELD and (
            self.glide > 2 * SAME or self.waver > WAVER or self.low < DEEPEST or (two and self.high < HARMONICS)
        )

    def like(self, other: Pulse) -> bool:
        return abs(self.low - other.low) <= SAME and abs(self.high - other.high) <= SAME


def signals(pulses: Sequence[Pulse], channel: int) -> Iterator[Event]:
    """What the pulses of one channel mean; those that mean nothing are left out."""
    for train in _trains([pulse for pulse in pulses if pulse.long >= SHORTEST]):
        rings = _rings(train)
        if rings:
            yield Event("ring", train[0].start, train[-1].end, channel, rings)
            continue
        for group in _groups(train):
            kind = _plain(group)
            if kind != "beep" or not all(pulse.voiced for pulse in group):
                yield Event(kind, group[0].start, group[-1].end, channel, len(group))


def _trains(pulses: Sequence[Pulse]) -> list[list[Pulse]]:
    """Pulses that sound alike and follow each other."""
    trains: list[list[Pulse]] = []
    for pulse in pulses:
        last = trains[-1][-1] if trains else None
        if last and pulse.like(last) and pulse.start - last.end <= (PAUSE if pulse.rings else RHYTHM):
            trains[-1].append(pulse)
        else:
            trains.append([pulse])
    return trains


def _rings(train: Sequence[Pulse]) -> int:
    """How many rings a train is, 0 where it is something else."""
    if not all(pulse.rings for pulse in train):
        return 0
    gaps = [after.start - before.end for before, after in pairwise(train)]
    if all(_within(pulse.long, RING_ON) for pulse in train[1:-1] or train[:1]) and all(gap >= 1.0 for gap in gaps):
        return len(train) if max(pulse.long for pulse in train) >= RING_ON[0] else 0
    doubles = sum(
        _within(gap, DOUBLE_GAP) and _within(before.long, DOUBLE_ON) and _within(after.long, DOUBLE_ON)
        for gap, (before, after) in zip(gaps, pairwise(train), strict=True)
    )
    pauses = sum(gap >= 1.0 for gap in gaps)
    return doubles if doubles and doubles >= pauses and 2 * doubles >= len(train) - 1 else 0


def _groups(train: Sequence[Pulse]) -> list[list[Pulse]]:
    """The pulses of a train that was no ringing, parted where the pause is too long for one rhythm."""
    groups: list[list[Pulse]] = []
    for pulse in train:
        if groups and pulse.start - groups[-1][-1].end <= RHYTHM:
            groups[-1].append(pulse)
        else:
            groups.append([pulse])
    return groups


def _plain(group: Sequence[Pulse]) -> str:
    """A tone where it lasts, or where a busy line repeats it; else a beep."""
    long = median(pulse.long for pulse in group)
    busy = len(group) >= 3 and group[0].low <= RING_LOW[1] and group[0].high <= BUSY_HIGH and long <= 0.8
    return "tone" if long > LONGEST_BEEP or busy else "beep"


def _within(value: float, border: tuple[float, float]) -> bool:
    return border[0] <= value <= border[1]
