"""Frames to words with the checkpoint's word list: clips in pieces of bearable length, pieces on all cores.

A word's confidence is the chance that it is right, from what the search says of it (see `Certainty`). Words that are not
listed are written letter by letter, with little confidence; where outputs are sounds the nearest listed words are taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.asr.beam import Path, Weights, best_path
from pipeline.asr.lexicon import Lexicon, read_lexicon
from pipeline.asr.vocabulary import Vocabulary
from pipeline.errors import ModelError
from pipeline.models.folder import ModelFolder
from pipeline.protocols import FramePosteriors
from pipeline.records import Word

NEVER = -60.0  # price of a word that is not listed, where its outputs are sounds: nobody could read it
LONGEST_S = 40.0  # of a piece; longer clips are parted in their longest silence


@dataclass(frozen=True, slots=True)
class Certainty:
    """A logistic model of a word being right. Each factor's feature is explained in `features`."""

    base: float = 1.2
    sound: float = 1.0
    told: float = 0.1
    agreed: float = 2.5
    brief: float = -0.5
    unlisted: float = -2.5

    def of(self, path: Path, unlisted: int) -> npt.NDArray[np.float64]:
        factors = np.array([self.sound, self.told, self.agreed, self.brief, self.unlisted])
        return 1 / (1 + np.exp(-(self.base + features(path, unlisted) @ factors)))


def features(path: Path, unlisted: int) -> npt.NDArray[np.float64]:
    """What speaks for each word, ``[words, 5]``.

    Sound: log probability a frame relative to the best outputs. Told: log probability in the sentence. Agreed: log odds of
    the rivals. Brief: 1 over its frames. Unlisted: 1 for a word that is not listed.
    """
    frames = np.maximum(1, path.last - path.first)
    odds = np.clip(path.agreed, 0.02, 0.98)
    columns = (
        path.sound / frames,
        np.maximum(path.told, -12.0),
        np.log(odds / (1 - odds)),
        1 / frames,
        path.words == unlisted,
    )
    return np.stack([np.asarray(column, np.float64) for column in columns], 1)


@dataclass(frozen=True)
class WordListDecoder:
    """The best words of clips."""

    lexicon: Lexicon
    vocabulary: Vocabulary
    weights: Weights
    certainty: Certainty
    threads: int = 1

    def __call__(self, clips: Sequence[FramePosteriors]) -> list[tuple[Word, ...]]:
        """Words of each clip; times count from the clip's start."""
        pieces = [(n, start, end) for n, clip in enumerate(clips) for start, end in _pieces(clip)]
        words: list[list[Word]] = [[] for _ in clips]
        if pieces:
            first, *others = pieces
            found = [self._words(clips[first[0]], first[1], first[2])]  # alone: it may have to be compiled
            with ThreadPoolExecutor(self.threads) as pool:
                found += pool.map(lambda piece: self._words(clips[piece[0]], piece[1], piece[2]), others)
            for (n, _, _), row in zip(pieces, found, strict=True):
                words[n] += row
        return [tuple(row) for row in words]

    def _words(self, clip: FramePosteriors, start: int, end: int) -> list[Word]:
        path = self.path(clip.ids[start:end], clip.log_probs[start:end], clip.blank)
        sure = self.certainty.of(path, self.lexicon.unknown)
        found = []
        for n, number in enumerate(path.words.tolist()):
            first, last = start + int(path.first[n]), start + int(path.last[n])
            text = self._unlisted(clip, first, last) if number == self.lexicon.unknown else self.lexicon.words[number]
            if text:
                found.append(
                    Word(text, round(first * clip.frame, 3), round(last * clip.frame, 3), round(float(sure[n]), 4), "")
                )
        return found

    def path(self, ids: npt.NDArray[np.uint16], logs: npt.NDArray[np.float32], blank: int) -> Path:
        """The best path through ``[frames, k]`` best outputs of consecutive frames."""
        space = self.vocabulary.letters[" "]
        numbers, scores = np.ascontiguousarray(ids, np.int32), np.ascontiguousarray(logs, np.float32)
        return best_path(numbers, scores, blank, space, self.lexicon.trees, self.lexicon.grams, self.weights)

    def _unlisted(self, clip: FramePosteriors, first: int, last: int) -> str:
        """A word that is not listed, by the best letters of its frames; nothing where outputs are sounds."""
        if self.lexicon.by_sound:
            return ""
        ids = clip.ids[first:last, 0]
        kept = [
            int(output) for n, output in enumerate(ids) if output != clip.blank and (n == 0 or output != ids[n - 1])
        ]
        return "".join(self.vocabulary.pieces[output].strip() for output in kept)


def open_decoder(folder: ModelFolder, vocabulary: Vocabulary, threads: int) -> WordListDecoder | None:
    """The decoder of a model's folder, or None where it has no word list (words.txt.gz and ngrams.txt.gz)."""
    if not (folder.has("words.txt.gz") and folder.has("ngrams.txt.gz")) or " " not in vocabulary.letters:
        return None
    lexicon = read_lexicon(folder.bytes("words.txt.gz"), folder.bytes("ngrams.txt.gz"), vocabulary)
    settings = folder.json("decoder.json") if folder.has("decoder.json") else {}
    weights = _given(
        Weights, {"unlisted": NEVER} | settings.get("weights", {}) if lexicon.by_sound else settings.get("weights", {})
    )
    return WordListDecoder(
        lexicon, vocabulary, weights, _given(Certainty, settings.get("certainty", {})), max(1, threads)
    )


def _given(kind: Any, values: Mapping[str, Any]) -> Any:
    """A record with the values of decoder.json; raises ModelError for a name it does not have."""
    known = set(kind._fields) if issubclass(kind, tuple) else {row.name for row in fields(kind)}
    odd = sorted(set(values) - known)
    if odd:
        raise ModelError(f"decoder.json: {kind.__name__} has no {odd[0]!r}; known are {', '.join(sorted(known))}.")
    return kind(**values)


class _Stretch(NamedTuple):
    start: int
    end: int


def _pieces(clip: FramePosteriors) -> list[_Stretch]:
    """Stretches of a clip in order, none longer than LONGEST_S where there is a silence to part it; silence at the ends goes."""
    spoken = np.flatnonzero(clip.ids[:, 0] != clip.blank) if len(clip.ids) else np.zeros(0, np.int64)
    if not len(spoken):
        return []
    found, waiting = [], [_Stretch(max(0, int(spoken[0]) - 2), min(len(clip.ids), int(spoken[-1]) + 3))]
    while waiting:
        stretch = waiting.pop()
        inside = spoken[(spoken >= stretch.start) & (spoken < stretch.end)]
        gaps = np.diff(inside)
        if (stretch.end - stretch.start) * clip.frame <= LONGEST_S or not len(gaps) or gaps.max() < 3:
            found.append(stretch)
            continue
        widest = int(gaps.argmax())
        seam = int(inside[widest] + gaps[widest] // 2)
        waiting += [_Stretch(seam, stretch.end), _Stretch(stretch.start, seam)]
    return found
