"""The best output of every frame, collapsed to words with times and confidences, for many clips at once.

Numpy over the frames of all clips together; only the text of a word is put together in Python. A word's confidence is
the geometric mean of the best probabilities of its outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.asr.vocabulary import Vocabulary
from pipeline.protocols import FramePosteriors
from pipeline.records import Word


@dataclass(frozen=True, slots=True)
class Tokens:
    """Outputs that were written: ``ids``, first frame, one past the last frame, best log probability, clip; all ``[n]``."""

    ids: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    log_probs: npt.NDArray[np.float64]
    clip: npt.NDArray[np.int64]


def greedy_words(clips: Sequence[FramePosteriors], vocabulary: Vocabulary) -> list[tuple[Word, ...]]:
    """Words of each clip; times count from the clip's start."""
    tokens = collapse(clips, vocabulary.blank)
    words: list[list[Word]] = [[] for _ in clips]
    for clip, word in _words(tokens, vocabulary, clips[0].frame if clips else 0.0):
        words[clip].append(word)
    return [tuple(row) for row in words]


def collapse(clips: Sequence[FramePosteriors], blank: int) -> Tokens:
    """Repeated outputs merged and blanks dropped, as CTC reads a path."""
    lengths = np.array([len(clip.ids) for clip in clips], np.int64)
    if not lengths.sum():
        empty = np.zeros(0, np.int64)
        return Tokens(empty, empty, empty, np.zeros(0), empty)
    ids = np.concatenate([clip.ids[:, 0] for clip in clips]).astype(np.int64)
    best = np.concatenate([clip.log_probs[:, 0] for clip in clips]).astype(np.float64)
    owner = np.repeat(np.arange(len(clips)), lengths)
    changed = np.ones(len(ids), bool)
    changed[1:] = (ids[1:] != ids[:-1]) | (owner[1:] != owner[:-1])
    begins = np.flatnonzero(changed)
    ends = np.append(begins[1:], len(ids))
    peaks = np.maximum.reduceat(best, begins)
    kept = ids[begins] != blank
    offset = (np.cumsum(lengths) - lengths)[owner[begins]]
    return Tokens(ids[begins][kept], (begins - offset)[kept], (ends - offset)[kept], peaks[kept], owner[begins][kept])


def _words(tokens: Tokens, vocabulary: Vocabulary, frame: float) -> list[tuple[int, Word]]:
    if not len(tokens.ids):
        return []
    opens = vocabulary.begins[tokens.ids]
    opens[1:] |= tokens.clip[1:] != tokens.clip[:-1]
    opens[0] = True
    spoken = ~vocabulary.silent[tokens.ids]
    number = np.cumsum(opens)[spoken]
    if not len(number):
        return []
    heads = np.flatnonzero(np.diff(number, prepend=-1))
    tails = np.append(heads[1:], len(number))
    confidence = np.exp(np.add.reduceat(tokens.log_probs[spoken], heads) / (tails - heads))
    pieces = [vocabulary.pieces[n] for n in tokens.ids[spoken]]
    first, last, clip = tokens.first[spoken][heads], tokens.last[spoken][tails - 1], tokens.clip[spoken][heads]
    return [
        (int(clip[n]), Word("".join(pieces[head:tail]).strip(), round(float(first[n]) * frame, 3),
                            round(float(last[n]) * frame, 3), round(float(confidence[n]), 4), ""))
        for n, (head, tail) in enumerate(zip(heads, tails, strict=True))
    ]  # fmt: skip
