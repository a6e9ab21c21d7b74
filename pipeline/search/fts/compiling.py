"""A query tree as SQL over the embedded index. Every value is a parameter; only names made here are part of the text."""

# ruff: noqa: S608 - every value is bound; only names that are made here become part of the text
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from pipeline.search.fields import LABELS, TEXTS
from pipeline.search.fts.schema import TURN_BITS
from pipeline.search.records import Reach
from pipeline.search.terms import edges_wanted
from pipeline.search.tree import All, Any_, Between, Known, Near, Node, Phrase, Said, Term, Without
from pipeline.search.words import stem

_COLUMNS = {"stem": "stems", "prefix": "words", "word": "words"}
OWN_NUMBERS = frozenset({"score", "duration", "started"})
_MANY = (*LABELS, *TEXTS)
_OF_CALL = (f"c.id << {TURN_BITS}", f"(c.id + 1) << {TURN_BITS}")


@dataclass(slots=True)
class Compiled:
    """Common table expressions with their parameters, then a condition on ``calls AS c`` with its own.

    ``each``: the condition looks at one call after the other and needs no table; quick for some calls, and never slower for
    there being more of them. Otherwise all calls that say a word are read once. ``given``: what holds already.
    """

    each: bool
    given: Node | None = None
    tables: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    condition: str = ""
    bound: list[Any] = field(default_factory=list)

    def begin(self, *more: str) -> str:
        """The WITH clause, or nothing."""
        tables = [*self.tables, *more]
        return f"WITH {', '.join(tables)} " if tables else ""


def compiled(tree: Node, reach: Reach, *, each: bool, given: Node | None = None) -> Compiled:
    """The calls in reach that a query finds."""
    made = Compiled(each, given)
    asked = _condition(tree, made)
    scope, bound = in_reach(reach)
    made.condition = f"{scope} AND ({asked})"
    made.bound = [*bound, *made.bound]
    return made


def in_reach(reach: Reach) -> tuple[str, list[Any]]:
    """The calls that may be found, as a condition on ``c``."""
    ways: list[str] = []
    bound: list[Any] = [reach.org]
    for grant in reach.grants:
        both = [("c.team = ?", grant.team), ("c.agent = ?", grant.agent)]
        ways.append(" AND ".join(text for text, value in both if value is not None) or "1")
        bound += [value for _text, value in both if value is not None]
    return f"c.org = ? AND c.held = 0 AND ({' OR '.join(f'({way})' for way in ways) or '0'})", bound


def _condition(node: Node, made: Compiled) -> str:
    if node is made.given:
        return "1"
    match node:
        case Said():
            return _said(node, made)
        case Known(name, values, prefix):
            where, bound = labels_of(name, values, prefix=prefix)
            made.bound += bound
            if made.each:
                return f"EXISTS (SELECT 1 FROM labels WHERE call = c.id AND {where})"
            return f"c.id IN (SELECT call FROM labels WHERE {where})"
        case Between():
            return _between(node, made)
        case Without(part):
            return f"NOT ({_condition(part, made)})"
        case All(parts):
            return " AND ".join(f"({_condition(part, made)})" for part in parts) or "1"
        case Any_(parts):
            return " OR ".join(f"({_condition(part, made)})" for part in parts)


def _said(one: Said, made: Compiled) -> str:
    """The calls in which it is said, from a table of all such, or looked up in the turns of each."""
    if made.each:
        where, values = turns_of(one, _OF_CALL)
        made.bound += values
        return f"EXISTS (SELECT 1 FROM said WHERE {where})"
    where, values = turns_of(one)
    made.values += values
    name = f"said{len(made.tables)}"
    made.tables.append(
        f"{name} AS MATERIALIZED (SELECT DISTINCT said.rowid >> {TURN_BITS} AS call FROM said WHERE {where})"
    )
    return f"c.id IN (SELECT call FROM {name})"


def turns_of(one: Said, within: tuple[str, str] | None = None, span: Sequence[int] = ()) -> tuple[str, list[Any]]:
    """The turns in which it is said, as a condition on ``said``; from one row on and before another, both ``within`` the text
    and perhaps bound to ``span``."""
    inside = "" if within is None else f" AND {{table}}.rowid >= {within[0]} AND {{table}}.rowid < {within[1]}"
    where, values = f"said MATCH ?{inside.format(table='said')}", list[Any]([match_of(one), *span])
    for edge in edges_of(one):
        where += f" AND said.rowid IN (SELECT rowid FROM edges WHERE edges MATCH ?{inside.format(table='edges')})"
        values += [edge, *span]
    return where, values


def match_of(one: Said) -> str:
    """The full-text expression of what is said and by whom."""
    parts = [] if one.what is None else [_spoken(one.what)]
    if one.roles:
        parts.append(f"{{who}} : ({' OR '.join(_quoted(role) for role in one.roles)})")
    return " AND ".join(f"({part})" for part in parts)


def edges_of(one: Said) -> list[str]:
    """Expressions over ``edges``: each word of it inside each window."""
    found = []
    for words in _words_of(one):
        windows = [edges_wanted(word, one.first, one.last) for word in words]
        for side in zip(*windows, strict=True):  # any of the words, in this window
            found.append(" OR ".join(_quoted(edge) for edges in side for edge in edges))
    return found


def _words_of(one: Said) -> list[tuple[str, ...]]:
    """Stems that must be inside the window; of each tuple one is enough."""
    sides = (one.what.left, one.what.right) if isinstance(one.what, Near) else (one.what,)
    found: list[tuple[str, ...]] = []
    for side in sides:
        match side:
            case Phrase(form, values):
                found += [(value if form == "stem" else stem(value),) for value in values]
            case Term(form, values):
                found.append(values if form == "stem" else tuple(map(stem, values)))
    return found


def _spoken(what: Term | Phrase | Near) -> str:
    match what:
        case Near(left, right, gap):
            pairs = product(_ways(left), _ways(right))
            return " OR ".join(f"{{stems}} : NEAR({one} {other}, {gap})" for one, other in pairs)
        case Term(form, values):
            star = "*" if form == "prefix" else ""
            ways = " OR ".join(_quoted(value) + star for value in values)
            return f"{{{_COLUMNS[form]}}} : ({ways})"
        case Phrase(form, values):
            return f"{{{_COLUMNS[form]}}} : {_quoted(' '.join(values))}"


def _ways(side: Term | Phrase) -> list[str]:
    return [_quoted(value) for value in side.values] if isinstance(side, Term) else [_quoted(" ".join(side.values))]


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def labels_of(name: str, values: tuple[str, ...], *, prefix: bool) -> tuple[str, list[Any]]:
    """The labels that a field may have, as a condition on ``labels``."""
    assert name in _MANY, name
    if prefix:
        some = " OR ".join("(folded >= ? AND folded < ?)" for _ in values)
        return f"field = ? AND ({some})", [name, *(end for value in values for end in (value, value + "\U0010ffff"))]
    return f"field = ? AND folded IN ({', '.join('?' * len(values))})", [name, *values]


def _between(wanted: Between, made: Compiled) -> str:
    if wanted.field in OWN_NUMBERS:
        where, bound = ends_of(wanted, f"c.{wanted.field}")
        made.bound += bound
        return where
    where, bound = ends_of(wanted, "value")
    made.bound += [wanted.field, *bound]
    return f"EXISTS (SELECT 1 FROM measures WHERE call = c.id AND name = ? AND {where})"


def ends_of(wanted: Between, column: str) -> tuple[str, list[Any]]:
    """Both ends of a range, as a condition on a column."""
    ends: list[str] = []
    bound: list[Any] = []
    for value, strict, sign in ((wanted.low, wanted.strict_low, ">"), (wanted.high, wanted.strict_high, "<")):
        if value is not None:
            ends.append(f"{column} {sign}{'' if strict else '='} ?")
            bound.append(value)
    return " AND ".join(ends) or "1", bound
