"""All rules compiled into one table of literals.

Literals of all phrases wait in one table over encoded words; a scan of a call, or of many calls joined, tells which phrases
can be there at all. Rules without a hit cost nothing but their answer.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pydantic import BaseModel

from rules.engine.encoding import Vocabulary
from rules.engine.expressions import Expression, build, learn
from rules.engine.patterns import Linker, Pattern, Scope
from rules.engine.scanning import Literals, codes_of, text_of
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
        self._literals = _literals(self.expressions, self.vocabulary)
        self.wording = Wording(self.vocabulary)

    def phrases_said(self, calls: Sequence[str]) -> list[set[int]]:
        """For each call (a turn a line) the numbers of the phrases said in a turn, without who, when and in what manner."""
        codes, ends = self.wording.encode_texts(calls)
        every = text_of(codes)
        found: list[set[int]] = [set() for _ in calls]
        for at, phrases in self._literals.find(every, codes):
            found[bisect_right(ends, at)].update(phrases)
        return [
            {phrase for phrase in seen if self._is_said(phrase, every, start, end)}
            for seen, start, end in zip(found, [0, *ends], ends, strict=False)
        ]

    def _is_said(self, phrase: int, text: str, start: int, end: int) -> bool:
        expression = self.expressions[phrase]
        return expression.literal is not None or bool(expression.spans(text[start:end]))

    def phrases_in(self, encoded: str) -> dict[int, list[int]]:
        """Where in ``encoded`` each phrase may match, by its number; no segment where it does match is missing."""
        found: dict[int, list[int]] = {}
        for at, phrases in sorted(self._literals.find(encoded, codes_of(encoded))):
            for phrase in phrases:
                found.setdefault(phrase, []).append(at)
        return found


def _literals(expressions: list[Expression], vocabulary: Vocabulary) -> Literals:
    by_literal: dict[str, list[int]] = {}
    for expression in expressions:
        for literal in expression.anchors:
            by_literal.setdefault(literal, []).append(expression.id)
    return Literals({literal: tuple(phrases) for literal, phrases in by_literal.items()}, vocabulary.common)


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
