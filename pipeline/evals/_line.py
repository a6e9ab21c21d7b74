"""Sounds of a telephone line, made from sines, and put into the pauses of a call (keys also over its speech).

Levels are root mean square beside the speech of the same channel. The tunes are random walks over a scale in three
timbres, never a recording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from pipeline.records import Seconds, Span

if TYPE_CHECKING:
    from pipeline.protocols import Samples

RATE = 16000
ROWS, COLUMNS = (697.0, 770.0, 852.0, 941.0), (1209.0, 1336.0, 1477.0, 1633.0)
KINDS = ("dtmf", "ring", "beep", "tone", "music", "silence")
RINGS = {"US": ((440.0, 480.0), (2.0, 4.0)), "GB": ((400.0, 450.0), (0.4, 0.2, 0.4, 2.0)),
         "KR": ((440.0, 480.0), (1.0, 2.0)), "EU": ((425.0,), (1.0, 4.0))}  # fmt: skip
SCALE = np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16])
GAP: Seconds = 1.5  # of quiet that stays around what is put in
WINDOW = 640  # samples a receiver looks at, 40 ms
Sound = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Put:
    """A sound that was put in. ``how`` names its variant and level."""

    kind: str
    start: Seconds
    end: Seconds
    channel: int
    how: str


def mixed(
    samples: Samples, speech: Sequence[Sequence[Span]], level: float, noise: float | None, rng: np.random.Generator
) -> tuple[Samples, tuple[Put, ...]]:
    """The call with a sound of each kind behind it, one after the other, and keys over its speech where there is some."""
    power = [_power(row, spans) for row, spans in zip(samples, speech, strict=True)]
    channel = int(np.argmax(power))
    amplitude = np.sqrt(power[channel]) * 10 ** (level / 20)
    parts: list[Sound] = []
    put: list[Put] = []
    at = samples.shape[1] / RATE + GAP
    for kind, how, sound in _sounds(rng):
        scale = 0.0 if kind == "silence" else amplitude / np.sqrt(np.mean(sound[sound != 0] ** 2))
        put.append(Put(kind, at, at + len(sound) / RATE, channel, f"{how}, {level:.0f} dB"))
        parts += [scale * sound, np.zeros(round(GAP * RATE))]
        at += len(sound) / RATE + GAP
    tail = np.concatenate([np.zeros(round(GAP * RATE)), *parts])
    longer = np.pad(samples, ((0, 0), (0, len(tail))))
    longer[channel, samples.shape[1] :] += tail.astype(np.float32)
    put += _over_speech(longer[channel], speech[channel], amplitude, level, channel, rng)
    background = 1e-4 if noise is None else float(np.sqrt(max(power) / 10 ** (noise / 10)))
    rows = rng.standard_normal(longer.shape, np.float32) * np.float32(background)
    for one in put:
        if one.kind == "silence":
            rows[:, int(one.start * RATE) : int(one.end * RATE)] = 0.0
    return longer + rows, tuple(put)


def keys_read(signal: Samples, start: Seconds, end: Seconds) -> int:
    """Keys that a plain receiver reads there: in 40 ms both tones 8 dB above the others of their group and half of all
    power (ITU-T Q.24 asks for no less)."""
    piece = signal[max(0, int((start - 0.1) * RATE)) : int((end + 0.1) * RATE)].astype(np.float64)
    if len(piece) < WINDOW:
        return 0
    frames = np.lib.stride_tricks.sliding_window_view(piece, WINDOW)[:: WINDOW // 4] * np.hanning(WINDOW)
    turns = np.exp(-2j * np.pi * np.outer((*ROWS, *COLUMNS), np.arange(WINDOW)) / RATE)
    power = np.abs(frames @ turns.T) ** 2
    whole = np.square(frames).sum(axis=1) * WINDOW / 3
    low, high = np.sort(power[:, :4], axis=1), np.sort(power[:, 4:], axis=1)
    clear = (low[:, -1] > 6.3 * low[:, -2]) & (high[:, -1] > 6.3 * high[:, -2])
    read = clear & (low[:, -1] + high[:, -1] > 0.5 * whole) & (whole > WINDOW**2 * 1e-8)
    return int(np.count_nonzero(np.diff(np.concatenate([[0], read.astype(np.int8)])) == 1))


def _power(row: Samples, spans: Sequence[Span]) -> float:
    said = [row[int(span.start * RATE) : int(span.end * RATE)] for span in spans]
    return float(np.mean(np.square(np.concatenate(said)))) if said else 1e-6


def _sounds(rng: np.random.Generator) -> list[tuple[str, str, Sound]]:
    country = str(rng.choice(list(RINGS)))
    hertz, rhythm = RINGS[country]
    beep = float(rng.choice([800.0, 1000.0, 1400.0]))
    return [
        ("dtmf", "keys", _keys(rng)),
        ("ring", f"ring {country}", np.concatenate([_cadence(hertz, rhythm) for _ in range(2)])[: -round(rhythm[-1] * RATE)]),
        ("beep", f"beep {beep:.0f} Hz", _tones((beep,), float(rng.uniform(0.25, 1.0)))),
        ("tone", "busy", np.concatenate([_cadence((480.0, 620.0), (0.5, 0.5)) for _ in range(4)])[: -RATE // 2]),
        ("music", "music", _tune(rng, float(rng.uniform(8.0, 20.0)))),
        ("silence", "silence", np.zeros(round(rng.uniform(6.0, 12.0) * RATE))),
    ]  # fmt: skip


def _keys(rng: np.random.Generator) -> Sound:
    """A row of 4 to 16 keys as people type them, up to 1.5 % off their frequencies and 4 dB apart."""
    parts: list[Sound] = []
    for _ in range(int(rng.integers(4, 17))):
        off = 1 + rng.uniform(-0.015, 0.015, 2)
        time = np.arange(round(rng.uniform(0.04, 0.2) * RATE)) / RATE
        low, high = rng.choice(ROWS) * off[0], rng.choice(COLUMNS) * off[1]
        twist = 10 ** (rng.uniform(-4, 4) / 20)
        parts += [np.sin(2 * np.pi * low * time) + twist * np.sin(2 * np.pi * high * time),
                  np.zeros(round(rng.uniform(0.06, 0.5) * RATE))]  # fmt: skip
    return np.concatenate(parts[:-1])


def _cadence(hertz: tuple[float, ...], rhythm: tuple[float, ...]) -> Sound:
    return np.concatenate([_tones(hertz, s) if n % 2 == 0 else np.zeros(round(s * RATE)) for n, s in enumerate(rhythm)])


def _tones(hertz: tuple[float, ...], seconds: float) -> Sound:
    time = np.arange(round(seconds * RATE)) / RATE
    edge = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.005)
    return np.asarray(edge * sum(np.sin(2 * np.pi * one * time) for one in hertz))


def _tune(rng: np.random.Generator, seconds: float) -> Sound:
    """A melody over broken chords: a random walk over a scale; plucked, held or reedy."""
    sound = np.zeros(round(seconds * RATE) + 3 * RATE)
    beat, tonic, place = float(rng.uniform(0.2, 0.5)), float(rng.uniform(160, 330)), 3
    timbre: Callable[[int], float] = (lambda n: n**-1.5, lambda n: n**-2.0, lambda n: (n % 2) / n)[int(rng.integers(3))]
    decay = float(rng.choice([1.0, 3.0]))
    for number in range(int(seconds / beat)):
        place = int(np.clip(place + rng.integers(-2, 3), 0, len(SCALE) - 1))
        for degree, strength in ((place, 1.0), ((number * 2) % 7, 0.5)):
            time = np.arange(round(2 * beat * RATE)) / RATE
            hertz = tonic * 2 ** (SCALE[degree] / 12)
            note = sum(timbre(n) * np.sin(2 * np.pi * hertz * n * time) for n in (1, 2, 3, 5))
            first = round(number * beat * RATE)
            sound[first : first + len(time)] += strength * np.asarray(note) * np.exp(-decay * time / beat)
    return sound[: round(seconds * RATE)]


def _over_speech(
    row: Samples, spans: Sequence[Span], amplitude: float, level: float, channel: int, rng: np.random.Generator
) -> list[Put]:
    """Keys while somebody talks, in the longest stretch of speech; ``row`` is changed."""
    longest = max(spans, key=lambda span: span.end - span.start, default=None)
    sound = _keys(rng)
    if longest is None:
        return []
    start = longest.start
    first, last = int(start * RATE), min(len(row), int(start * RATE) + len(sound))
    scale = amplitude / np.sqrt(np.mean(sound[sound != 0] ** 2))
    row[first:last] += (scale * sound[: last - first]).astype(np.float32)
    return [Put("dtmf", start, last / RATE, channel, f"keys over speech, {level:.0f} dB")]
