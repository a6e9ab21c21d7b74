"""Turns a phrase tree into an expression over encoded words, and into literals one of which every match must hold.

The literals go into the automaton of the whole rule set; the expression runs only where one of them was seen. Expressions
are built here from trees with bounded gaps, never from a user's text, so Python's own engine is safe for them.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from rules.engine.encoding import BOUNDARY, Vocabulary
from rules.language.alikes import ALIKES
from rules.language.phrase import Any, Choice, Gap, Lit, Node, Not, Number, Seq, map_literals
from rules.language.tokens import tokens_of

FEW = 4  # literals of a part that are looked for one by one
MOST_ANCHORS = 64  # literals one phrase may put into the automaton


@dataclass(frozen=True)
class Expression:
    """One compiled phrase. ``anchors`` are encoded literals; ``weak`` also accepts sound-alikes, None without any."""

    id: int
    tree: Seq
    source: str
    weak_source: str | None
    anchors: frozenset[str]
    literal: str | None = None  # the whole phrase, where it is nothing but words
    needs: tuple[tuple[str, ...], ...] = ()  # of each, one literal must be in the segment too

    @cached_property
    def strong(self) -> re.Pattern[str]:
        return re.compile(self.source)

    @cached_property
    def weak(self) -> re.Pattern[str] | None:
        return None if self.weak_source is None else re.compile(self.weak_source)

    def spans(self, text: str, start: int = 0, end: int = sys.maxsize) -> list[tuple[int, int, bool]]:
        """(first, end, only by a sound-alike) of every match in ``text`` between two boundaries, in order."""
        if self.literal is not None:
            return list(_places(self.literal, text, start, end))
        for literals in self.needs:
            if not any(text.find(literal, start, end) >= 0 for literal in literals):
                return []
        found = [(match.start(), match.end(), False) for match in self.strong.finditer(text, start, end)]
        if self.weak is not None:
            sure = list(found)
            found += [
                (match.start(), match.end(), True)
                for match in self.weak.finditer(text, start, end)
                if not any(match.start() < end and first < match.end() for first, end, _ in sure)
            ]
            found.sort()
        return found


def _places(literal: str, text: str, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    at = text.find(literal, start, end)
    while at >= 0:
        yield at, at + len(literal), False
        at = text.find(literal, at + len(literal), end)


def learn(tree: Node, vocabulary: Vocabulary) -> None:
    """Give every token of ``tree`` and of its sound-alikes a character; done for all phrases before any is built."""
    for token in _tokens(tree):
        vocabulary.add(token)
        for alike in ALIKES.get(token, ()):
            for part in tokens_of(alike.split()):
                vocabulary.add(part.text)


def build(number: int, tree: Seq, vocabulary: Vocabulary) -> Expression:
    """The expression of ``tree``; every token must have been learnt."""
    literal = _plain(tree, vocabulary)
    if literal is not None:
        return Expression(number, tree, re.escape(literal), None, frozenset([literal]), literal)
    weak = map_literals(tree, _with_alikes)
    weak_source = None if weak == tree else _source(weak, vocabulary)
    anchors = _anchors(weak, vocabulary)
    assert anchors, "a phrase that must say something has literals"
    needs = () if isinstance(weak, Not) else _needs(weak, vocabulary)
    return Expression(number, tree, _source(tree, vocabulary), weak_source, frozenset(anchors), needs=needs)


def _needs(tree: Node, vocabulary: Vocabulary) -> tuple[tuple[str, ...], ...]:
    """Literals of each part that must be there: most places where one part was seen lack another."""
    parts = tree.parts if isinstance(tree, Seq) else (tree,)
    found = [_anchors(part, vocabulary) for part in parts]
    return tuple(tuple(sorted(literals)) for literals in found if 0 < len(literals) <= FEW)


def _plain(tree: Seq, vocabulary: Vocabulary) -> str | None:
    """The characters of a phrase of nothing but words without sound-alikes: most phrases of most rules."""
    tokens = [part.token for part in tree.parts if isinstance(part, Lit)]
    if len(tokens) < len(tree.parts) or any(token in ALIKES or token[0] == "[" for token in tokens):
        return None
    return "".join(map(vocabulary.add, tokens))


def _with_alikes(token: str) -> Node:
    alikes = ALIKES.get(token)
    if alikes is None:
        return Lit(token)
    others = [Seq(tuple(Lit(part.text) for part in tokens_of(alike.split()))) for alike in alikes]
    return Choice((Seq((Lit(token),)), *others))


def _tokens(node: Node) -> Iterator[str]:
    if isinstance(node, Lit):
        yield node.token
    elif isinstance(node, Seq):
        for part in node.parts:
            yield from _tokens(part)
    elif isinstance(node, Choice | Not):
        for option in node.options:
            yield from _tokens(option)


def _source(node: Node, vocabulary: Vocabulary) -> str:
    if isinstance(node, Lit):
        chars = re.escape(vocabulary.add(node.token))
        return f"[{chars}]" if node.token.startswith("[") else chars
    if isinstance(node, Number):
        return f"[{re.escape(vocabulary.numbers(node.least, node.most, luhn=node.luhn))}]"
    if isinstance(node, Any):
        return f"[^{BOUNDARY}]"
    if isinstance(node, Not):
        return f"(?!{'|'.join(_source(option, vocabulary) for option in node.options)})" if node.options else ""
    if isinstance(node, Gap):
        return f"[^{BOUNDARY}]{{0,{node.most}}}?"
    if isinstance(node, Seq):
        return "".join(_source(part, vocabulary) for part in node.parts)
    return _choice(node, vocabulary)


def _choice(node: Choice, vocabulary: Vocabulary) -> str:
    """Single tokens become one class; longer options come first so that the longest match is taken."""
    single = [option.parts[0] for option in node.options if len(option.parts) == 1]
    letters = "".join(re.escape(vocabulary.add(part.token)) for part in single if isinstance(part, Lit))
    longer = [o for o in node.options if not (len(o.parts) == 1 and isinstance(o.parts[0], Lit)) and o.parts]
    ways = [_source(option, vocabulary) for option in sorted(longer, key=lambda option: -len(option.parts))]
    if letters:
        ways.append(f"[{letters}]")
    optional = any(not option.parts for option in node.options)
    return f"(?:{'|'.join(ways)}){'?' if optional else ''}" if ways else ""


def _anchors(node: Node, vocabulary: Vocabulary) -> set[str]:
    """The best set of literals such that every match of ``node`` holds one of them; empty when there is none."""
    if isinstance(node, Lit):
        return set(vocabulary.add(node.token))
    if isinstance(node, Number):
        return set(vocabulary.numbers(node.least, node.most, luhn=node.luhn))
    if isinstance(node, Gap | Any | Not):
        return set()
    if isinstance(node, Choice):
        sets = [_anchors(option, vocabulary) for option in node.options]
        return set().union(*sets) if all(sets) else set()
    return max(_candidates(node, vocabulary), key=lambda found: _worth(found, vocabulary), default=set())


def _candidates(node: Seq, vocabulary: Vocabulary) -> Iterator[set[str]]:
    """Every part's own literals, and those of neighbours put together."""
    parts = [(_exact(part, vocabulary), _anchors(part, vocabulary)) for part in node.parts]
    for at, (_, own) in enumerate(parts):
        if own:
            yield own
        together = {""}
        for exact, _ in parts[at:]:
            if exact is None or len(together) * len(exact) > MOST_ANCHORS:
                break
            together = {head + tail for head in together for tail in exact}
            if all(together):
                yield together


def _exact(node: Node, vocabulary: Vocabulary) -> set[str] | None:
    """All encoded strings that ``node`` matches, when they are few."""
    if isinstance(node, Lit):
        return set(vocabulary.add(node.token))
    if isinstance(node, Not):
        return {""}
    if isinstance(node, Number | Gap | Any):
        return None
    found: set[str] = set() if isinstance(node, Choice) else {""}
    for child in node.options if isinstance(node, Choice) else node.parts:
        exact = _exact(child, vocabulary)
        if exact is None:
            return None
        found = found | exact if isinstance(node, Choice) else {head + tail for head in found for tail in exact}
        if len(found) > MOST_ANCHORS:
            return None
    return found


def _worth(found: set[str], vocabulary: Vocabulary) -> tuple[int, int]:
    """Long literals of rare words first, then few of them."""
    return (min(sum(1 if char in vocabulary.common else 3 for char in text) for text in found), -len(found))
