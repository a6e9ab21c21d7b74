"""Word list and n-gram model of a recogniser, as flat arrays that compiled code walks through.

words.txt.gz holds a row a word: the word, its count and how it is spelled in the recogniser's outputs (letters, or sounds
of a model that learnt sounds), parted by tabs. ngrams.txt.gz is ARPA text of up to three words. Spellings make a tree;
several words may end at one place of it (to, too, two), and the n-gram model chooses.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from pipeline.asr.vocabulary import Vocabulary
from pipeline.errors import ModelError

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

LN10 = float(np.log(10))
START, END, UNKNOWN = "<s>", "</s>", "<unk>"


class Trees(NamedTuple):
    """Spellings as a tree, node 0 the root.

    ``child`` ``[nodes, outputs]`` (-1: none), ``label`` ``[nodes]`` the output that leads there, words ending at a node
    are ``words[first[node]:first[node + 1]]``, ``ahead`` ``[nodes]`` the best log probability of any word below,
    ``sounds`` ``[outputs, outputs]`` log probability of an output after another inside words, for words not listed.
    """

    child: Ints
    label: Ints
    first: Ints
    words: Ints
    ahead: Floats
    sounds: Floats


class Grams(NamedTuple):
    """A back-off model. A context is a row of the pairs, or ``len(pairs) + word`` where only the last word counts.

    Rows of pairs and triples are found through open hash tables ``[places, 2]`` of key (-1: free) and row. Natural logarithms.
    """

    single: Floats
    single_backoff: Floats
    pair: Floats
    pair_backoff: Floats
    pair_second: Ints
    triple: Floats
    pairs: Longs
    triples: Longs
    unknown: int
    start: int
    end: int


@dataclass(frozen=True)
class Lexicon:
    """Words with their numbers, the tree of their spellings and the model of their order."""

    words: tuple[str, ...]
    spellings: Mapping[str, str]
    trees: Trees
    grams: Grams

    @property
    def unknown(self) -> int:
        return self.grams.unknown

    @property
    def by_sound(self) -> bool:
        """True when words are spelled in sounds, not in their letters."""
        return any(word != spelling for word, spelling in self.spellings.items())


def read_lexicon(words: bytes, ngrams: bytes, vocabulary: Vocabulary) -> Lexicon:
    """From the contents of words.txt.gz and ngrams.txt.gz; raises ModelError naming file and line."""
    rows = _read_words(words)
    orders = _read_arpa(ngrams)
    listed = list(dict.fromkeys(word for word, _, _ in rows))
    number = {word: n for n, word in enumerate([*listed, UNKNOWN, START, END])}
    grams = _grams(orders, number)
    spelled = _spelled(rows, number, vocabulary)
    trees = _trees(spelled, grams.single, len(vocabulary.pieces))
    return Lexicon(tuple(number), {word: spelling for word, _, spelling in reversed(rows)}, trees, grams)


def _lines(data: bytes, name: str) -> list[str]:
    try:
        return gzip.decompress(data).decode("utf-8").splitlines()
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise ModelError(f"{name}: not gzipped text: {error}") from error


def _read_words(data: bytes) -> list[tuple[str, int, str]]:
    """(word, count, spelling); a word without a spelling is spelled as it is written."""
    rows = []
    for number, line in enumerate(_lines(data, "words.txt.gz"), 1):
        parts = line.split("\t")
        try:
            rows.append((parts[0], int(parts[1]) if len(parts) > 1 else 0, parts[2] if len(parts) > 2 else parts[0]))
        except ValueError as error:
            raise ModelError(f"words.txt.gz:{number}: the count {parts[1]!r} is no number") from error
    return rows


def _read_arpa(data: bytes) -> list[list[tuple[tuple[str, ...], float, float]]]:
    """(words, log10 probability, log10 back-off) by order."""
    orders: list[list[tuple[tuple[str, ...], float, float]]] = []
    for number, line in enumerate(_lines(data, "ngrams.txt.gz"), 1):
        if line.endswith("-grams:"):
            orders.append([])
            continue
        parts = line.split("\t")
        if not orders or len(parts) < 2:
            continue
        try:
            orders[-1].append((tuple(parts[1].split()), float(parts[0]), float(parts[2]) if len(parts) > 2 else 0.0))
        except ValueError as error:
            raise ModelError(f"ngrams.txt.gz:{number}: not a row of an ARPA file: {line!r}") from error
    if not orders:
        raise ModelError("ngrams.txt.gz: holds no n-grams")
    return [*orders, *([] for _ in range(3 - len(orders)))][:3]


def _spelled(
    rows: Sequence[tuple[str, int, str]], number: Mapping[str, int], vocabulary: Vocabulary
) -> list[tuple[int, list[int]]]:
    """(word, outputs of its spelling) of all words that the recogniser can write."""
    outputs = vocabulary.letters
    return [
        (number[word], [outputs[sign] for sign in spelling])
        for word, _, spelling in rows if spelling and all(sign in outputs for sign in spelling)
    ]  # fmt: skip


def _trees(spelled: Iterable[tuple[int, list[int]]], single: Floats, outputs: int) -> Trees:
    children: list[dict[int, int]] = [{}]
    labels, ends = [-1], [[]]  # type: tuple[list[int], list[list[int]]]
    follows = np.full((outputs, outputs), 0.5)
    for word, spelling in spelled:
        node, before = 0, -1
        for output in spelling:
            if output not in children[node]:
                children[node][output] = len(children)
                children.append({})
                labels.append(output)
                ends.append([])
            if before >= 0:
                follows[before, output] += 1
            node, before = children[node][output], output
        ends[node].append(word)
    child = np.full((len(children), outputs), -1, np.int32)
    for node, row in enumerate(children):
        for output, below in row.items():
            child[node, output] = below
    first = np.cumsum([0, *map(len, ends)], dtype=np.int32)
    words = np.array([word for row in ends for word in row], np.int32)
    sounds = np.log(follows / follows.sum(1, keepdims=True)).astype(np.float32)
    return Trees(child, np.array(labels, np.int32), first, words, _ahead(child, ends, single), sounds)


def _ahead(child: Ints, ends: Sequence[Sequence[int]], single: Floats) -> Floats:
    """Best word below each node. Children have higher numbers than their parent, so one pass from the back does."""
    best = np.full(len(child), -1e9, np.float32)
    for node in range(len(child) - 1, -1, -1):
        below = child[node][child[node] >= 0]
        choices = [*(float(single[word]) for word in ends[node]), *best[below].tolist()]
        best[node] = max(choices, default=-1e9)
    return best


def _grams(orders: Sequence[Sequence[tuple[tuple[str, ...], float, float]]], number: Mapping[str, int]) -> Grams:
    size = len(number)
    single, single_backoff = np.full(size, -12.0 * LN10, np.float32), np.zeros(size, np.float32)
    for (word,), log, backoff in orders[0]:
        if word in number:
            single[number[word]], single_backoff[number[word]] = log * LN10, backoff * LN10
    pairs = [(number[a], number[b], log, back) for (a, b), log, back in orders[1] if a in number and b in number]
    row_of = {(a, b): row for row, (a, b, _, _) in enumerate(pairs)}
    triples = [
        (row_of[number[a], number[b]], number[c], log)
        for (a, b, c), log, _ in orders[2]
        if a in number and b in number and c in number and (number[a], number[b]) in row_of
    ]
    tables = _hashed([a * size + b for a, b, _, _ in pairs]), _hashed([row * size + c for row, c, _ in triples])
    return Grams(
        single, single_backoff,
        np.array([log * LN10 for _, _, log, _ in pairs], np.float32), np.array([back * LN10 for *_, back in pairs], np.float32),
        np.array([b for _, b, _, _ in pairs], np.int32), np.array([log * LN10 for _, _, log in triples], np.float32),
        *tables, number[UNKNOWN], number[START], number[END],
    )  # fmt: skip


def _hashed(keys: Sequence[int]) -> Longs:
    """An open table at most half full: key and row at the first free place from the key's own on."""
    size = 1 << max(4, (2 * len(keys)).bit_length())
    table = [-1] * size
    rows = [0] * size
    for row, (key, at) in enumerate(zip(keys, hash_places(np.array(keys, np.int64), size).tolist(), strict=True)):
        while table[at] >= 0:
            at = (at + 1) & (size - 1)
        table[at], rows[at] = key, row
    return np.stack([np.array(table, np.int64), np.array(rows, np.int64)], 1)


def hash_places(keys: Longs, size: int) -> Longs:
    """Where the search for each key begins in a table of a power of two places: multiply, fold, cut."""
    mixed = keys.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    return ((mixed >> np.uint64(32)) & np.uint64(size - 1)).astype(np.int64)
