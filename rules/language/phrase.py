"""What a phrase of a rule means: words, choices, gaps and numbers, as a small tree.

    call (is|may be) [being] recorded     words, one of several, something that may be missing
    ~transfer ... account                 any form of the word; up to four words between
    code {digits:3-4}                     a run of three or four digits, spoken or written
    {code_words} {CARD_CODE}              a word list of the pack; a typed block of redaction
    call me !(stupid|names)               not followed by one of these
    this is * calling                     exactly one word, whatever it is; {card} is a card number

The tree is independent of any call and of the automaton; rules/engine turns it into an expression over encoded words,
the test oracle walks it word by word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rules.language.inflect import forms
from rules.language.tokens import tokens_of
from rules.spoken import aloud

GAP = 4  # words that "..." lets pass
LONGEST_GAP = 30
DEEPEST = 6
LONGEST_NUMBER = 24


@dataclass(frozen=True, slots=True)
class Lit:
    """One token that must be there."""

    token: str


@dataclass(frozen=True, slots=True)
class Number:
    """A run of digits with ``least`` to ``most`` figures."""

    least: int = 1
    most: int = LONGEST_NUMBER
    luhn: bool = False  # only numbers that satisfy the Luhn check


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to ``most`` tokens that do not matter."""

    most: int = GAP


@dataclass(frozen=True, slots=True)
class Any:
    """Exactly one token, whatever it is."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences; an empty one makes it optional."""

    options: tuple[Seq, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What must not come next; takes no token itself."""

    options: tuple[Seq, ...]


@dataclass(frozen=True, slots=True)
class Seq:
    """One after the other."""

    parts: tuple[Node, ...]


Node = Lit | Number | Any | Gap | Choice | Not | Seq
_PIECE = re.compile(r"\s+|(?P<open>!?\(|\[)|(?P<close>[)\]])|(?P<bar>\|)|(?P<gap>\.\.\.(?P<most>\d*))"
                    r"|\{(?P<name>[^{}]*)\}|(?P<word>[^\s()\[\]|{}]+)")  # fmt: skip
_DIGITS = re.compile(r"digits(?::(\d+)(?:-(\d+))?)?\Z")
Lists = Mapping[str, Sequence[str]]


class PhraseError(ValueError):
    """A phrase that cannot be read; the message says what is wrong and where in it."""


def parse(text: str, lists: Lists | None = None) -> Seq:
    """The tree of a phrase. ``lists`` are the named word lists that ``{name}`` may use. Raises PhraseError."""
    if not any(sign in text for sign in "()[]|{}~*!") and "..." not in text:
        plain_words = Seq(tuple(Lit(token.text) for token in tokens_of(text.split())))
        if plain_words.parts:
            return plain_words
    reader = _Reader(text, {} if lists is None else lists)
    tree = reader.choice_until(None)
    node = tree.options[0] if len(tree.options) == 1 else Seq((tree,))
    if not says_something(node):
        raise PhraseError(f'"{text}" has no word that must be said; a phrase needs at least one')
    return node


def says_something(node: Node) -> bool:
    """Whether a match of ``node`` always holds at least one token of its own."""
    if isinstance(node, Seq):
        return any(says_something(part) for part in node.parts)
    if isinstance(node, Choice):
        return all(says_something(option) for option in node.options)
    return not isinstance(node, Gap | Any | Not)


class _Options:
    """Collects the options of one choice. An option of nothing but soft words says nothing and is left out."""

    def __init__(self) -> None:
        self.done: list[Seq] = []
        self.parts: list[Node] = []
        self.words: list[str] = []
        self.soft = False

    def word(self, word: str) -> None:
        self.words.append(word)

    def add(self, nodes: list[Node]) -> None:
        self.flush()
        self.parts.extend(nodes)

    def flush(self) -> None:
        """Words that stand together are brought to tokens together."""
        tokens = tokens_of(self.words)
        self.soft = self.soft or (bool(self.words) and not tokens)
        self.parts.extend(Lit(token.text) for token in tokens)
        self.words.clear()

    def end(self) -> None:
        self.flush()
        if self.parts or not self.soft:
            self.done.append(Seq(tuple(self.parts)))
        self.parts, self.soft = [], False

    def choice(self) -> Choice:
        self.end()
        return Choice(tuple(self.done) or (Seq(()),))


class _Reader:
    """Reads one phrase from left to right."""

    def __init__(self, text: str, lists: Lists, depth: int = 0) -> None:
        self.text, self.lists, self.depth = text, lists, depth
        self.pieces = list(_PIECE.finditer(text))
        if sum(len(piece.group()) for piece in self.pieces) != len(text):
            raise PhraseError(f'"{text}" has a brace without its partner')
        self.at = 0

    def choice_until(self, close: str | None) -> Choice:
        """Options separated by ``|`` up to ``close`` (None: the end)."""
        options = _Options()
        while self.at < len(self.pieces):
            piece = self.pieces[self.at]
            self.at += 1
            if piece.group().isspace():
                continue
            if piece["word"] and not piece["word"].startswith(("~", "*")):
                options.word(piece["word"])
            elif piece["close"]:
                if piece["close"] != close:
                    raise PhraseError(f'"{self.text}": "{piece["close"]}" closes nothing')
                return options.choice()
            elif piece["bar"]:
                options.end()
            else:
                options.add(self.node(piece))
        if close is not None:
            raise PhraseError(f'"{self.text}": a bracket is not closed by "{close}"')
        return options.choice()

    def node(self, piece: re.Match[str]) -> list[Node]:
        if piece["open"]:
            return [self.group(piece["open"])]
        if piece["gap"]:
            return [Gap(self.gap(piece["most"]))]
        if piece["name"] is not None:
            return [self.named(piece["name"].strip())]
        if piece["word"] == "*":
            return [Any()]
        if piece["word"] and piece["word"].startswith("*"):
            raise PhraseError(f'"{self.text}": "*" stands alone for one word')
        if piece["word"]:
            return [_inflected(piece["word"][1:], self.text)]
        return []

    def group(self, opening: str) -> Choice | Not:
        self.depth += 1
        if self.depth > DEEPEST:
            raise PhraseError(f'"{self.text}" nests more than {DEEPEST} brackets')
        choice = self.choice_until("]" if opening == "[" else ")")
        self.depth -= 1
        if opening == "!(":
            return Not(tuple(option for option in choice.options if option.parts))
        return choice if opening == "(" else Choice((*choice.options, Seq(())))

    def gap(self, most: str) -> int:
        size = int(most[:4]) if most else GAP
        if size > LONGEST_GAP:
            raise PhraseError(f'"{self.text}": a gap of {most} words is more than {LONGEST_GAP}; use `near` instead')
        return size

    def named(self, name: str) -> Node:
        if name == "number":
            return Number()
        if name == "card":
            return Number(13, 19, luhn=True)
        if (found := _DIGITS.match(name)) is not None:
            return self.digits(found)
        if name.isupper() and name.replace("_", "").isalpha():
            return Lit(f"[{name}]")
        if name not in self.lists:
            raise PhraseError(f'"{self.text}": there is no word list "{name}"{_hint(name, self.lists)}')
        if self.depth > DEEPEST:
            raise PhraseError(f'word list "{name}" uses itself or lists that are too deep')
        options = [_Reader(phrase, self.lists, self.depth + 1).choice_until(None) for phrase in self.lists[name]]
        return Choice(tuple(option for choice in options for option in choice.options))

    def digits(self, found: re.Match[str]) -> Number:
        least = int(found[1][:4]) if found[1] else 1
        most = int(found[2][:4]) if found[2] else (least if found[1] else LONGEST_NUMBER)
        if not 1 <= least <= most <= LONGEST_NUMBER:
            raise PhraseError(f'"{self.text}": digits run from 1 to {LONGEST_NUMBER}, the smaller number first')
        return Number(least, most)


def _hint(name: str, lists: Lists) -> str:
    from difflib import get_close_matches  # only for the sentence of an error

    close = get_close_matches(name, [*lists, "number", "digits"], n=1)
    return f'. Did you mean "{close[0]}"?' if close else ""


def _inflected(word: str, text: str) -> Choice:
    if not word:
        raise PhraseError(f'"{text}": "~" needs a word behind it')
    options = [Seq(tuple(Lit(token.text) for token in tokens_of([form]))) for form in forms(word.lower())]
    return Choice(tuple(dict.fromkeys(options)))


def map_literals(node: Node, change: Callable[[str], Node]) -> Node:
    """The same tree with every literal replaced by ``change(token)``."""
    if isinstance(node, Lit):
        return change(node.token)
    if isinstance(node, Choice):
        return Choice(tuple(_as_seq(map_literals(option, change)) for option in node.options))
    if isinstance(node, Seq):
        return Seq(tuple(map_literals(part, change) for part in node.parts))
    return node  # what must not come next is not widened by sound-alikes


def _as_seq(node: Node) -> Seq:
    return node if isinstance(node, Seq) else Seq((node,))


def plain(node: Node, limit: int = 12) -> list[str]:
    """Up to ``limit`` ways to say the phrase as plain words, for a search by sound; gaps and numbers are left out.

    The plainest come first: what may be missing is missing, and every choice is heard from before one is exhausted.
    """
    return list(dict.fromkeys(" ".join(words) for words, _ in _ways(node) if words))[:limit]


Ways = list[tuple[tuple[str, ...], int]]  # words, and how far down the lists of choices they stand
MOST_WAYS = 128


def _ways(node: Node) -> Ways:
    if isinstance(node, Lit):
        return [(tuple(aloud(node.token)) if node.token.isascii() and node.token.isdigit() else (node.token,), 0)]
    if isinstance(node, Choice):
        options = sorted((_ways(option) for option in node.options), key=lambda ways: bool(ways[0][0]))
        return _plainest((words, at + cost) for at, ways in enumerate(options) for words, cost in ways)
    if isinstance(node, Seq):
        found: Ways = [((), 0)]
        for part in node.parts:
            tails = _ways(part)
            found = _plainest((head + tail, a + b) for head, a in found for tail, b in tails)
        return found
    return [((), 0)]


def _plainest(ways: Iterable[tuple[tuple[str, ...], int]]) -> Ways:
    return sorted(ways, key=lambda way: way[1])[:MOST_WAYS]
