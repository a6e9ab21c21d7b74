"""Words as single characters.

Every token that some rule knows gets a character of its own; a call then is a short string per party, and one automaton
and ordinary expressions run over it at the speed of C. Numbers no rule names fall into classes by their length.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from rules.language.phrase import LONGEST_NUMBER
from rules.language.tokens import joins, letters, split_word
from rules.spoken.atoms import CONNECTIVES, REPAIR_TAIL, REPAIRS

BOUNDARY = "\x00"  # no phrase runs across it
UNKNOWN = 0xF000  # + one of these many: words no rule knows, a few hundred kinds of them, so that echoes can be seen
KINDS = 0x800
_NUMBERS = 0xE000  # + figures of the number, up to LONGEST_NUMBER
_CARDS = 0xE100  # the same for numbers that satisfy the Luhn check, from 13 to 19 figures
CARD_LENGTHS = range(13, 20)
_TYPED = 0xE200  # + 32 for each redaction type some rule names, + figures of the block (0: not known)
_EACH = 32
TYPED = slice(_TYPED, 0xE900)  # characters that stand for blocks of redaction
_FIRST, _GAP_START, _GAP_END = 0x100, 0xD800, 0xF8FF  # surrogates and private use are left out


COMMON = (
    "i you he she it we they me him her us them my your his our their is are am was were be been have has had do does "
    "did will would can could may might must should to of in on at for from by with and or but not no yes this that "
    "these those there here what which who when where how if as up out about get got go going 1 need want know call"
).split()


class Vocabulary:
    """Tokens and their characters; grows while rules are compiled, never while a call is judged."""

    def __init__(self) -> None:
        self._chars: dict[str, str] = {}
        self._types: dict[str, int] = {}
        self._next = _FIRST
        together = {*letters(), *(word for pair in joins() for word in pair)}
        together.update(part for word in CONNECTIVES | REPAIRS | REPAIR_TAIL for part in split_word(word))
        for word in sorted(together):
            self.add(word)  # what may be part of a token must be told apart before it is one
        self.common = frozenset(self.add(token) for token in COMMON)  # characters of words every call is full of

    def add(self, token: str) -> str:
        """The characters of ``token``, new ones when it was not known: one for a word, several for a redaction type."""
        if token.startswith("["):
            first = _TYPED + _EACH * self._types.setdefault(token[1:-1], len(self._types))
            return "".join(chr(first + figures) for figures in range(LONGEST_NUMBER + 1))
        char = self._chars.get(token)
        if char is None:
            if _GAP_START <= self._next <= _GAP_END:
                self._next = _GAP_END + 1
            char = self._chars[token] = chr(self._next)
            self._next += 1
        return char

    def characters(self) -> Iterator[str]:
        """Every character of a word (numbers apart: they are no echo of each other), known or not."""
        yield from (char for token, char in self._chars.items() if not _is_number(token))
        yield from map(chr, range(UNKNOWN, UNKNOWN + KINDS))

    def encode(self, tokens: Iterable[str]) -> str:
        """One character a token."""
        chars = self._chars
        return "".join([chars.get(token) or self._other(token) for token in tokens])

    def _other(self, token: str) -> str:
        """What stands for a token that is no word of a rule."""
        if not token.startswith("["):
            return _number(token)
        kind, _, figures = token[1:-1].partition(":")
        size = min(int(figures), LONGEST_NUMBER) if figures.isdigit() else 0
        if kind in self._types:
            return chr(_TYPED + _EACH * self._types[kind] + size)
        return chr(_NUMBERS + size) if size else _unknown(token)

    def numbers(self, least: int, most: int, *, luhn: bool = False) -> str:
        """Every character that stands for a number of ``least`` to ``most`` figures; with ``luhn`` only card numbers."""
        cards = "".join(chr(_CARDS + size) for size in range(least, most + 1) if size in CARD_LENGTHS)
        known = [char for token, char in self._chars.items() if _is_number(token) and least <= len(token) <= most]
        if luhn:
            return cards
        sizes = range(least, most + 1)
        typed = "".join(chr(_TYPED + _EACH * at + size) for at in self._types.values() for size in sizes)
        return "".join(known) + "".join(chr(_NUMBERS + size) for size in sizes) + cards + typed


def satisfies_luhn(figures: str) -> bool:
    """The check of ISO/IEC 7812: every second digit from the right doubled, the digits' sum divisible by ten."""
    doubled = [int(d) * 2 if n % 2 else int(d) for n, d in enumerate(reversed(figures))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def is_number(char: str) -> bool:
    """Whether a character stands for a number that no rule names."""
    return _NUMBERS <= ord(char) < _TYPED


def _unknown(token: str) -> str:
    return chr(UNKNOWN + zlib.crc32(token.encode("utf-8", "surrogatepass")) % KINDS)


def _is_number(token: str) -> bool:
    return token.isascii() and token.isdigit()


def _number(token: str) -> str:
    if not _is_number(token):
        return _unknown(token)
    if len(token) in CARD_LENGTHS and satisfies_luhn(token):
        return chr(_CARDS + len(token))
    return chr(_NUMBERS + min(len(token), LONGEST_NUMBER))
