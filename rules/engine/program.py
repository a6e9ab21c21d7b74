"""All rules compiled into one automaton.

Literals of all phrases go into one Aho-Corasick automaton over encoded words; a scan of a call tells which phrases can be
there at all. Rules without a hit cost nothing but their answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import ahocorasick
from pydantic import BaseModel

from rules.engine.encoding import Vocabulary
from rules.engine.expressions import Expression, build, learn
from rules.engine.patterns import Linker, Pattern, Scope
from rules.engine.wording import Wording
from rules.language.schema import Said, Topic


class Program:
    """Phrases, expressions and patterns of a rule set, ready for any number of calls and threads."""

    def __init__(self, blocks: Iterable[tuple[Said, Scope]]) -> None:
        self.linker = Linker()
        self.scopes: dict[str, Scope] = {}  # by rule id: the names its conditions may use
        self.topics: dict[str, Mapping[str, Topic]] = {}
        self.patterns: list[Pattern] = [self.linker.pattern(said, scope) for said, scope in blocks]
        self.vocabulary = Vocabulary()
        for tree in self.linker.trees:
            learn(tree, self.vocabulary)
        self.expressions: list[Expression] = [
            build(number, tree, self.vocabulary) for number, tree in enumerate(self.linker.trees)
        ]
        self._automaton = _automaton(self.expressions)
        self.wording = Wording(self.vocabulary)

    def phrases_said(self, turns: Sequence[Sequence[str]]) -> set[int]:
        """Numbers of the phrases that are said in one of the turns (words of each), without who, when and in what manner."""
        encoded = self.wording.encode(turns)
        return {phrase for phrase in self.phrases_in(encoded) if self.expressions[phrase].spans(encoded)}

    def phrases_in(self, encoded: str) -> set[int]:
        """Numbers of the phrases that may match somewhere in ``encoded``; none that matches is missing."""
        if self._automaton is None:
            return set()
        seen = {phrases for _, phrases in self._automaton.iter(encoded)}
        return {phrase for phrases in seen for phrase in phrases}


def _automaton(expressions: list[Expression]) -> ahocorasick.Automaton | None:
    by_literal: dict[str, list[int]] = {}
    for expression in expressions:
        for literal in expression.anchors:
            by_literal.setdefault(literal, []).append(expression.id)
    if not by_literal:
        return None
    automaton = ahocorasick.Automaton()
    for literal, phrases in by_literal.items():
        automaton.add_word(literal, tuple(phrases))
    automaton.make_automaton()
    return automaton


def blocks_of(model: BaseModel) -> Iterator[Said]:
    """Every ``Said`` inside a model, outer ones first; those inside another ``Said`` are its own matter."""
    for name in type(model).model_fields:
        yield from _blocks_in(getattr(model, name))


def _blocks_in(value: object) -> Iterator[Said]:
    if isinstance(value, Said):
        yield value
    elif isinstance(value, BaseModel):
        yield from blocks_of(value)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _blocks_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _blocks_in(item)
