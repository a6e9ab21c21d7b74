"""Words of a text to characters of the rules, a whole text at a time.

Every word that was met once has a number, and its characters lie in one array. The words of a text are found by their
blanks; those of up to eight bytes, nearly all, are looked up together in a table over the bytes themselves, so nothing can
be taken for something else. What the table does not know is looked up, or learnt, one by one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from rules.engine.encoding import BOUNDARY

Codes = NDArray[np.uint32]
SHORT = 8  # bytes of a word that fit into one key
BLANK, LINE_END = 32, 10  # every byte up to a blank parts words; a line end also ends a segment
ROOM = 8  # slots of the table for each word: few share one
LEAST_BITS = 14
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(SHORT + 1)] + [0], np.uint64)  # by length; 0 beyond SHORT
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)  # odd numbers that spread keys
Keys = NDArray[np.uint64]
T = TypeVar("T", bound=np.generic)


class _Tables(NamedTuple):
    """What a reader needs, replaced as one when it grows, so that readers of other threads never see half of it.

    ``keys[slot]`` and ``numbers[slot]``: a word's bytes and its number; the empty word has key 0, slot 0 and number 0.
    ``starts[number]`` and ``counts[number]``: where a word's characters lie in ``pool``; a boundary follows them there.
    """

    keys: Keys
    numbers: NDArray[np.int32]
    starts: NDArray[np.intp]
    counts: NDArray[np.intp]
    pool: Codes


class Reading(NamedTuple):
    """A text's characters, its bytes, where in them its lines end, and how many words it has."""

    codes: Codes
    data: bytes
    closes: NDArray[np.intp]
    words: int


class Lexicon:
    """``characters(word)`` tells what a word is that was not met before."""

    def __init__(self, characters: Callable[[str], str]) -> None:
        self._characters = characters
        self._lock = threading.Lock()
        self._known: dict[bytes, int] = {b"": 0}
        self._used = 1  # characters of the pool
        size = 1 << LEAST_BITS
        self._tables = _Tables(
            np.zeros(size, np.uint64), np.zeros(size, np.int32), np.zeros(size, np.intp), np.zeros(size, np.intp),
            np.zeros(4 * size, np.uint32),
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self._known)

    def read(self, text: str) -> Reading:
        """The characters of ``text``, which closes every line by a line end, the last one too.

        Words are parted by single blanks: two blanks have an empty word between them. A line end becomes a boundary.
        """
        data = to_bytes(text) + b" " * SHORT
        bytes_ = np.frombuffer(data, np.uint8)
        closes = (bytes_[:-SHORT] <= BLANK).nonzero()[0]
        starts = np.zeros_like(closes)
        starts[1:] = closes[:-1] + 1
        numbers = self._numbers(data, starts, closes)
        tables = self._tables  # after the numbers: these tables know them all
        widths = tables.counts.take(numbers)
        line_ends = bytes_.take(closes) == LINE_END
        widths += line_ends
        stops = widths.cumsum()
        places = np.repeat(tables.starts.take(numbers) - stops + widths, widths)
        places += np.arange(len(places))
        return Reading(tables.pool.take(places), data, closes[line_ends], len(closes))

    def _numbers(self, data: bytes, starts: NDArray[np.intp], closes: NDArray[np.intp]) -> NDArray[np.int32]:
        tables = self._tables
        lengths = closes - starts
        every = np.ndarray((len(data) - SHORT + 1,), np.dtype("<u8"), data, strides=(1,))
        keys = every.take(starts)
        keys &= _MASKS.take(lengths, mode="clip")
        slots = _slots(keys, _FIRST, tables)
        doubted = ((tables.keys.take(slots) != keys) | (lengths > SHORT)).nonzero()[0]
        numbers = tables.numbers.take(slots)  # after the keys: another thread may enter words meanwhile
        if len(doubted):
            others = keys.take(doubted)
            slots = _slots(others, _SECOND, tables)
            sure = (tables.keys.take(slots) == others) & (lengths.take(doubted) <= SHORT)
            numbers[doubted] = tables.numbers.take(slots)
            doubted = doubted[~sure]
            spans = zip(starts.take(doubted).tolist(), closes.take(doubted).tolist(), strict=True)
            words = [data[first:end] for first, end in spans]
            try:
                numbers[doubted] = list(map(self._known.__getitem__, words))
            except KeyError:
                self._learn(set(words))
                numbers[doubted] = list(map(self._known.__getitem__, words))
        return numbers

    def _learn(self, words: set[bytes]) -> None:
        """Give a number to every word that has none."""
        fresh = [word for word in words if word not in self._known]
        said = [self._characters(to_text(word)) for word in fresh]
        with self._lock:
            told = {word: text for word, text in zip(fresh, said, strict=True) if word not in self._known}
            codes = np.frombuffer(BOUNDARY.join((*told.values(), "")).encode("utf-32-le"), np.uint32)
            counts = np.fromiter(map(len, told.values()), np.intp, len(told))
            first, used = len(self._known), self._used
            tables = self._roomy(first + len(told), used + len(codes))
            tables.pool[used : used + len(codes)] = codes
            tables.counts[first : first + len(told)] = counts
            tables.starts[first : first + len(told)] = used + (counts + 1).cumsum() - counts - 1
            self._used = used + len(codes)
            self._tables = tables
            _enter(list(told), first, tables)
            self._known.update(zip(told, range(first, first + len(told)), strict=True))

    def _roomy(self, words: int, characters: int) -> _Tables:
        """The tables with room for so many words and characters."""
        tables = self._tables
        if characters > len(tables.pool):
            tables = tables._replace(pool=_longer(tables.pool, characters))
        if words * ROOM > len(tables.keys):
            size = 4 << (words * ROOM).bit_length()
            tables = tables._replace(
                keys=np.zeros(size, np.uint64), numbers=np.zeros(size, np.int32),
                starts=_longer(tables.starts, size), counts=_longer(tables.counts, size),
            )  # fmt: skip
            _enter(list(self._known), 0, tables)
        return tables


def _enter(words: list[bytes], first: int, tables: _Tables) -> None:
    """Put short words, numbered from ``first`` on, into one of their two slots; where both are taken they go by name."""
    sizes = np.fromiter(map(len, words), np.intp, len(words))
    short = ((sizes > 0) & (sizes <= SHORT)).nonzero()[0]
    keys = np.array([int.from_bytes(words[at], "little") for at in short.tolist()], np.uint64)
    numbers = (short + first).astype(np.int32)
    for spread in (_FIRST, _SECOND):
        slots, own = np.unique(_slots(keys, spread, tables), return_index=True)
        free = (tables.numbers.take(slots) == 0) & (slots != 0)
        slots, own = slots[free], own[free]
        tables.numbers[slots] = numbers[own]  # before the keys: a reader who sees a key finds its number
        tables.keys[slots] = keys[own]
        keys, numbers = np.delete(keys, own), np.delete(numbers, own)


def to_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def to_text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass")


def _slots(keys: Keys, spread: np.uint64, tables: _Tables) -> NDArray[np.intp]:
    return ((keys * spread) >> np.uint64(64 - _bits(tables))).astype(np.intp)


def _bits(tables: _Tables) -> int:
    return len(tables.keys).bit_length() - 1


def _longer(array: NDArray[T], least: int) -> NDArray[T]:
    found = np.zeros(max(2 * len(array), least), array.dtype)
    found[: len(array)] = array
    return found
