"""Sample calls with the voice of some turns raised, so that it is known which ones: louder by DB and higher by SEMITONES.

A turn is played faster by the ratio of the semitones, which is what shouting does to the rate as well; the rest of its place is
left silent. Turns are taken by a fixed rule: every FOURTH of each party that lasts long enough and that nobody talks into.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.audio.levels import levels
from pipeline.audio.prosody import pitch
from pipeline.records import Call, Span, Turn

if TYPE_CHECKING:
    from pipeline.protocols import Samples

DB, SEMITONES = 8.0, 3.0
FOURTH, SECONDS = 4, 1.0
RATE = 16000


def heard(call: Call, samples: Samples) -> Call:
    """The call with the levels and the pitch of its sound, where it truly speaks."""
    spoken = [
        [Span(turn.start, turn.end) for turn in call.turns if _place(call, turn, len(samples)) == channel]
        for channel in range(len(samples))
    ]
    return replace(call, levels=levels(samples), pitch=pitch(samples, spoken))


def raised(call: Call, samples: Samples) -> tuple[Samples, list[Turn]]:
    """A copy of ``[channels, n]`` with raised turns, and which they are."""
    import soxr  # 0.1 s: only where sound is measured

    loud, chosen = samples.copy(), [turn for party in call.parties for turn in _alone(call, party.id)[1::FOURTH]]
    ratio = 2 ** (SEMITONES / 12)
    for turn in chosen:
        channel = loud[_place(call, turn, len(samples))]
        first, last = round(turn.start * RATE), min(round(turn.end * RATE), len(channel))
        quick = soxr.resample(channel[first:last], ratio * RATE, RATE) * 10 ** (DB / 20)
        channel[first:last] = 0.0
        channel[first : first + len(quick)] = np.clip(quick[: last - first], -1.0, 1.0)
    return loud, chosen


def decoded(truth: Mapping[str, Any], folder: Path) -> Samples:
    from pipeline.audio.decode import decode  # the decoders: only where sound is measured

    return decode(folder / str(truth["audio"])).samples


def _alone(call: Call, party: str) -> list[Turn]:
    """Turns of a party that are long enough and that nobody else talks into."""
    others = [turn for turn in call.turns if turn.party != party]
    return [
        turn
        for turn in call.turns
        if turn.party == party
        and turn.end - turn.start >= SECONDS
        and not any(other.start < turn.end and turn.start < other.end for other in others)
    ]


def _place(call: Call, turn: Turn, channels: int) -> int:
    channel = next((party.channel for party in call.parties if party.id == turn.party), None)
    return channel if channel is not None and channel < channels else 0
