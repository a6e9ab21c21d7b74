"""Words to characters at once, for the many stretches of talk in which words mean nothing together.

The slow way (rules.language.tokens) reads numbers, spelled letters and words written apart from their neighbours. Here each
word's characters are looked up and joined; where neighbours could matter, a few expressions over the result notice it and
the stretch is read the slow way. Both ways give the same characters; tests hold them against each other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, product

import ahocorasick

from rules.engine.encoding import BOUNDARY, Vocabulary
from rules.language.tokens import SOFT, joins, letters, split_word, tokens_of
from rules.spoken.atoms import CONNECTIVES, REPAIR_TAIL, REPAIRS, Is, atoms_of

MARK = "\ue900"  # before a word that is part of a number
SLOW = "\ue901"  # a word that is never read alone
EDGE = "\n"  # stands for the end of a segment; no word is one
MOST_WORDS = 400_000  # remembered; calls repeat few words, names and typing errors come and go
_NUMBERS = (Is.DIGIT, Is.TEEN, Is.TENS, Is.OH, Is.TIMES, Is.NUMERAL)


class Wording(dict[str, str]):
    """``wording[word]`` are the characters of a word that stands alone. Grows with the words it is asked for."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__({EDGE: BOUNDARY})
        self.vocabulary = vocabulary
        self._together = self._neighbours()
        self._numbers = re.compile(self._near())

    def __missing__(self, word: str) -> str:
        if len(self) > MOST_WORDS:
            self.clear()
            self[EDGE] = BOUNDARY
        found = self[word] = self._alone(word)
        return found

    def encode(self, segments: Sequence[Sequence[str]]) -> str:
        """The characters of stretches of talk, each closed by a boundary, as `Vocabulary.encode` gives them for tokens."""
        flat = [word for words in segments for word in (*words, EDGE)]
        quick = "".join(map(self.__getitem__, flat))
        doubted = [end for end, _ in self._together.iter(quick)]
        if quick.count(MARK) > 1:
            doubted += [found.start() for found in self._numbers.finditer(quick)]
        if doubted:
            quick = self._mended(quick, segments, doubted)
        return quick.replace(MARK, "")

    def _mended(self, quick: str, segments: Sequence[Sequence[str]], doubted: Sequence[int]) -> str:
        """Segments that hold a doubted place are read the slow way."""
        parts = quick.split(BOUNDARY)
        ends = list(accumulate(len(part) + 1 for part in parts))
        for number in {bisect_right(ends, place) for place in doubted}:
            parts[number] = self.slowly(segments[number])
        return BOUNDARY.join(parts)

    def slowly(self, words: Sequence[str]) -> str:
        return self.vocabulary.encode([token.text for token in tokens_of(words)])

    def _alone(self, word: str) -> str:
        kinds = {atom.what for atom in atoms_of(word)}
        if kinds & {Is.HUNDRED, Is.SCALE} or word.startswith("["):
            return SLOW
        if kinds.isdisjoint(_NUMBERS):
            texts = [text for text in split_word(word) if text not in SOFT]
            return self.vocabulary.encode(texts)
        return MARK + self.slowly([word])

    def _near(self) -> str:
        """Two parts of a number with nothing between that parts them: at most words that join or mend numbers."""
        joining = {char for word in CONNECTIVES | REPAIRS | REPAIR_TAIL for char in self.slowly([word])}
        between = re.escape("".join(sorted(joining)))
        return f"{MARK}[^{MARK}{BOUNDARY}]?[{between}]{{0,12}}{MARK}"

    def _neighbours(self) -> ahocorasick.Automaton:
        """What in the quickly made characters shows that words must be read together: echoes, letters, parted words."""
        every = self.vocabulary.encode
        found = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
        for char in self.vocabulary.characters():
            found.add_word(char * 2)
        spelled = sorted(letters() - SOFT)
        for first, second in (*joins(), *product(spelled, spelled)):
            found.add_word(every([first, second]))
        found.add_word(SLOW)
        found.make_automaton()
        return found
