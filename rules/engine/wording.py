"""Words to characters at once, for the many stretches of talk in which words mean nothing together.

The slow way (rules.language.tokens) reads numbers, spelled letters and words written apart from their neighbours. Here each
word's characters are looked up and joined (rules.engine.lexicon); where neighbours could matter, tables over the result notice
it and the words around are read the slow way. Both ways give the same characters; tests hold them against each other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, product

import numpy as np
from numpy.typing import NDArray

from rules.engine.encoding import BOUNDARY, TYPED, Vocabulary, is_number
from rules.engine.lexicon import Codes, Lexicon, Reading, to_bytes, to_text
from rules.engine.scanning import codes_of, text_of
from rules.language.tokens import SOFT, joins, letters, peculiar, split_word, tokens_of
from rules.spoken.atoms import CONNECTIVES, DIGIT, HESITATIONS, REPAIR_TAIL, REPAIRS, Is, atoms_of, bare

MARK = "\ue900"  # before a word that is part of a number
SLOW = "\ue901"  # a word that is never read alone
MOST_WORDS = 400_000  # remembered; calls repeat few words, names and typing errors come and go
MOST_STRETCHES = 20_000  # remembered: scripts and small talk are said again and again
# What a character may be among its neighbours: the same twice, the first or second of a pair, never read alone.
_ECHO, _OPENS, _CLOSES, _SLOW = 1, 2, 4, 8
_NUMBERS = (Is.DIGIT, Is.TEEN, Is.TENS, Is.OH, Is.TIMES, Is.NUMERAL)
_JOINING = CONNECTIVES | HESITATIONS | REPAIRS | REPAIR_TAIL
_PECULIAR = peculiar()
_BLANKS = re.compile(r"[\x00-\x20]")
Span = tuple[int, int]
Places = NDArray[np.intp]


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
        super().__init__()
        self.vocabulary = vocabulary
        self._pairs = self._neighbours()
        self._parts = self._table()
        self._numbers = re.compile(self._near())
        self.forget()

    def __missing__(self, word: str) -> str:
        found = self[word] = self._alone(word)
        return found

    def forget(self) -> None:
        """Drop the memory of words and of stretches of talk, as if nothing had been read yet."""
        self.clear()
        self._lexicon = Lexicon(self.__getitem__)
        self._stretches: dict[bytes, str] = {}
        self._inner: dict[tuple[str, ...], str] = {}
        self._calm = _Calm()

    def encode(self, segments: Sequence[Sequence[str]]) -> str:
        """The characters of stretches of talk, each closed by a boundary, as `Vocabulary.encode` gives them for tokens."""
        read = self._reading("\n".join((*map(" ".join, segments), "")))
        if read.words != sum(map(len, segments)):
            return self._each(segments)
        return text_of(self._read_together(read))

    def encode_texts(self, texts: Sequence[str]) -> tuple[Codes, list[int]]:
        """The same, as numbers, for texts of one stretch a line, words parted by blanks; and where each text ends."""
        read = self._reading("\n".join((*texts, "")))
        ends = np.cumsum([1 + (len(text) if text.isascii() else len(to_bytes(text))) for text in texts], dtype=np.intp)
        last = read.closes.searchsorted(ends - 1)
        codes = self._read_together(read)
        return codes, ((codes == 0).nonzero()[0].take(last) + 1).tolist()

    def _each(self, segments: Sequence[Sequence[str]]) -> str:
        """One by one, because some word has a blank inside or a stretch has no word at all."""
        return "".join(
            self.encode([words]) if words and not any(map(_has_blank, words)) else self.slowly(words) + BOUNDARY
            for words in segments
        )

    def _reading(self, text: str) -> Reading:
        if len(self) > MOST_WORDS:
            self.forget()
        return self._lexicon.read(text)

    def _read_together(self, read: Reading) -> Codes:
        """The characters with those of doubted neighbours read the slow way, and without marks."""
        codes = read.codes
        marked = (codes == ord(MARK)).nonzero()[0]
        first, end = self._doubted(codes)
        if not len(marked) and not len(first):
            return codes
        quick = text_of(codes)
        numbers = [found.span() for found in self._numbers.finditer(quick)] if len(marked) else []
        # "oh" alone is part of a number of which nothing is left: an echo may have it in between.
        around = codes.take(marked - 1, mode="clip")
        beside = marked[(around == codes.take(marked + 1)) & (around != 0)]
        more = np.array(numbers, np.intp).reshape(-1, 2)
        first = np.concatenate((first, more[:, 0], beside - 1))
        end = np.concatenate((end, more[:, 1], beside + 2))
        if len(first):
            quick = self._mended(quick, read, first, end)
        return codes_of(quick.replace(MARK, ""))

    def _doubted(self, codes: Codes) -> tuple[Places, Places]:
        """Where in the quickly made characters neighbours must be read together, from and to: echoes, letters, parted words."""
        parts = self._parts.take(codes)
        before, after = parts[:-1], parts[1:]
        pairs = before << 1
        pairs &= after
        pairs &= _CLOSES
        pairs |= before & _SLOW
        pairs |= (codes[:-1] == codes[1:]) & (before & _ECHO)
        places = (pairs != 0).nonzero()[0]
        slow = (before.take(places) & _SLOW) != 0
        chars, following = text_of(codes.take(places)), text_of(codes.take(places + 1))
        known = [one == other or one + other in self._pairs for one, other in zip(chars, following, strict=True)]
        sure = slow | np.array(known, np.bool_)
        return places[sure], (places + 2 - slow)[sure]

    def _mended(self, quick: str, read: Reading, first: Places, end: Places) -> str:
        """The same characters with those of doubted words, from ``first`` to ``end``, read the slow way."""
        closed, closes = (read.codes == 0).nonzero()[0], read.closes
        numbers = closed.searchsorted(first)
        lines = np.unique(numbers)
        pieces, done = [], 0
        for number, start, stop, low, high in zip(
            lines.tolist(), _after(closed, lines), closed.take(lines).tolist(),
            _after(closes, lines), closes.take(lines).tolist(), strict=True,
        ):  # fmt: skip
            line = read.data[low:high]
            found = self._stretches.get(line)
            if found is None:
                own = numbers == number
                spans = zip((first[own] - start).tolist(), (end[own] - start).tolist(), strict=True)
                found = self._remember(line, quick[start:stop], sorted(spans))
            pieces += [quick[done:start], found]
            done = stop
        return "".join([*pieces, quick[done:]])

    def _remember(self, line: bytes, quick: str, doubted: Sequence[Span]) -> str:
        """The characters of one stretch; ``doubted`` are places in it."""
        if len(self._stretches) > MOST_STRETCHES:
            self._stretches.clear()
        words = _BLANKS.split(to_text(line))
        found = self._stretches[line] = self._partly(words, quick, doubted)
        return found

    def _partly(self, words: Sequence[str], quick: str, doubted: Sequence[Span]) -> str:
        """Only doubted words and those around them, up to a calm one on each side, are read the slow way."""
        ends = list(accumulate([len(self[word]) for word in words]))
        rough = [(bisect_right(ends, first), bisect_right(ends, end - 1)) for first, end in doubted]
        calm = [self._calm[word] for word in words]
        for first, last in rough:
            calm[first : last + 1] = [False] * (last + 1 - first)
        pieces, done = [], 0
        for low, high in _windows(rough, calm):
            pieces += [quick[ends[done - 1] if done else 0 : ends[low - 1] if low else 0],
                       self._read(words[low:high], calm[low], calm[high - 1])]  # fmt: skip
            done = high
        return "".join([*pieces, quick[ends[done - 1] :]])

    def _read(self, words: Sequence[str], opens: bool, closes: bool) -> str:
        """The same as ``slowly``, where the first and the last word may be calm: what is between them is read alone."""
        first, end = int(opens), len(words) - int(closes)
        before, after = (self[words[0]] if first else ""), (self[words[-1]] if closes else "")
        inner = self._between(tuple(words[first:end]))
        if not inner or before[-1:] == inner[0] or inner[-1] == after[:1]:  # perhaps an echo of its neighbour
            return self.slowly(words)
        return before + inner + after

    def _between(self, words: tuple[str, ...]) -> str:
        found = self._inner.get(words)
        if found is None:
            if len(self._inner) > MOST_STRETCHES:
                self._inner.clear()
            figures = list(map(DIGIT.get, words))
            told = words if None in figures else ["".join(map(str, figures))]  # the usual case is one number at once
            found = self._inner[words] = self.slowly(told) if None in figures else self.vocabulary.encode(told)
        return found

    def slowly(self, words: Sequence[str]) -> str:
        return self.vocabulary.encode([token.text for token in tokens_of(words)])

    def _alone(self, word: str) -> str:
        if word.isascii() and word.isalpha() and word.islower() and word not in _PECULIAR:
            return self.vocabulary.encode((word,))
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


def _after(closed: Places, lines: Places) -> list[int]:
    """Where lines begin: behind the end of the line before."""
    return np.where(lines == 0, 0, closed.take(lines - 1, mode="clip") + 1).tolist()


def _has_blank(word: str) -> bool:
    return _BLANKS.search(word) is not None


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
