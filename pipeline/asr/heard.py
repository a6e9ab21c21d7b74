"""Was it said, judged by sound: phrases are searched in the posteriors of a call, wherever the transcript missed them.

The score is a chance: from how far a phrase falls behind the best reading of its frames, by output, and from how many
outputs it has, for short phrases are found by accident everywhere. Fitted on held-out synthetic speech (see `Belief`).
Stretches that redaction removed hold nothing, so nothing can be found there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipeline.asr.posteriors import FLOOR, Unpacked, unpack
from pipeline.asr.spelling import Speller, open_speller
from pipeline.errors import ModelError
from pipeline.models.catalogue import DEMO
from pipeline.protocols import FramePosteriors
from pipeline.records import Call, Evidence, Party, Span, Turn

DEMO_FOLDER = "demo_asr"  # how the shipped recogniser names itself
CERTAIN = math.log(0.999)


@dataclass(frozen=True, slots=True)
class Belief:
    """The chance that a phrase was said, from its score by output and its outputs; in a minute of speech or so."""

    base: float = 1.0
    score: float = 3.0
    outputs: float = 0.25

    def of(self, score: float, outputs: int) -> float:
        """``score`` is at most 0."""
        odds = self.base + self.score * score / outputs + self.outputs * min(outputs, 20)
        return 1 / (1 + math.exp(-max(-50.0, odds)))


@dataclass(frozen=True)
class HeardInCall:
    """The posteriors of one call, searchable. Parties without a channel of their own are searched on all."""

    channels: Sequence[FramePosteriors]
    speller: Speller
    parties: Sequence[Party] = ()
    turns: Sequence[Turn] = ()
    belief: Belief = field(default_factory=Belief)

    def find(self, phrases: Sequence[str], span: Span, party: str | None = None) -> tuple[float, Evidence | None]:
        """Best chance (0 to 1) that one of ``phrases`` was said in ``span`` by ``party`` (or anybody), and where."""
        spelled = [(phrase, outputs) for phrase in phrases if (outputs := self.speller.spell(phrase))]
        found = [
            self._closest(spelled, span, channel, party)
            for channel in self._channels_of(party)
            if spelled and self.channels[channel].ids.size
        ]
        return max((row for row in found if row is not None), key=lambda row: row[0], default=(0.0, None))

    def _channels_of(self, party: str | None) -> list[int]:
        own = [p.channel for p in self.parties if p.id == party and p.channel is not None]
        inside = [channel for channel in own if channel < len(self.channels)]
        return inside or list(range(len(self.channels)))

    def _closest(
        self, spelled: Sequence[tuple[str, list[int]]], span: Span, channel: int, party: str | None
    ) -> tuple[float, Evidence | None] | None:
        from pipeline.asr.scan import best_places  # compiled code

        sound = self._sounds[channel]
        first, last = sound.between(span)
        if last <= first:
            return None
        separator = int(sound.columns[self.speller.separator]) if self.speller.separator >= 0 else -1
        paths, lengths = _paths([outputs for _, outputs in spelled], sound.columns)
        scores, places = best_places(sound.relative[first:last], paths, lengths, separator)
        chances = [self.belief.of(float(score), int(n)) for score, n in zip(scores, lengths, strict=True)]
        best = int(np.argmax(chances))
        start, end = sound.seconds(first + int(places[best, 0])), sound.seconds(first + int(places[best, 1]) + 1)
        who = party or next((p.id for p in self.parties if p.channel == channel), "")
        return chances[best], Evidence(self._quote(spelled[best][0], start, end, who), start, end, who)

    def _quote(self, phrase: str, start: float, end: float, party: str) -> str:
        """What the transcript has there, for people to compare; the phrase itself where it has nothing."""
        words = [word for turn in self.turns if not party or turn.party == party for word in turn.words]
        there = [word.text for word in words if word.start < end and word.end > start]
        return " ".join(there) or phrase

    @cached_property
    def _sounds(self) -> list[_Sound]:
        return [_sound_of(channel) for channel in self.channels]


@dataclass(frozen=True, slots=True)
class _Sound:
    """Relative log probabilities ``[rows, columns]``; blanks for certain, one after the other, are one row of ``frames``."""

    relative: npt.NDArray[np.float32]
    columns: npt.NDArray[np.int32]  # output -> column
    frames: npt.NDArray[np.int64]  # first frame of each row, and the end
    frame: float

    def between(self, span: Span) -> tuple[int, int]:
        ends = np.array([span.start, span.end]) / self.frame
        first, last = np.searchsorted(self.frames, np.clip(ends, 0, self.frames[-1]), "right")
        return max(0, int(first) - 1), min(len(self.relative), int(last))

    def seconds(self, row: int) -> float:
        return round(float(self.frames[row]) * self.frame, 3)


def heard_in(packed: bytes, speller: Speller, call: Call) -> HeardInCall:
    """The searchable posteriors of a call from their packed bytes."""
    unpacked: Unpacked = unpack(packed)
    return HeardInCall(unpacked.channels, speller, call.parties, call.turns)


def open_heard(call: Call, packed: bytes, models: Path | None = None) -> HeardInCall | None:
    """The searchable posteriors of a call by the name of the model that made them; None where it is not there any more."""
    if call.posteriors is None:
        return None
    try:
        name = call.posteriors.model.split("@")[0]
        speller = open_speller(DEMO if name == DEMO_FOLDER else name, models)
    except ModelError:
        return None
    return heard_in(packed, speller, call)


def listener(speller: Speller, read: Callable[[Call], bytes | None]) -> Callable[[Call], HeardInCall | None]:
    """What the rules analyzer needs: opens the posteriors of a call, None where it has none. ``read`` gives their bytes."""

    def listen(call: Call) -> HeardInCall | None:
        packed = read(call)
        return None if packed is None else heard_in(packed, speller, call)

    return listen


def _sound_of(posteriors: FramePosteriors) -> _Sound:
    ids, logs = posteriors.ids, posteriors.log_probs
    waits = (ids[:, 0] == posteriors.blank) & (logs[:, 0] >= CERTAIN)
    rows = np.flatnonzero(~(waits & np.roll(waits, 1)) | (np.arange(len(ids)) == 0))
    used = np.unique(ids)
    columns = np.full(int(max(used.max(initial=0), posteriors.blank)) + 1, -1, np.int32)
    others = used[used != posteriors.blank]
    columns[posteriors.blank], columns[others] = 0, np.arange(1, len(others) + 1)
    relative = np.full((len(rows), len(others) + 2), FLOOR, np.float32)  # the last column: outputs that are nowhere
    floor = np.maximum(logs[rows], FLOOR) - logs[rows, :1]
    for k in range(ids.shape[1] - 1, -1, -1):
        relative[np.arange(len(rows)), columns[ids[rows, k]]] = floor[:, k]
    return _Sound(relative, columns, np.append(rows, len(ids)), posteriors.frame)


def _paths(
    spelled: Sequence[Sequence[int]], columns: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """Columns of the outputs of each phrase, padded; an output that no frame has is the last column."""
    lengths = np.array([len(outputs) for outputs in spelled], np.int32)
    nowhere = int(columns.max()) + 1
    paths = np.zeros((len(spelled), int(lengths.max())), np.int32)
    for row, outputs in enumerate(spelled):
        known = [int(columns[output]) if output < len(columns) else -1 for output in outputs]
        paths[row, : len(outputs)] = [column if column >= 0 else nowhere for column in known]
    return paths, lengths
