"""A query tree as SQL over the embedded index. Every value is a parameter; only names made here are part of the text."""

# ruff: noqa: S608 - every value is bound; only names that are made here become part of the text
from __future__ import annotations

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
_OWN_NUMBERS = {"score", "duration", "started"}
_MANY = (*LABELS, *TEXTS)


@dataclass(slots=True)
class Compiled:
    """Common table expressions with their parameters, then a condition on ``calls AS c`` with its own.

    ``fits`` names the tables whose ``fit`` counts for relevance; ``words_needed``: no call matches that is in none of them.
    """

    tables: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    condition: str = ""
    bound: list[Any] = field(default_factory=list)
    fits: list[str] = field(default_factory=list)
    words_needed: bool = False

    def begin(self) -> str:
        """The WITH clause, or nothing."""
        return f"WITH {', '.join(self.tables)} " if self.tables else ""


def compiled(tree: Node, reach: Reach, *, fitting: bool) -> Compiled:
    """``fitting``: also say how well each call fits (Okapi BM25, summed over its turns)."""
    made = Compiled()
    asked = _condition(tree, made, fitting=fitting)
    scope, bound = in_reach(reach)
    made.condition = f"{scope} AND ({asked})"
    made.bound = [*bound, *made.bound]
    made.words_needed = _needs_words(tree)
    return made


def _needs_words(node: Node) -> bool:
    match node:
        case Said(what=what):
            return what is not None
        case All(parts):
            return any(map(_needs_words, parts))
        case Any_(parts):
            return all(map(_needs_words, parts))
        case _:
            return False


def in_reach(reach: Reach) -> tuple[str, list[Any]]:
    """The calls that may be found, as a condition on ``c``."""
    ways: list[str] = []
    bound: list[Any] = [reach.org]
    for grant in reach.grants:
        both = [("c.team = ?", grant.team), ("c.agent = ?", grant.agent)]
        ways.append(" AND ".join(text for text, value in both if value is not None) or "1")
        bound += [value for _text, value in both if value is not None]
    return f"c.org = ? AND c.held = 0 AND ({' OR '.join(f'({way})' for way in ways) or '0'})", bound


def _condition(node: Node, made: Compiled, *, fitting: bool) -> str:
    match node:
        case Said():
            return _said(node, made, fitting=fitting)
        case Known(name, values, prefix):
            return _known(name, values, made, prefix=prefix)
        case Between():
            return _between(node, made)
        case Without(part):
            return f"NOT ({_condition(part, made, fitting=False)})"
        case All(parts):
            return " AND ".join(f"({_condition(part, made, fitting=fitting)})" for part in parts) or "1"
        case Any_(parts):
            return " OR ".join(f"({_condition(part, made, fitting=fitting)})" for part in parts)


def _said(one: Said, made: Compiled, *, fitting: bool) -> str:
    """A table of the calls in which it is said."""
    name = f"said{len(made.tables)}"
    where, values = "said MATCH ?", [match_of(one)]
    for edge in edges_of(one):
        where += " AND said.rowid IN (SELECT rowid FROM edges WHERE edges MATCH ?)"
        values.append(edge)
    made.values += values
    if fitting and one.what is not None:
        rows = f"SELECT said.rowid >> {TURN_BITS} AS call, -bm25(said, 1.0, 1.0, 0.0) AS fit FROM said WHERE {where} LIMIT -1"
        made.tables.append(f"{name} AS MATERIALIZED (SELECT call, sum(fit) AS fit FROM ({rows}) GROUP BY call)")
        made.fits.append(name)
    else:
        rows = f"SELECT DISTINCT said.rowid >> {TURN_BITS} AS call FROM said WHERE {where}"
        made.tables.append(f"{name} AS MATERIALIZED ({rows})")
    return f"c.id IN (SELECT call FROM {name})"


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


def _known(name: str, values: tuple[str, ...], made: Compiled, *, prefix: bool) -> str:
    assert name in _MANY, name
    made.bound.append(name)
    if prefix:
        made.bound += [bound for value in values for bound in (value, value + "\U0010ffff")]
        some = " OR ".join("(folded >= ? AND folded < ?)" for _ in values)
    else:
        made.bound += values
        some = f"folded IN ({', '.join('?' * len(values))})"
    return f"c.id IN (SELECT call FROM labels WHERE field = ? AND ({some}))"


def _between(wanted: Between, made: Compiled) -> str:
    own = wanted.field in _OWN_NUMBERS
    column = f"c.{wanted.field}" if own else "value"
    ends: list[str] = []
    if not own:
        made.bound.append(wanted.field)
    for value, strict, sign in ((wanted.low, wanted.strict_low, ">"), (wanted.high, wanted.strict_high, "<")):
        if value is not None:
            ends.append(f"{column} {sign}{'' if strict else '='} ?")
            made.bound.append(value)
    condition = " AND ".join(ends) or "1"
    return condition if own else f"c.id IN (SELECT call FROM measures WHERE name = ? AND {condition})"
