"""Words to characters at once, for the many stretches of talk in which words mean nothing together.

The slow way (rules.language.tokens) reads numbers, spelled letters and words written apart from their neighbours. Here each
word's characters are looked up and joined; where neighbours could matter, tables over the result notice it and the words
around are read the slow way. Both ways give the same characters; tests hold them against each other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, product

import numpy as np
from numpy.typing import NDArray

from rules.engine.encoding import BOUNDARY, TYPED, Vocabulary, is_number
from rules.engine.scanning import codes_of
from rules.language.tokens import SOFT, joins, letters, split_word, tokens_of
from rules.spoken.atoms import CONNECTIVES, DIGIT, HESITATIONS, REPAIR_TAIL, REPAIRS, Is, atoms_of, bare

MARK = "\ue900"  # before a word that is part of a number
SLOW = "\ue901"  # a word that is never read alone
EDGE = "\n"  # stands for the end of a segment; no word is one
MOST_WORDS = 400_000  # remembered; calls repeat few words, names and typing errors come and go
MOST_STRETCHES = 20_000  # remembered: scripts and small talk are said again and again
# What a character may be among its neighbours: the same twice, the first or second of a pair, never read alone.
_ECHO, _OPENS, _CLOSES, _SLOW = 1, 2, 4, 8
_NUMBERS = (Is.DIGIT, Is.TEEN, Is.TENS, Is.OH, Is.TIMES, Is.NUMERAL)
_JOINING = CONNECTIVES | HESITATIONS | REPAIRS | REPAIR_TAIL
# "oh" alone is part of a number of which nothing is left.
_ECHO_BESIDE_OH = re.compile(f"{MARK}(?<=([^{BOUNDARY}]){MARK})(?=\\1)")
Span = tuple[int, int]


class _Calm(dict[str, bool]):
    """Whether a word means the same beside any other: it is said, it is no part of a number and joins none."""

    def __missing__(self, word: str) -> bool:
        if len(self) > MOST_WORDS:
            self.clear()
        text = bare(word)
        found = self[word] = not (text == "" or text in _JOINING or atoms_of(word) or set(split_word(word)) <= SOFT)
        return found


class Wording(dict[str, str]):
    """``wording[word]`` are the characters of a word that stands alone. Grows with the words it is asked for."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__({EDGE: BOUNDARY})
        self.vocabulary = vocabulary
        self._pairs = self._neighbours()
        self._parts = self._table()
        self._numbers = re.compile(self._near())
        self._stretches: dict[tuple[str, ...], str] = {}
        self._calm = _Calm()

    def __missing__(self, word: str) -> str:
        if len(self) > MOST_WORDS:
            self.clear()
            self[EDGE] = BOUNDARY
        found = self[word] = self._alone(word)
        return found

    def forget(self) -> None:
        """Drop the memory of stretches of talk; words stay known."""
        self._stretches.clear()

    def encode(self, segments: Sequence[Sequence[str]]) -> str:
        """The characters of stretches of talk, each closed by a boundary, as `Vocabulary.encode` gives them for tokens."""
        flat: list[str] = []
        for words in segments:
            flat += words
            flat.append(EDGE)
        quick = "".join(map(self.__getitem__, flat))
        doubted = self._doubted(quick)
        if MARK in quick:
            doubted += [found.span() for found in self._numbers.finditer(quick)]
            doubted += [(found.start() - 1, found.end() + 1) for found in _ECHO_BESIDE_OH.finditer(quick)]
        if doubted:
            quick = self._mended(quick, segments, doubted)
        return quick.replace(MARK, "")

    def _doubted(self, quick: str) -> list[Span]:
        """Where in the quickly made characters neighbours must be read together: echoes, letters, parted words."""
        codes = codes_of(quick)
        parts = self._parts.take(codes)
        before, after = parts[:-1], parts[1:]
        maybe = (before << 1) & after & _CLOSES
        maybe |= (codes[:-1] == codes[1:]) & before & _ECHO
        maybe |= before & _SLOW
        places = maybe.nonzero()[0].tolist()
        return [(at, at + 1 + (quick[at] != SLOW)) for at in places if self._is_doubted(quick[at], quick[at + 1])]

    def _is_doubted(self, char: str, following: str) -> bool:
        return char in (SLOW, following) or char + following in self._pairs

    def _mended(self, quick: str, segments: Sequence[Sequence[str]], doubted: Sequence[Span]) -> str:
        """The same characters with those of doubted words read the slow way."""
        closed = (codes_of(quick) == 0).nonzero()[0]
        numbers = closed.searchsorted([first for first, _ in doubted]).tolist()
        spans: dict[int, list[Span]] = {}
        for number, span in sorted(zip(numbers, doubted, strict=True)):
            spans.setdefault(number, []).append(span)
        parts, done = [], 0
        for number, places in spans.items():
            start, end = int(closed[number - 1]) + 1 if number else 0, int(closed[number])
            parts += [quick[done:start], self._remembered(tuple(segments[number]), quick[start:end], start, places)]
            done = end
        return "".join([*parts, quick[done:]])

    def _remembered(self, words: tuple[str, ...], quick: str, start: int, doubted: Sequence[Span]) -> str:
        """The characters of one stretch; ``doubted`` are places in it, counted from ``start``."""
        found = self._stretches.get(words)
        if found is None:
            if len(self._stretches) > MOST_STRETCHES:
                self._stretches.clear()
            found = self._stretches[words] = self._partly(words, quick, [(a - start, b - start) for a, b in doubted])
        return found

    def _partly(self, words: tuple[str, ...], quick: str, doubted: Sequence[Span]) -> str:
        """Only doubted words and those around them, up to a calm one on each side, are read the slow way."""
        ends = list(accumulate(len(self[word]) for word in words))
        rough = [(bisect_right(ends, first), bisect_right(ends, end - 1)) for first, end in doubted]
        calm = [self._calm[word] for word in words]
        for first, last in rough:
            calm[first : last + 1] = [False] * (last + 1 - first)
        parts, done = [], 0
        for low, high in _windows(rough, calm):
            parts += [quick[ends[done - 1] if done else 0 : ends[low - 1] if low else 0], self._read(words[low:high])]
            done = high
        return "".join([*parts, quick[ends[done - 1] :]])

    def _read(self, words: Sequence[str]) -> str:
        """The same as ``slowly``; figures said one by one between calm words, the usual case, are one number at once."""
        first, end = int(self._calm[words[0]]), len(words) - int(self._calm[words[-1]])
        figures = list(map(DIGIT.get, words[first:end]))
        before, after = (self[words[0]] if first else ""), (self[words[-1]] if end < len(words) else "")
        if not figures or None in figures or SLOW in (before, after):
            return self.slowly(words)
        return before + self.vocabulary.encode(["".join(map(str, figures))]) + after

    def slowly(self, words: Sequence[str]) -> str:
        return self.vocabulary.encode([token.text for token in tokens_of(words)])

    def _alone(self, word: str) -> str:
        kinds = {atom.what for atom in atoms_of(word)}
        if kinds & {Is.HUNDRED, Is.SCALE}:
            return SLOW
        if word.startswith("["):
            return SLOW if kinds else self._typed(word)
        if kinds.isdisjoint(_NUMBERS):
            texts = [text for text in split_word(word) if text not in SOFT]
            return self.vocabulary.encode(texts)
        return MARK + self.slowly([word])

    def _typed(self, word: str) -> str:
        """The character of a block of redaction; what only looks like one, or counts as a number, is read slowly."""
        char = self.vocabulary.encode(split_word(word))
        return char if len(char) == 1 and not is_number(char) and bare(word) not in _JOINING else SLOW

    def _near(self) -> str:
        """Two parts of a number with nothing between that parts them: at most words that join or mend numbers."""
        joining = {char for word in CONNECTIVES | REPAIRS | REPAIR_TAIL for char in self.slowly([word])}
        between = re.escape("".join(sorted(joining)))
        return f"{MARK}[^{MARK}{BOUNDARY}]?[{between}]{{0,12}}{MARK}"

    def _neighbours(self) -> frozenset[str]:
        """Pairs of characters that mean something together: letters that spell, words that are often parted."""
        spelled = sorted(letters() - SOFT)
        return frozenset(self.vocabulary.encode(pair) for pair in (*joins(), *product(spelled, spelled)))

    def _table(self) -> NDArray[np.uint8]:
        """For each character the parts it may play among its neighbours."""
        echoing = codes_of("".join(self.vocabulary.characters()))
        table = np.zeros(max(0x10000, int(echoing.max()) + 2), np.uint8)
        table[echoing] |= _ECHO
        table[TYPED] |= _ECHO
        table[codes_of("".join({pair[0] for pair in self._pairs}))] |= _OPENS
        table[codes_of("".join({pair[1] for pair in self._pairs}))] |= _CLOSES
        table[ord(SLOW)] |= _SLOW
        return table


def _windows(rough: Sequence[Span], calm: Sequence[bool]) -> list[Span]:
    """Stretches (first, end) of words around the ``rough`` ones (first, last), each with a calm word on either side."""
    found: list[Span] = []
    for low, high in sorted(rough):
        while low > 0 and not calm[low]:
            low -= 1
        while high < len(calm) - 1 and not calm[high]:
            high += 1
        if found and low < found[-1][1]:
            found[-1] = (found[-1][0], max(high + 1, found[-1][1]))
        else:
            found.append((low, high + 1))
    return found
