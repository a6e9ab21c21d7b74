"""`Said` blocks with their phrases linked to compiled expressions.

A pattern is compiled once for all calls. Named events are patterns too and shared by every rule that names them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import re2

from rules.language.phrase import Lists, PhraseError, Seq, parse
from rules.language.schema import Said


class LinkError(ValueError):
    """A name or phrase of a rule that leads nowhere. ``value`` is the text to look for in its file."""

    def __init__(self, message: str, value: str) -> None:
        super().__init__(message)
        self.value = value


@dataclass(frozen=True)
class Scope:
    """The names a rule may use: word lists and events of its pack and of the common file."""

    lists: Lists = field(default_factory=dict)
    events: Mapping[str, Said] = field(default_factory=dict)
    texts: tuple[str, ...] = ()  # of the files that define the names, the pack's last: part of what a rule says


@dataclass(frozen=True, eq=False)
class Pattern:
    """A linked ``Said``: numbers of expressions instead of phrases, patterns instead of names."""

    said: Said
    any_of: tuple[int, ...] = ()
    all_of: tuple[int, ...] = ()
    near: tuple[int, ...] = ()
    unless: tuple[int, ...] = ()
    events: tuple[Pattern, ...] = ()
    before: Pattern | None = None
    after: Pattern | None = None
    soon_after: Pattern | None = None
    regex: tuple[Any, ...] = ()
    roles: frozenset[str] = frozenset()

    @cached_property
    def own(self) -> frozenset[int]:
        """Expressions of its own words, one of which must be said."""
        return frozenset((*self.any_of, *self.all_of))

    @cached_property
    def phrases(self) -> tuple[int, ...]:
        """Expressions without which this pattern cannot be there (events counted in)."""
        return (*self.own, *(phrase for event in self.events for phrase in event.phrases))

    @cached_property
    def beyond(self) -> bool:
        """Whether something else than phrases can make it: a type, a regular expression, a meaning."""
        return bool(self.said.type or self.regex or self.said.means or any(event.beyond for event in self.events))


class Linker:
    """Turns ``Said`` blocks into patterns, each distinct phrase into one number."""

    def __init__(self) -> None:
        self.trees: list[Seq] = []
        self._numbers: dict[Seq, int] = {}
        self._patterns: dict[int, Pattern] = {}
        self._kept: list[Said] = []  # keeps ids of linked blocks from being used again
        self._open: set[int] = set()

    def pattern(self, said: Said, scope: Scope) -> Pattern:
        """The pattern of ``said``; the same block gives the same pattern. Raises LinkError for an unknown name."""
        found = self._patterns.get(id(said))
        if found is not None:
            return found
        if id(said) in self._open:
            raise LinkError("an event uses itself", "")
        self._open.add(id(said))
        found = self._link(said, scope)
        self._open.discard(id(said))
        self._patterns[id(said)] = found
        self._kept.append(said)
        return found

    def known(self, said: Said) -> Pattern:
        """The pattern of a block that was linked before."""
        return self._patterns[id(said)]

    def _link(self, said: Said, scope: Scope) -> Pattern:
        return Pattern(
            said,
            self._phrases(said.any_of, scope),
            self._phrases(said.all_of, scope),
            self._phrases(said.near, scope),
            self._phrases(said.unless, scope),
            tuple(self._event(name, scope) for name in said.events),
            None if said.before is None else self.pattern(said.before, scope),
            None if said.after is None else self.pattern(said.after, scope),
            None if said.soon_after is None else self.pattern(said.soon_after, scope),
            tuple(_expression(text, scope) for text in said.regex),
            said.roles,
        )

    def _event(self, name: str, scope: Scope) -> Pattern:
        if name not in scope.events:
            raise LinkError(f'there is no event "{name}"{_hint(name, scope.events)}', name)
        return self.pattern(scope.events[name], scope)

    def _phrases(self, texts: Sequence[str], scope: Scope) -> tuple[int, ...]:
        return tuple(dict.fromkeys(self._number(text, scope) for text in texts))

    def _number(self, text: str, scope: Scope) -> int:
        try:
            tree = parse(text, scope.lists)
        except PhraseError as error:
            raise LinkError(str(error), text) from error
        number = self._numbers.setdefault(tree, len(self.trees))
        if number == len(self.trees):
            self.trees.append(tree)
        return number


def _expression(text: str, scope: Scope) -> Any:
    """RE2 only: an expression of a stranger must not be able to hang the engine."""
    options = re2.Options()
    options.max_mem = 8 << 20
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        raise LinkError(f'"{text}" is no RE2 expression: {reason}', text) from error


def _hint(name: str, names: Mapping[str, object]) -> str:
    from difflib import get_close_matches  # only for the sentence of an error

    close = get_close_matches(name, list(names), n=1)
    return f'. Did you mean "{close[0]}"?' if close else ""
