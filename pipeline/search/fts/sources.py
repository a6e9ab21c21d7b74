"""Where the calls that a query can find are gathered from: the words, labels or numbers in it that the fewest calls have.

SQLite keeps no statistics of words, so it is counted, to a bound: then nothing has to be read whole that very many calls have.
"""

# ruff: noqa: S608 - every value is bound; only names that are made here become part of the text
from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.search.fts.compiling import OWN_NUMBERS, ends_of, labels_of, match_of, turns_of
from pipeline.search.fts.schema import TURN_BITS
from pipeline.search.records import Grant, Reach
from pipeline.search.tree import All, Any_, Between, Known, Node, Said

BROAD = 10_000  # turns or calls: what more of them have is not gathered


@dataclass(frozen=True, slots=True)
class Source:
    """SQL that gives the keys of calls, the latest first where that is quick, perhaps more than once each.

    All calls that a query finds are among them. ``size``: how many it gives, counted to one more than BROAD. ``node``: the part
    of the query that it answers by itself, so that nobody has to look at it again. ``once``: it gives no call twice.
    """

    text: str
    bound: tuple[Any, ...]
    size: int
    node: Node | None = None
    once: bool = False

    @property
    def each_once(self) -> str:
        return self.text if self.once else f"SELECT DISTINCT call FROM ({self.text})"

    @property
    def broad(self) -> bool:
        return self.size > BROAD


class Sources:
    """Sources of one search, each counted once."""

    def __init__(self, connection: sqlite3.Connection, tree: Node, reach: Reach) -> None:
        self.connection, self.tree, self.reach = connection, tree, reach
        self._sizes: dict[tuple[str, tuple[Any, ...]], int] = {}

    def best(self) -> Source | None:
        """The narrowest; None where nothing narrows the calls down."""
        some = [one for one in (self.of(self.tree), self._of_reach()) if one is not None]
        return min(some, key=lambda one: one.size, default=None)

    def of(self, node: Node) -> Source | None:
        """None for what can be said of calls only by looking at all of them."""
        match node:
            case Said():
                return self.of_said(node)
            case Known(name, values, prefix):
                where, bound = labels_of(name, values, prefix=prefix)
                return self._counted(f"SELECT call FROM labels WHERE {where}", bound, node)
            case Between():
                return self._of_number(node)
            case All(parts):
                return min(
                    (one for one in map(self.of, parts) if one is not None), key=lambda one: one.size, default=None
                )
            case Any_(parts):
                return self._together([self.of(part) for part in parts], parts, node)
            case _:
                return None

    def of_said(self, one: Said) -> Source:
        """Turns in which it is said, counted without their seconds, which cost more to look at."""
        where, bound = turns_of(one)
        text = f"SELECT said.rowid >> {TURN_BITS} AS call FROM said WHERE {where} ORDER BY said.rowid DESC"
        return Source(text, tuple(bound), self._size("SELECT 1 FROM said WHERE said MATCH ?", (match_of(one),)), one)

    def _of_number(self, wanted: Between) -> Source:
        own = wanted.field in OWN_NUMBERS
        where, bound = ends_of(wanted, wanted.field if own else "value")
        if own:
            text = f"SELECT id AS call FROM calls INDEXED BY calls_{wanted.field} WHERE org = ? AND {where}"
            return self._counted(text, [self.reach.org, *bound], wanted, once=True)
        text = f"SELECT call FROM measures WHERE name = ? AND {where}"
        return self._counted(text, [wanted.field, *bound], wanted, once=True)

    def _of_reach(self) -> Source | None:
        return self._together([self._of_grant(grant) for grant in self.reach.grants], (), None)

    def _of_grant(self, grant: Grant) -> Source | None:
        if grant.team is not None:
            bound = [self.reach.org, grant.team, *([] if grant.agent is None else [grant.agent])]
            own = "" if grant.agent is None else " AND agent = ?"
            return self._counted(f"SELECT id AS call FROM calls WHERE org = ? AND team = ?{own}", bound)
        if grant.agent is not None:
            return self._counted(
                "SELECT call FROM labels WHERE field = 'agent' AND folded = ?", [grant.agent.casefold()]
            )
        return None

    def _together(self, some: Sequence[Source | None], parts: Sequence[Node], node: Node | None) -> Source | None:
        """All of them, where each is known."""
        found = [one for one in some if one is not None]
        if len(found) < len(some):
            return None
        whole = all(one.node is part for one, part in zip(found, parts, strict=False)) if parts else False
        text = " UNION ALL ".join(f"SELECT call FROM ({one.text})" for one in found) or "SELECT 0 AS call WHERE 0"
        bound = tuple(value for one in found for value in one.bound)
        return Source(text, bound, min(BROAD + 1, sum(one.size for one in found)), node if whole else None)

    def _counted(self, text: str, bound: Sequence[Any], node: Node | None = None, *, once: bool = False) -> Source:
        return Source(text, tuple(bound), self._size(text, tuple(bound)), node, once)

    def _size(self, text: str, bound: tuple[Any, ...]) -> int:
        if (text, bound) not in self._sizes:
            counting = f"SELECT count(*) FROM ({text} LIMIT {BROAD + 1})"
            self._sizes[text, bound] = self.connection.execute(counting, bound).fetchone()[0]
        return self._sizes[text, bound]
