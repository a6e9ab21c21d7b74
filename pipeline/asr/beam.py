"""Words from CTC frames with a word list and an n-gram model: token passing over a tree, compiled by numba.

A hypothesis is a place in the tree of spellings (whether its last frame was a blank is part of the place) and a context of
the n-gram model. Hypotheses that meet are merged, the better one lives on (Young, Russell, Thornton 1989). Words that are
not listed run beside the tree: any outputs, at a price. Everything is in natural logarithms. State lies in few wide
arrays because every array more costs seconds when this file is compiled for the first time.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from pipeline.asr.lexicon import Grams, Trees

NOTHING = -1e30
ROOM = 4096  # hypotheses of one frame before the worst are dropped
LATER = 12  # frames after a word's end at which hypotheses are asked whether they hold it
TEMPER = 0.5  # of scores in that question
BINS = 256

# columns of a hypothesis: whole numbers, then scores
PLACE, CONTEXT, RECORD, BEGIN, LAST, WORD, WORD_BEGIN, WORD_LAST = range(8)
SCORE, SOUND, WORD_SOUND, WORD_TOLD = range(4)
# columns of a record (a finished word) before RECORD: its word, frames, where the next word may begin; then scores
R_WORD, R_FIRST, R_LAST, R_END, R_PARENT = range(5)


class Weights(NamedTuple):
    """How sound and language are weighed; tuned on held-out synthetic speech."""

    language: float = 0.7  # factor of the n-gram model
    word: float = 1.0  # added for every word
    unlisted: float = -4.0  # added for a word that is not listed, beside the n-gram model's own doubt
    unlisted_sound: float = 0.7  # factor of the model of outputs inside such a word
    joined: float = -1.0  # two words without a separator between them
    parted: float = -4.0  # a separator inside a word
    unfinished: float = -8.0  # a word that the end of the clip cuts off
    width: float = 14.0  # hypotheses this much worse than the best are dropped
    beam: int = 64  # hypotheses kept at most
    least: float = -11.0  # outputs less likely than this are not looked at


class Path(NamedTuple):
    """Words of one clip, ``[n]`` each: numbers, first frame, one past the last frame, and what spoke for them.

    ``sound`` is the log probability of the word's frames relative to the best output of each (at most 0), ``told`` the log
    probability of the word in its context, ``agreed`` the share of hypotheses a little later that held it, by score.
    """

    words: npt.NDArray[np.int64]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    sound: npt.NDArray[np.float64]
    told: npt.NDArray[np.float64]
    agreed: npt.NDArray[np.float64]


def best_path(ids: npt.NDArray[np.int32], logs: npt.NDArray[np.float32], blank: int, space: int, trees: Trees,
              grams: Grams, weights: Weights) -> Path:  # fmt: skip
    """The best words of one clip. ``ids`` and ``logs`` ``[frames, k]``: outputs of each frame, best first."""
    room = _room(len(ids), weights)
    length = _search(ids, logs, blank, space, trees, grams, weights, *room)
    chain, scores = room.chain[:length][::-1], room.chain_scores[:length][::-1]
    free = np.concatenate([[0.0], np.cumsum(logs[:, 0], dtype=np.float64)])
    sound = np.diff(scores[:, 0] - free[chain[:, R_END]], prepend=0.0)
    return Path(
        chain[:, R_WORD], chain[:, R_FIRST], chain[:, R_LAST], np.minimum(0.0, sound), scores[:, 1], scores[:, 2]
    )


class _Room(NamedTuple):
    """What a search writes into; made outside of it because every call of numpy costs time when compiling."""

    now: npt.NDArray[np.int64]
    now_scores: npt.NDArray[np.float64]
    after: npt.NDArray[np.int64]
    after_scores: npt.NDArray[np.float64]
    places: npt.NDArray[np.int64]  # [.., 2] hash table of hypotheses: number, frame it counts for
    state: npt.NDArray[np.int64]  # hypotheses of the frame, records, then the bins of _keep
    records: npt.NDArray[np.int64]
    record_scores: npt.NDArray[np.float64]
    held: npt.NDArray[np.int64]
    held_scores: npt.NDArray[np.float64]
    best: npt.NDArray[np.float64]  # [1] best score in a frame so far
    chain: npt.NDArray[np.int64]  # records of the best path, last first
    chain_scores: npt.NDArray[np.float64]  # their sound and language scores and agreement


def _room(frames: int, weights: Weights) -> _Room:
    most = (frames + 1) * weights.beam
    return _Room(
        np.zeros((ROOM, 8), np.int64), np.zeros((ROOM, 4)), np.zeros((ROOM, 8), np.int64), np.zeros((ROOM, 4)),
        np.full((4 * ROOM, 2), -1, np.int64), np.zeros(2 + BINS, np.int64), np.empty((most, 5), np.int64), np.empty((most, 2)),
        np.empty((frames + 1, weights.beam), np.int64), np.full((frames + 1, weights.beam), NOTHING), np.zeros(1),
        np.zeros((frames + 1, 5), np.int64), np.zeros((frames + 1, 3)),
    )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def _search(ids: Any, logs: Any, blank: Any, space: Any, trees: Trees, grams: Grams, weights: Weights, now: Any,
            now_scores: Any, after: Any, after_scores: Any, index: Any, state: Any, records: Any, record_scores: Any,
            held: Any, held_scores: Any, frame_best: Any, chain: Any, chain_scores: Any) -> Any:  # fmt: skip
    """Fill ``chain`` with the best path; returns how many words it has."""
    frames = len(ids)
    now[0, CONTEXT], now[0, RECORD] = len(grams.pair) + grams.start, -1
    now_scores[0, SCORE] = weights.language * trees.ahead[0]
    count = np.int64(1)
    for frame in range(frames):
        state[0], frame_best[0] = 0, NOTHING
        for n in range(count):
            _extend(now, now_scores, n, ids, logs, frame, blank, space, after, after_scores, index, state, frame_best, trees, grams,
                    weights)  # fmt: skip
        count = _keep(after, after_scores, now, now_scores, state, frame, records, record_scores, weights)
        for n in range(count):
            held[frame, n], held_scores[frame, n] = now[n, RECORD], now_scores[n, SCORE]
    at = _close(
        now, now_scores, count, frames, records, record_scores, held, held_scores, state, trees, grams, weights
    )  # fmt: skip
    length = 0
    while at >= 0:
        for column in range(5):
            chain[length, column] = records[at, column]
        chain_scores[length, 0], chain_scores[length, 1] = record_scores[at, 0], record_scores[at, 1]
        chain_scores[length, 2] = _agreed(at, records, min(records[at, R_END] + LATER, frames), held, held_scores)
        length, at = length + 1, records[at, R_PARENT]
    return length


@njit(cache=True, nogil=True, error_model="numpy")
def _extend(now: Any, now_scores: Any, n: Any, ids: Any, logs: Any, frame: Any, blank: Any, space: Any, to: Any, to_scores: Any,
            index: Any, state: Any, best: Any, trees: Trees, grams: Grams, weights: Weights) -> None:  # fmt: skip
    """Every way hypothesis n can go on through one frame."""
    nodes = len(trees.ahead)
    node, context, begin, last = now[n, PLACE] >> 1, now[n, CONTEXT], now[n, BEGIN], now[n, LAST]
    after_blank = now[n, PLACE] & 1 == 0
    label = space if node == 0 else (trees.label[node] if node < nodes else node - nodes)
    ends_from, ends_to = (trees.first[node], trees.first[node + 1]) if node < nodes else (0, 1)
    score, sound = now_scores[n, SCORE], now_scores[n, SOUND]
    source = now, now_scores, n
    target = to, to_scores, index, state, best, weights.width, frame
    for k in range(-1, ids.shape[1]):
        output = blank if k < 0 else np.int64(ids[frame, k])
        log = _of(ids, logs, frame, blank, weights.least) if k < 0 else np.float64(logs[frame, k])
        if k >= 0 and (output == blank or log <= weights.least):
            continue
        if output == blank or (output == label and not after_blank) or (node == 0 and output == space):
            here = 2 * node + (0 if output == blank else 1)
            until = frame + 1 if node > 0 and output == label else last
            _offer(target, source, here, context, score + log, sound + log, begin, until, -1, 0.0)
            continue
        if output == space:
            _offer(target, source, 2 * node, context, score + log + weights.parted, sound + log, begin, last, -1, 0.0)
        elif node < nodes and trees.child[node, output] >= 0:
            child = np.int64(trees.child[node, output])
            price = log + weights.language * (trees.ahead[child] - trees.ahead[node])
            since = frame if node == 0 else begin
            _offer(target, source, 2 * child + 1, context, score + price, sound + log, since, frame + 1, -1, 0.0)
        if output != space and (node == 0 or node >= nodes):
            price = log + weights.unlisted_sound * (trees.sounds[label, output] if node > 0 else -3.0)
            if node == 0:
                price += weights.language * (grams.single[grams.unknown] - trees.ahead[0])
            since = frame if node == 0 else begin
            _offer(
                target, source, 2 * (nodes + output) + 1, context, score + price, sound + log, since, frame + 1, -1, 0.0
            )
    expected = trees.ahead[node] if node < nodes else grams.single[grams.unknown]
    base = score + weights.word - weights.language * expected + (0.0 if node < nodes else weights.unlisted)
    loudest = logs[frame, 0] + weights.language * trees.ahead[0]
    if ends_from == ends_to or node == 0 or base + loudest < best[0] - weights.width:
        return
    for at in range(ends_from, ends_to):
        word = np.int64(trees.words[at]) if node < nodes else np.int64(grams.unknown)
        told, context2 = language(grams, context, word)
        for k in range(ids.shape[1]):
            output, log = np.int64(ids[frame, k]), np.float64(logs[frame, k])
            after = np.int64(0) if output == space else np.int64(trees.child[0, output])
            if after < 0 or output == blank or log <= weights.least or (output != space and node >= nodes):
                continue
            price = log + weights.language * (trees.ahead[after] + told) + (0.0 if output == space else weights.joined)
            _offer(target, source, 2 * after + 1, context2, base + price, sound + log, frame, frame + 1, word, told)


@njit(cache=True, nogil=True, error_model="numpy")
def _offer(target: Any, source: Any, place: Any, context: Any, score: Any, sound: Any, begin: Any, last: Any, word: Any,
           told: Any) -> None:  # fmt: skip
    """Put a hypothesis at (place, context) if none is there yet or only a worse one; ``word`` is one that just ended, or -1."""
    to, to_scores, index, state, best, width, frame = target
    if score < best[0] - width:
        return
    best[0] = max(best[0], score)
    now, now_scores, n = source
    at = start_of(place * 1099511627776 + context, len(index))
    found = -1
    while index[at, 1] == frame and found < 0:
        found = index[at, 0]
        if to[found, PLACE] != place or to[found, CONTEXT] != context:
            at, found = (at + 1) & (len(index) - 1), -1
    if found < 0:
        found = state[0]
        if found >= len(to):
            return
        state[0] = found + 1
        index[at, 0], index[at, 1] = found, frame
        to[found, PLACE], to[found, CONTEXT], to_scores[found, SCORE] = place, context, NOTHING
    if score <= to_scores[found, SCORE]:
        return
    to_scores[found, SCORE], to_scores[found, SOUND] = score, sound
    to[found, RECORD], to[found, BEGIN], to[found, LAST], to[found, WORD] = now[n, RECORD], begin, last, word
    if word >= 0:
        to[found, WORD_BEGIN], to[found, WORD_LAST] = now[n, BEGIN], now[n, LAST]
        to_scores[found, WORD_SOUND], to_scores[found, WORD_TOLD] = now_scores[n, SOUND], told


@njit(cache=True, nogil=True, error_model="numpy")
def _keep(after: Any, after_scores: Any, now: Any, now_scores: Any, state: Any, frame: Any, records: Any, record_scores: Any,
          weights: Weights) -> Any:  # fmt: skip
    """The best hypotheses of ``after`` into ``now``, their finished words into the records; how many there are."""
    best = NOTHING
    for n in range(state[0]):
        best = max(best, after_scores[n, SCORE])
    for n in range(2, len(state)):
        state[n] = 0
    scale = BINS / weights.width
    for n in range(state[0]):
        behind = np.int64((best - after_scores[n, SCORE]) * scale)
        if behind < BINS:
            state[2 + behind] += 1
    total, border = state[2], 1
    while border < BINS and total + state[2 + border] <= weights.beam:
        total += state[2 + border]
        border += 1
    kept = 0
    for n in range(state[0]):
        if kept >= weights.beam or np.int64((best - after_scores[n, SCORE]) * scale) >= border:
            continue
        for column in range(8):
            now[kept, column] = after[n, column]
        for column in range(4):
            now_scores[kept, column] = after_scores[n, column]
        if after[n, WORD] >= 0:
            now[kept, RECORD] = _add(after, after_scores, n, frame, records, record_scores, state)
        kept += 1
    return kept


@njit(cache=True, nogil=True, error_model="numpy")
def _add(after: Any, after_scores: Any, n: Any, frame: Any, records: Any, record_scores: Any, state: Any) -> Any:
    """A new record of the word that hypothesis n has just finished."""
    at = state[1]
    state[1] = at + 1
    records[at, R_WORD], records[at, R_FIRST], records[at, R_LAST] = (
        after[n, WORD],
        after[n, WORD_BEGIN],
        after[n, WORD_LAST],
    )
    records[at, R_END], records[at, R_PARENT] = frame, after[n, RECORD]
    record_scores[at, 0], record_scores[at, 1] = after_scores[n, WORD_SOUND], after_scores[n, WORD_TOLD]
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def _close(
    now: Any, now_scores: Any, count: Any, frames: Any, records: Any, record_scores: Any, held: Any, held_scores: Any,
    state: Any, trees: Trees, grams: Grams, weights: Weights,
) -> Any:  # fmt: skip
    """Finish the word under way of every hypothesis; the record at which the best path ends. ``held`` gets all of them."""
    nodes = len(trees.ahead)
    winner = np.int64(0)
    for n in range(count):
        node, context = now[n, PLACE] >> 1, now[n, CONTEXT]
        first, after = (trees.first[node], trees.first[node + 1]) if 0 < node < nodes else (0, 1)
        cut_off = first == after
        expected = trees.ahead[node] if node < nodes else grams.single[grams.unknown]
        best = NOTHING
        for at in range(first, max(after, first + 1)):
            word, told, price = np.int64(-1), 0.0, 0.0
            context2 = context
            if node > 0:
                word = np.int64(trees.words[at]) if node < nodes and not cut_off else np.int64(grams.unknown)
                told, context2 = language(grams, context, word)
                price = (
                    weights.word
                    + (weights.unfinished if cut_off else 0.0)
                    + (weights.unlisted if node >= nodes else 0.0)
                )
            over, _context = language(grams, context2, np.int64(grams.end))
            score = now_scores[n, SCORE] + price + weights.language * (told + over - expected)
            if score > best:
                best, now[n, WORD], now_scores[n, WORD_TOLD] = score, word, told
        if now[n, WORD] >= 0 and node > 0:
            now[n, WORD_BEGIN], now[n, WORD_LAST], now_scores[n, WORD_SOUND] = (
                now[n, BEGIN],
                now[n, LAST],
                now_scores[n, SOUND],
            )
            now[n, RECORD] = _add(now, now_scores, n, frames, records, record_scores, state)
        held[frames, n], held_scores[frames, n] = now[n, RECORD], best
        if best > held_scores[frames, winner]:
            winner = np.int64(n)
    return held[frames, winner]


@njit(cache=True, nogil=True, error_model="numpy")
def _agreed(record: Any, records: Any, frame: Any, held: Any, scores: Any) -> Any:
    """Share, by tempered score, of the hypotheses of a frame whose history holds the word at about that time."""
    best = NOTHING
    for n in range(held.shape[1]):
        best = max(best, scores[frame, n])
    total, same = 1e-9, 0.0
    for n in range(held.shape[1]):
        if scores[frame, n] < NOTHING / 2:
            continue
        weight = math.exp(TEMPER * (scores[frame, n] - best))
        total += weight
        at = held[frame, n]
        while at >= 0 and records[at, R_LAST] > records[record, R_FIRST]:
            if records[at, R_WORD] == records[record, R_WORD] and records[at, R_FIRST] < records[record, R_LAST]:
                same += weight
                break
            at = records[at, R_PARENT]
    return same / total


@njit(cache=True, nogil=True, error_model="numpy")
def language(grams: Grams, context: Any, word: Any) -> Any:
    """(log probability of a word in a context, the context after it)."""
    pairs, size = len(grams.pair), len(grams.single)
    second = np.int64(grams.pair_second[context]) if context < pairs else context - pairs
    pair = _row(grams.pairs, second * size + word)
    after = pair if pair >= 0 else np.int64(pairs + word)
    backoff = 0.0
    if context < pairs:
        triple = _row(grams.triples, np.int64(context) * size + word)
        if triple >= 0:
            return np.float64(grams.triple[triple]), after
        backoff = np.float64(grams.pair_backoff[context])
    if pair >= 0:
        return backoff + grams.pair[pair], after
    return backoff + grams.single_backoff[second] + grams.single[word], after


@njit(cache=True, nogil=True, error_model="numpy")
def _row(table: Any, key: Any) -> Any:
    """The row of a key in a table that pipeline.asr.lexicon filled, or -1."""
    at = start_of(key, len(table))
    while table[at, 0] >= 0:
        if table[at, 0] == key:
            return table[at, 1]
        at = (at + 1) & (len(table) - 1)
    return np.int64(-1)


@njit(cache=True, nogil=True, error_model="numpy")
def start_of(key: Any, size: Any) -> Any:
    """Where the search for a key begins in a table of a power of two places: multiply, fold, cut."""
    mixed = np.uint64(key) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((mixed >> np.uint64(32)) & np.uint64(size - 1))


@njit(cache=True, nogil=True, error_model="numpy")
def _of(ids: Any, logs: Any, frame: Any, output: Any, least: Any) -> Any:
    """The log probability of an output in one frame, ``least`` where it is not among the best."""
    for k in range(ids.shape[1]):
        if ids[frame, k] == output:
            return max(np.float64(logs[frame, k]), least)
    return least
