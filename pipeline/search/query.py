"""The query language: text in, one tree out, or an error that points at the character.

refund "gift card"            both said; a word finds its other forms, quotes find exactly these words in this order
refund OR chargeback          either; NOT refund or -refund: not said; parentheses group; AND may be left out
refund NEAR/5 card            at most five words between them, in one turn, in any order
refnud~   refund*             also words one letter away; words that begin like this
(refund speaker:customer)     speaker:, first: and last: hold for the words of the same parenthesis
queue:Billing score:>=80      field:value; values with spaces in quotes; several with commas; * at the end for any ending
duration:5m..20m  date:7d     ranges: a..b, >a, >=a, <a, <=a, [a TO b]
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from typing import cast

from pipeline.records import ROLES, Role
from pipeline.search.errors import QueryError
from pipeline.search.fields import FIELDS, MEASURE, WINDOW, Field
from pipeline.search.lexer import Token, tokens
from pipeline.search.tree import All, Any_, Known, Near, Node, Phrase, Said, Term, Without, mapped, said, terms_of
from pipeline.search.values import Days, between, window
from pipeline.search.words import stem, terms

DEEPEST = 20  # parentheses and NOTs inside each other
MOST = 40  # words and fields of one query; SQLite joins at most 64 tables
LEAST_PREFIX = 3  # letters before a *
_VALUES = ("word", "quoted", "open")


def parse(query: str, days: Days | None = None) -> Node:
    """The tree of a query; an empty one asks for everything. ``days``: what today and midnight mean. Raises QueryError."""
    reader = _Reader(tokens(query), days or Days())
    if reader.here.what == "end":
        return All()
    tree = reader.either(0)
    if reader.here.what == "close":
        raise QueryError("This parenthesis was never opened", reader.here.at)
    return tree


@dataclass(slots=True)
class _Where:
    """What speaker:, first: and last: ask of the words beside them; ``at`` is where the first of them stands."""

    roles: tuple[Role, ...] = ()
    first: int | None = None
    last: int | None = None
    at: int = 0

    def __bool__(self) -> bool:
        return bool(self.roles) or self.first is not None or self.last is not None

    def put_on(self, node: Node) -> Node:
        """``node`` with its words restricted, where they are not already."""
        return mapped(node, self._restricted)

    def _restricted(self, one: Said) -> Said:
        first = one.first if one.first is not None else self.first
        last = one.last if one.last is not None else self.last
        return replace(one, roles=one.roles or self.roles, first=first, last=last)


@dataclass(slots=True)
class _Reader:
    """Recursive descent over the tokens; OR binds loosest, then AND, then NEAR and NOT."""

    found: list[Token]
    days: Days
    place: int = 0
    count: int = 0
    where: list[_Where] = field(default_factory=list)

    @property
    def here(self) -> Token:
        return self.found[self.place]

    def take(self) -> Token:
        token = self.here
        self.place += 1
        return token

    def either(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise QueryError(f"More than {DEEPEST} parentheses inside each other", self.here.at)
        parts = [self.both(depth)]
        while self.here.what == "or":
            self.take()
            parts.append(self.both(depth))
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def both(self, depth: int) -> Node:
        """Parts side by side; what restricts words restricts those of this row."""
        self.where.append(_Where())
        parts: list[Node] = []
        start = self.here
        while self.here.what not in ("or", "close", "end"):
            if self.here.what == "and":
                self._join(start)
                continue
            part = self.part(depth)
            if part is not None:
                parts.append(part)
        where = self.where.pop()
        if self.found[self.place - 1].what in ("and", "or") or (not parts and not where):
            self._nothing(start)
        return self._row(parts, where)

    def part(self, depth: int) -> Node | None:
        """One thing that must hold; None where it only restricts its neighbours."""
        token = self.here
        if token.what in ("not", "minus"):
            self.take()
            if self.here.what in ("end", "close", "and", "or"):
                raise QueryError("NOT needs something behind it", token.at, token.end - token.at)
            if depth >= DEEPEST:
                raise QueryError(f"More than {DEEPEST} times NOT or parentheses inside each other", token.at)
            before = replace(self.where[-1])
            inner = self.part(depth + 1)
            if inner is None:
                self.where[-1] = before
                message = (
                    "This restricts words and cannot be turned around; write for example NOT (refund speaker:agent)"
                )
                raise QueryError(message, token.at, self.found[self.place - 1].end - token.at)
            return Without(inner)
        if token.what == "near":
            raise QueryError("NEAR stands between two words", token.at, token.end - token.at)
        if token.what == "field":
            return self.known()
        if token.what == "open":
            return self.group(depth)
        return self.spoken()

    def group(self, depth: int) -> Node:
        opened = self.take()
        if self.here.what == "close":
            raise QueryError("There is nothing between these parentheses", opened.at, self.here.end - opened.at)
        inner = self.either(depth + 1)
        if self.take().what != "close":
            raise QueryError("This parenthesis is never closed", opened.at)
        if self.here.what == "near":
            near = self.here
            raise QueryError("NEAR stands between two words or quotes, not groups", near.at, near.end - near.at)
        return inner

    def spoken(self) -> Node:
        left = self._words()
        if self.here.what != "near":
            return left if isinstance(left, All) else Said(left)
        near = self.take()
        if self.here.what not in ("word", "quoted"):
            raise QueryError("NEAR needs a word or a quote behind it", near.at, near.end - near.at)
        right = self._words()
        if self.here.what == "near":
            again = self.here
            raise QueryError("NEAR joins two; write (a NEAR b) AND (b NEAR c)", again.at, again.end - again.at)
        pair = [self._stemmed(side, near) for side in (left, right)]
        if set(pair[0].values) & set(pair[1].values):
            raise QueryError("NEAR needs different words on its two sides", near.at, near.end - near.at)
        return Said(Near(pair[0], pair[1], int(near.text)))

    def known(self) -> Node | None:
        name = self.take()
        wanted = _field(name)
        if self.here.what not in _VALUES:
            raise QueryError(f"{name.text}: needs a value", name.at, name.end - name.at)
        self._counted(name)
        if wanted.kind in ("text", "label"):
            return self._labels(wanted)
        value = self.take()
        if wanted.kind in ("role", "window"):
            self._restrict(wanted, name, value)
            return None
        return between(wanted, value.text, value.end - len(value.text), self.days)

    def _restrict(self, wanted: Field, name: Token, value: Token) -> None:
        where = self.where[-1]
        where.at = where.at or name.at
        if wanted.kind == "window":
            seconds = window(value.text, value.at, WINDOW)
            where.first, where.last = (seconds, where.last) if wanted.name == "first" else (where.first, seconds)
            return
        for one in value.text.split(","):
            if one not in ROLES:
                raise QueryError(
                    f'"{one}" is nobody on the line; choose of {", ".join(ROLES)}', value.at, len(value.text)
                )
        where.roles = cast(tuple[Role, ...], tuple(dict.fromkeys((*where.roles, *value.text.split(",")))))

    def _labels(self, wanted: Field) -> Known | Any_:
        values = self._listed() if self.here.what == "open" else self._one_value()
        whole = tuple(text.casefold() for text, starts in values if not starts)
        begins = tuple(text.casefold() for text, starts in values if starts)
        parts = [Known(wanted.column, whole)] if whole else []
        parts += [Known(wanted.column, begins, prefix=True)] if begins else []
        return parts[0] if len(parts) == 1 else Any_(tuple(parts))

    def _one_value(self) -> list[tuple[str, bool]]:
        token = self.take()
        if token.what == "quoted":
            if not token.text.strip():
                raise QueryError("This value is empty", token.at, token.end - token.at)
            return [(token.text.strip(), False)]
        values = [text for text in token.text.split(",") if text]
        if not values:
            raise QueryError("This value is empty", token.at, token.end - token.at)
        for text in values:
            if "*" in text[:-1]:
                raise QueryError("A * stands at the end of a value, for any ending", token.at, token.end - token.at)
        return [(text.removesuffix("*"), text.endswith("*")) for text in values]

    def _listed(self) -> list[tuple[str, bool]]:
        opened, found = self.take(), list[tuple[str, bool]]()
        while self.here.what in ("word", "quoted", "or"):
            if self.here.what == "or":
                self.take()
            else:
                found += self._one_value()
        if self.here.what != "close" or not found:
            raise QueryError("Write values in parentheses with OR between them", opened.at, self.here.end - opened.at)
        self.take()
        return found

    def _words(self) -> Term | Phrase | All:
        """A word, or what stands in quotes; nothing at all (``All``) where no letter is in it."""
        token = self.take()
        self._counted(token)
        if token.what == "quoted":
            values = tuple(term for word in token.text.split() for term in terms(word))
            if not values:
                raise QueryError("There are no words in these quotes", token.at, token.end - token.at)
            if len(values) > 1:
                return Phrase("word", values)
            return Term("word", values, token.text, token.at)
        return _word(token)

    def _stemmed(self, side: Term | Phrase | All, near: Token) -> Term | Phrase:
        """Both sides of a NEAR are compared as stems."""
        if isinstance(side, Phrase):
            return Phrase("stem", tuple(map(stem, side.values)))
        if isinstance(side, All) or side.form == "prefix":
            raise QueryError("NEAR takes whole words", near.at, near.end - near.at)
        return replace(side, form="stem", values=tuple(map(stem, side.values)))

    def _row(self, parts: list[Node], where: _Where) -> Node:
        if where and not any(True for part in parts for _ in said(part)):
            if not where.roles or where.first is not None or where.last is not None:
                raise QueryError("first: and last: need words beside them", where.at)
            parts.append(Said(None, where.roles))
        elif where:
            self._whole_words(parts, where)
            parts = [where.put_on(part) for part in parts]
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _whole_words(self, parts: list[Node], where: _Where) -> None:
        if where.first is None and where.last is None:
            return
        for term in (term for part in parts for one in said(part) for term in terms_of(one)):
            if isinstance(term, Term) and term.form == "prefix":
                raise QueryError("first: and last: take whole words, not a *", term.at, len(term.typed) + 1)

    def _join(self, start: Token) -> None:
        token = self.take()
        if token is start or self.here.what in ("and", "or", "close", "end"):
            raise QueryError("AND needs something on both sides", token.at, token.end - token.at)

    def _nothing(self, start: Token) -> None:
        token = self.found[self.place - 1] if start.what in ("end", "close") and self.place else start
        raise QueryError("Something is missing here", token.at, max(token.end - token.at, 1))

    def _counted(self, token: Token) -> None:
        self.count += 1
        if self.count > MOST:
            raise QueryError(f"More than {MOST} words and fields", token.at)


def _word(token: Token) -> Term | Phrase | All:
    """A bare word: a * asks for any ending, a ~ for neighbours; a word of several parts is a phrase of stems."""
    typed, starts, alike = token.text, False, False
    if typed.endswith("*"):
        typed, starts = typed.removesuffix("*"), True
    elif typed.endswith("~"):
        typed, alike = typed.removesuffix("~"), True
    values = terms(typed)
    if starts and (len(values) != 1 or len(values[0]) < LEAST_PREFIX):
        raise QueryError(f"A * needs {LEAST_PREFIX} letters before it", token.at, token.end - token.at)
    if not values:
        return All()
    if starts:
        return Term("prefix", values, typed, token.at)
    if len(values) > 1:
        return Phrase("stem", tuple(map(stem, values)))
    return Term("stem", (stem(values[0]),), values[0], token.at, alike)


def _field(token: Token) -> Field:
    name = token.text.casefold()
    if name in FIELDS:
        return FIELDS[name]
    if name.startswith(MEASURE) and len(name) > len(MEASURE):
        return Field(name, "number", "", "", token.text[len(MEASURE) :])
    close = difflib.get_close_matches(name, FIELDS, n=1)
    hint = f" Did you mean {close[0]}:?" if close else " To search for words with a colon, put them in quotes."
    raise QueryError(f'There is no field "{token.text}".{hint}', token.at, token.end - token.at)
