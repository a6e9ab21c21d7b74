"""Batches for a training step: clips of like length, each on a telephone line drawn for this pass.

Everything random follows from (seed, pass, group, batch): a run that was killed goes on with exactly the batches it
would have seen. Shards are taken a few at a time, so speech that is still being made does not hold up what is there.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from pipeline.training.alignment import IGNORED
from pipeline.training.features import HOP, log_mel, masked
from pipeline.training.line import RATE, Samples, draw_line, telephone
from pipeline.training.recipe import Stage
from pipeline.training.sounds import SYMBOLS, respelled
from pipeline.training.speech import Shard, pronounced, read_shard

LETTERS = " " + SYMBOLS
BLANK = len(LETTERS)
SHARDS_A_GROUP = 6
LONGEST_JOINED_S = 16.0
QUIETER_DB = 8.0  # or louder, the other party of a mono call at most

_NUMBER = {letter: number for number, letter in enumerate(LETTERS)}


@dataclass(frozen=True, slots=True)
class Batch:
    """One step: features [clips, frames, 80], mask [clips, frames], labels [clips, sounds] with -100 behind the end, guide
    [clips, outputs] the sound whose middle lies in an output, -100 where none does or nobody told."""

    features: torch.Tensor
    mask: torch.Tensor
    labels: torch.Tensor
    guide: torch.Tensor
    seconds: float


@dataclass(frozen=True, slots=True)
class _Clip:
    samples: Samples
    text: str
    timed: list[tuple[str, float]]  # sounds and their middles in seconds, where the voice told them


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a stage's endless stream of batches the next one lies."""

    round: int = 0  # how often all shards were gone through
    group: int = 0
    batch: int = 0


def stream(
    stage: Stage, files: Sequence[Path], start: Place, ready: Callable[[Path], None], barred: Container[str] = ()
) -> Iterator[tuple[Batch, Place]]:
    """Batches without end from a place on, each with the place of the one after it.

    :param ready: called before a shard is read; returns when it is there.
    :param barred: sentences that are passed over although they were spoken (sample calls written since).
    """
    place = start
    while True:
        groups = _groups(files, stage.seed, place.round)
        for group in range(place.group, len(groups)):
            for file in groups[group]:
                ready(file)
            shards = [read_shard(file) for file in groups[group]]
            rows = _rows(shards, stage, barred, np.random.default_rng([stage.seed, place.round, group]))
            for number in range(place.batch if group == place.group else 0, len(rows)):
                rng = np.random.default_rng([stage.seed, place.round, group, number])
                last = number + 1 == len(rows)
                after = Place(place.round, group + 1, 0) if last else Place(place.round, group, number + 1)
                yield _batch([_spoken(shards, row, rng) for row in rows[number]], stage, rng), after
        place = Place(place.round + 1)


def in_first_round(files: Sequence[Path], seed: int) -> list[Path]:
    """The shards in the order in which they are needed first."""
    return [file for group in _groups(files, seed, 0) for file in group]


def label_ids(text: str) -> list[int]:
    """The sounds of a sentence as class numbers."""
    return [_NUMBER[sound] for sound in respelled(pronounced(text))]


Row = tuple[tuple[int, int], ...]  # (shard, clip) of the sentences spoken one after the other


def _groups(files: Sequence[Path], seed: int, turn: int) -> list[list[Path]]:
    """In another order each round, in the first one sources are mixed as well."""
    order = np.random.default_rng([seed, turn]).permutation(len(files))
    return [[files[i] for i in order[start : start + SHARDS_A_GROUP]] for start in range(0, len(order), SHARDS_A_GROUP)]


def _rows(shards: Sequence[Shard], stage: Stage, barred: Container[str], rng: np.random.Generator) -> list[list[Row]]:
    """Batches of rows: like lengths together, so that little is padded; their order is random."""
    alone = [row for number, shard in enumerate(shards) for row in _joined(number, shard, stage, barred, rng)]
    rows = list(_answered(alone, shards, stage, rng)) if stage.turns else alone
    seconds = np.array([sum(_length(shards, piece) for piece in row) for row in rows]) / RATE
    batches: list[list[Row]] = [[]]
    for index in np.argsort(seconds * rng.uniform(0.9, 1.1, len(rows))):
        if (len(batches[-1]) + 1) * seconds[index] > stage.batch_seconds and batches[-1]:
            batches.append([])
        batches[-1].append(rows[index])
    return [batches[i] for i in rng.permutation(len(batches))]


def _joined(number: int, shard: Shard, stage: Stage, barred: Container[str], rng: np.random.Generator) -> Iterator[Row]:
    row: list[tuple[int, int]] = []
    seconds = 0.0
    for clip in range(len(shard)):
        if _passed_over(shard, clip, stage, barred):
            continue
        length = _length([shard], (0, clip)) / RATE
        same = bool(row) and shard.speakers[clip] == shard.speakers[row[-1][1]]
        if row and not (same and seconds + length < LONGEST_JOINED_S and rng.random() < stage.join):
            yield tuple(row)
            row, seconds = [], 0.0
        row.append((number, clip))
        seconds += length
    if row:
        yield tuple(row)


def _answered(alone: Sequence[Row], shards: Sequence[Shard], stage: Stage, rng: np.random.Generator) -> Iterator[Row]:
    """Rows in another order, some followed by what another speaker says: a mono call holds both parties."""
    row: Row = ()
    for number in rng.permutation(len(alone)):
        following = alone[number]
        seconds = sum(_length(shards, piece) for piece in row + following) / RATE
        other = bool(row) and _speaker(shards, row[-1]) != _speaker(shards, following[0])
        if other and seconds < LONGEST_JOINED_S and rng.random() < stage.turns:
            row += following
        else:
            if row:
                yield row
            row = following
    if row:
        yield row


def _speaker(shards: Sequence[Shard], piece: tuple[int, int]) -> tuple[int, int]:
    return piece[0], int(shards[piece[0]].speakers[piece[1]])


def _passed_over(shard: Shard, clip: int, stage: Stage, barred: Container[str]) -> bool:
    text = shard.texts[clip]
    unwanted = bool(stage.voices) and shard.voices[clip] not in stage.voices
    return unwanted or text in barred or len(text.split()) > stage.longest


def _length(shards: Sequence[Shard], piece: tuple[int, int]) -> int:
    shard, clip = shards[piece[0]], piece[1]
    return int(shard.ends[clip]) - (int(shard.ends[clip - 1]) if clip else 0)


def _spoken(shards: Sequence[Shard], row: Row, rng: np.random.Generator) -> _Clip:
    """The sentences of a row with pauses between them, a little faster or slower than they were made."""
    pace = rng.uniform(0.95, 1.05)
    parts: list[NDArray[np.float32]] = []
    timed: list[tuple[str, float]] = []
    speaker, level = _speaker(shards, row[0]), 1.0
    for number, clip in row:
        shard = shards[number]
        if _speaker(shards, (number, clip)) != speaker:
            speaker, level = _speaker(shards, (number, clip)), 10 ** (rng.uniform(-QUIETER_DB, QUIETER_DB) / 20)
        pause = np.zeros(int(rng.uniform(0.02, 0.6) * RATE) if parts else 0, dtype=np.float32)
        start = (sum(map(len, parts)) + len(pause)) / RATE
        times = shard.middles[shard.first[clip] :][: len(shard.sounds[clip])]
        timed += [(sound, (start + float(time)) / pace) for sound, time in zip(shard.sounds[clip], times, strict=True)]
        parts += [pause, np.float32(level) * shard.clip(clip)]
    samples = np.concatenate(parts)
    places = np.arange(0, len(samples) - 1, pace)
    text = " ".join(shards[shard].texts[clip] for shard, clip in row)
    return _Clip(np.interp(places, np.arange(len(samples)), samples).astype(np.float32), text, timed)


def _batch(spoken: Sequence[_Clip], stage: Stage, rng: np.random.Generator) -> Batch:
    lines = [draw_line(rng, stage.line) for _ in spoken]
    clips = []
    for number, one in enumerate(spoken):
        other = spoken[number - 1].samples if rng.random() < 0.12 * stage.line and len(spoken) > 1 else None
        clips.append(telephone(one.samples, rng, line=lines[number], crosstalk=other))
    hop = round(HOP * rng.uniform(stage.slowest, stage.fastest))
    features, mask = log_mel(clips, hop)
    said = [label_ids(one.text) for one in spoken]
    labels = torch.full((len(said), max(map(len, said))), IGNORED)
    for row, ids in enumerate(said):
        labels[row, : len(ids)] = torch.tensor(ids)
    seconds = sum(len(clip) for clip in clips) / RATE
    guide = torch.full((len(spoken), -(-features.shape[1] // 4)), IGNORED)
    for row, (one, line) in enumerate(zip(spoken, lines, strict=True)):
        for sound, time in one.timed:
            guide[row, min(guide.shape[1] - 1, int((time + line.lead) * RATE / (4 * hop)))] = _NUMBER[sound]
    return Batch(masked(features, mask, rng, stage.line), mask, labels, guide, seconds)
