"""How each turn was said, against the same speaker's own usual way: loudness, pitch, rate and pauses.

Lines, telephones and people differ by more than moods do, so nothing absolute counts: a turn is compared with the median of the
speaker's turns in this call. Where parties share a channel, stretches in which another one talks are left out. Less than
MIN_TURNS turns tell nobody's usual way: then nothing is said. A raised voice is not yet an angry one; joy, a bad line and a child
in the room raise it, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.records import Call, Levels, Party, Pitch, Poor, Seconds, Turn
from rules.engine.timeline import Timeline

MIN_TURNS = 4
MIN_SECONDS = 0.5  # of a turn, below which it is not measured
FLOOR = -60.0  # dB below which a slot is silence
MIN_VOICED = 3  # slots with a pitch, below which a turn has none
MIN_WORDS = 4  # of a turn whose rate is measured
POOR = frozenset({"noisy", "lost"})  # stretches in which no voice is measured
PAUSE = 0.3  # seconds between words that count as a pause
LOUD, HIGH, FAST = 8.0, 6.0, 0.6  # dB, semitones, share above the usual that count fully
PARTS = (0.5, 0.3, 0.2)  # of loudness, pitch and rate in `raised`
SHOUT_DB, SHOUT_SEMITONES = 6.0, 2.0
NOTABLE_DB, NOTABLE_SEMITONES, NOTABLE_RATE, NOTABLE_PAUSES = 3.0, 1.5, 1.25, 0.2

Curve = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Manner:
    """One turn: ``louder`` in dB, ``higher`` in semitones, ``faster`` as a ratio of syllables a second, ``pauses`` as a share of the turn
    more than usual. None where it could not be measured."""

    turn: Turn
    louder: float | None = None
    higher: float | None = None
    faster: float | None = None
    pauses: float | None = None

    @property
    def raised(self) -> float | None:
        """How far the voice is up, 0 to 1: loudness, pitch and rate by PARTS; what was not measured adds nothing."""
        if self.louder is None and self.higher is None:
            return None
        said = ((self.louder or 0.0) / LOUD, (self.higher or 0.0) / HIGH, ((self.faster or 1.0) - 1.0) / FAST)
        return round(sum(part * min(1.0, max(0.0, share)) for part, share in zip(PARTS, said, strict=True)), 4)

    @property
    def shouted(self) -> bool:
        """Loud and high at once; loudness alone may be the telephone coming nearer to the mouth."""
        return (self.louder or 0.0) >= SHOUT_DB and (self.higher or 0.0) >= SHOUT_SEMITONES

    def told(self) -> str:
        """``9 dB louder, 4 semitones higher and faster than usual``; empty where nothing is notable."""
        parts = []
        if (self.louder or 0.0) >= NOTABLE_DB:
            parts.append(f"{self.louder:.0f} dB louder")
        if (self.higher or 0.0) >= NOTABLE_SEMITONES:
            parts.append(f"{self.higher:.0f} semitones higher")
        if (self.faster or 1.0) >= NOTABLE_RATE:
            parts.append("faster")
        if (self.pauses or 0.0) >= NOTABLE_PAUSES:
            parts.append("with more pauses")
        return f"{_listed(parts)} than usual" if parts else ""


_last: dict[str, tuple[tuple[object, ...], tuple[Manner, ...]]] = {}  # of the call that was asked for last


def manners(call: Call) -> list[Manner]:
    """How each turn of each party was said, in the order of the call; nothing without the sound's levels.

    Several analyzers ask for the same call one after the other: the last answer is remembered.
    """
    if call.levels is None:
        return []
    parts = (call.turns, call.parties, call.levels, call.pitch, call.quality)
    known = _last.get("call")
    if known is not None and all(one is other for one, other in zip(known[0], parts, strict=True)):
        return list(known[1])
    poor = Timeline([p for p in call.quality.poor if p.kind in POOR] if call.quality else ())
    found = [manner for party in call.parties for manner in _of_party(call, call.levels, party, poor)]
    found.sort(key=lambda manner: (manner.turn.start, manner.turn.party))
    _last["call"] = (parts, tuple(found))
    return found


def _of_party(call: Call, levels: Levels, party: Party, poor: Timeline[Poor]) -> list[Manner]:
    channel = _channel(levels, party.channel)
    turns = [
        turn
        for turn in call.turns
        if turn.party == party.id and turn.end - turn.start >= MIN_SECONDS and not _is_poor(turn, channel, poor)
    ]
    if len(turns) < MIN_TURNS:
        return []
    free = _undisturbed(call, party, levels)
    loud = [_loudness(curve) for curve in _pieces(turns, levels, party.channel, free)]
    high = [_semitones(curve) for curve in _pieces(turns, call.pitch, party.channel, free)] if call.pitch else []
    rate, pauses = [_rate(turn) for turn in turns], [_pauses(turn) for turn in turns]
    ratios = [None if r is None else 12 * float(np.log2(r)) for r in rate]  # a scale on which twice and half are as far
    rows = zip(turns, _above(loud), _above(high or [None] * len(turns)), _above(ratios), _above(pauses), strict=True)
    return [
        Manner(turn, louder, higher, None if faster is None else 2 ** (faster / 12), pausing)
        for turn, louder, higher, faster, pausing in rows
    ]


def _is_poor(turn: Turn, channel: int, poor: Timeline[Poor]) -> bool:
    """Whether the turn was recorded too badly to tell how it was said. Clipping is no reason: shouts clip."""
    return any(stretch.channel == channel for stretch in poor.touching(turn.start, turn.end))


def _above(values: Sequence[float | None]) -> list[float | None]:
    """Each value less the median of all; None for all where too few were measured."""
    known = [value for value in values if value is not None]
    if len(known) < MIN_TURNS:
        return [None] * len(values)
    usual = float(np.median(known))
    return [None if value is None else round(value - usual, 3) for value in values]


def _channel(curves: Levels | Pitch, channel: int | None) -> int:
    return channel if channel is not None and channel < len(curves.channels) else 0


def _undisturbed(call: Call, party: Party, levels: Levels) -> npt.NDArray[np.bool_]:
    """Slots in which nobody else talks on the party's channel."""
    shared = _channel(levels, party.channel)
    others = {other.id for other in call.parties if other.id != party.id and _channel(levels, other.channel) == shared}
    free = np.ones(len(levels.channels[shared]), bool)
    for turn in call.turns:
        if turn.party in others:
            free[int(turn.start / levels.step) : int(turn.end / levels.step) + 1] = False
    return free


def _pieces(
    turns: Sequence[Turn], curves: Levels | Pitch, channel: int | None, free: npt.NDArray[np.bool_]
) -> list[Curve]:
    """The values of each turn where nobody else disturbs; those of the whole turn where hardly any are left."""
    curve = np.asarray(curves.channels[_channel(curves, channel)], np.float64)
    step, length = curves.step, min(len(curve), len(free))
    found = []
    for turn in turns:
        first, last = (
            min(int(turn.start / step), length),
            min(max(int(turn.start / step) + 1, int(turn.end / step)), length),
        )
        piece, own = curve[first:last], free[first:last]
        found.append(piece[own] if own.sum() >= MIN_VOICED else piece)
    return found


def _loudness(curve: Curve) -> float | None:
    """Mean dB of the louder half: pauses inside a turn say nothing about its voice."""
    heard = np.sort(curve[curve > FLOOR])
    return float(heard[len(heard) // 2 :].mean()) if len(heard) else None


def _semitones(curve: Curve) -> float | None:
    """Median pitch in semitones above 1 Hz."""
    voiced = curve[curve > 0]
    return 12 * float(np.log2(np.median(voiced))) if len(voiced) >= MIN_VOICED else None


def _rate(turn: Turn) -> float | None:
    """Syllables a second of speech, pauses left out."""
    words = [word for word in turn.words if not word.redacted]
    if len(words) < MIN_WORDS or 2 * len(words) < len(turn.words):
        return None
    seconds: Seconds = sum(word.end - word.start for word in words)
    seconds += sum(gap for a, b in pairwise(words) if 0 < (gap := b.start - a.end) < PAUSE)
    return sum(syllables(word.text) for word in words) / seconds if seconds > 0 else None


def _pauses(turn: Turn) -> float | None:
    if len(turn.words) < MIN_WORDS:
        return None
    silent = sum(gap for a, b in pairwise(turn.words) if (gap := b.start - a.end) >= PAUSE)
    return silent / (turn.end - turn.start)


def syllables(word: str) -> int:
    """Groups of vowels without a silent e at the end, at least one: near enough to compare a speaker with herself."""
    return max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouy])e$", "", word.lower()))))


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
