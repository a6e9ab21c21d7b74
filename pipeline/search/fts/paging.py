"""Which calls stand on a page, found so that its cost does not follow from how many calls there are.

What few calls have is gathered and sorted. What many have is met soon on a walk along what is sorted by, where each call is
looked at; a walk that meets too few is given up, and all that match are gathered after all.
"""

# ruff: noqa: S608 - every value is bound; only names that are made here become part of the text
from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from itertools import chain
from typing import Any

from pipeline.search.cursors import Spot, missing
from pipeline.search.fields import MEASURE
from pipeline.search.fts.compiling import OWN_NUMBERS, compiled, turns_of
from pipeline.search.fts.schema import TURN_BITS
from pipeline.search.fts.sources import Source, Sources
from pipeline.search.records import Reach, Sort
from pipeline.search.tree import Node, Said, said

LOOKED_AT = 2_500  # calls on a walk, after which it is given up
LATEST = 2_000  # turns with a word that very many say, which tell where it is said most
FEW = 300  # calls that are sooner looked at one by one than all turns with a word are read
WORTH = 200  # calls gathered in the time of a walk that meets a page where every call matches
SAID_AGAIN = 1e-3  # what a turn with such a word counts, beside the 1 to 20 of a rare one

Row = tuple[int, str, float, float]  # key, call id, duration, value sorted by


@dataclass(frozen=True, slots=True)
class Met:
    """The rows of a page; ``keys``: all calls that match, as far as anybody counted, None where nobody did."""

    rows: list[Row]
    keys: list[int] | None = None


class Asked:
    """One search, and where its page begins."""

    def __init__(self, connection: sqlite3.Connection, tree: Node, reach: Reach, sort: Sort, spot: Spot | None) -> None:
        self.connection, self.tree, self.reach, self.sort, self.spot = connection, tree, reach, sort, spot
        self.sources = Sources(connection, tree, reach)
        self.source = self.sources.best()

    def first(self, limit: int) -> Met:
        """The first ``limit`` calls behind the place where the page begins."""
        if self.source is not None and not self.source.broad and not self._soon_met(self.source):
            return self._gathered(limit)
        rows = self._by_fit(limit) if self.sort.by == "relevance" else self._by_number(limit)
        return self._gathered(limit) if rows is None else Met(rows)

    def _soon_met(self, source: Source) -> bool:
        """Whether so many of all calls are in a source that a walk is shorter than gathering them."""
        every = self.connection.execute("SELECT max(id) FROM calls").fetchone()[0] or 0
        return self.sort.by in OWN_NUMBERS and source.size**2 > WORTH * every

    def some(self, most: int) -> list[int]:
        """Keys of ``most`` calls that match, or of all of them."""
        return [row[0] for row in self._matching("c.id", (), each=False, most=most)]

    def _gathered(self, limit: int) -> Met:
        """From all calls that match; no more of them than a page is kept at a time."""
        value, bound = _value(self.sort)
        each = self.source is not None and self.source.size <= FEW
        rows: Iterable[Row] = self._matching(f"c.id, c.call_id, c.duration, {value}", bound, each=each)
        if self.sort.by == "relevance":
            fits = self._fits(latest=None)
            rows = ((key, call_id, duration, fits.get(key, 0.0)) for key, call_id, duration, _ in rows)
        keys: list[int] = []
        return Met(nsmallest(limit, self._behind(_noted(rows, keys)), key=self._place), keys)

    def _by_number(self, limit: int) -> list[Row] | None:
        """Along the index of a number that every call has; None where the walk was given up."""
        by, down = self.sort.by, self.sort.descending
        if by not in OWN_NUMBERS:
            return None
        where, bound = "c.org = ?", list[Any]([self.reach.org])
        if self.spot is not None:
            sign = "<" if down else ">"
            where += f" AND c.{by} {sign}= ? AND (c.{by} {sign} ? OR c.call_id > ?)"
            bound += [self.spot.value, self.spot.value, self.spot.call_id]
        ask = (
            f"SELECT c.id, c.call_id, c.duration, c.{by} FROM calls c INDEXED BY calls_{by} WHERE {where} "
            f"ORDER BY c.{by} {'DESC' if down else 'ASC'}, c.call_id"
        )
        return self._walked(self.connection.execute(ask, bound), limit)

    def _by_fit(self, limit: int) -> list[Row] | None:
        """Calls that say it most of late, then all others by their id; None where the walk was given up."""
        if not self.sort.descending:
            return None
        fits = self._fits(latest=LATEST)
        told = self.connection.execute(
            "SELECT c.id, c.call_id, c.duration FROM json_each(?) k CROSS JOIN calls c ON c.id = k.value",
            (json.dumps(list(fits)),),
        )
        ranked = sorted(((key, name, length, fits[key]) for key, name, length in told), key=self._place)
        last = self.spot.call_id if self.spot is not None and self.spot.value == 0.0 else ""
        others = self.connection.execute(
            "SELECT c.id, c.call_id, c.duration, 0.0 FROM calls c WHERE c.call_id > ? ORDER BY c.call_id", (last,)
        )
        rest = (row for row in others if row[0] not in fits)
        return self._walked(chain(self._behind(ranked), rest), limit)

    def _walked(self, rows: Iterable[Row], limit: int) -> list[Row] | None:
        made = compiled(self.tree, self.reach, each=True)
        look = f"SELECT 1 FROM calls c WHERE c.id = ? AND {made.condition}"
        found: list[Row] = []
        for number, row in enumerate(rows):
            if number == LOOKED_AT:
                return None
            if self.connection.execute(look, (row[0], *made.bound)).fetchone():
                found.append(row)
                if len(found) == limit:
                    break
        return found

    def _matching(
        self, what: str, bound: Iterable[Any], *, each: bool, most: int | None = None
    ) -> Iterable[tuple[Any, ...]]:
        """``what`` of calls that match, the latest first where that is quick; each call once."""
        source = self.source
        made = compiled(self.tree, self.reach, each=each, given=None if source is None else source.node)
        begun, calls = "calls c", tuple[Any, ...]()
        if source is not None:
            begun, calls = (
                f"({source.each_once}) w CROSS JOIN calls c ON c.id = w.call",
                source.bound,
            )
        text = (
            f"{made.begin()}SELECT {what} FROM {begun} WHERE {made.condition}{'' if most is None else f' LIMIT {most}'}"
        )
        return self.connection.execute(text, (*made.values, *bound, *calls, *made.bound))

    def _fits(self, latest: int | None) -> dict[int, float]:
        """How well calls fit: Okapi BM25 summed over the turns with rare words; with words that very many turns have, the number
        of these, of the ``latest`` or of all. Calls without any are not among them."""
        fits: dict[int, float] = {}
        for one in said(self.tree, wanted_only=True):
            if one.what is not None:
                for key, fit in self.connection.execute(*_fit_of(one, self.sources.of_said(one), latest)):
                    fits[key] = fits.get(key, 0.0) + fit
        return fits

    def _behind(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Those that stand behind the place where the page begins."""
        spot = self.spot
        if spot is None:
            return iter(rows)
        begin = self._place((0, spot.call_id, 0.0, spot.value))
        return (row for row in rows if self._place(row) > begin)

    def _place(self, row: Row) -> tuple[float, str]:
        return (-row[3] if self.sort.descending else row[3]), row[1]


def _noted(rows: Iterable[Row], keys: list[int]) -> Iterator[Row]:
    for row in rows:
        keys.append(row[0])
        yield row


def _value(sort: Sort) -> tuple[str, list[Any]]:
    """What is sorted by, with what is bound in it."""
    if sort.by == "relevance":
        return "0.0", []
    if sort.by.startswith(MEASURE):
        value = "ifnull((SELECT value FROM measures WHERE call = c.id AND name = ?), ?)"
        return value, [sort.by.removeprefix(MEASURE), missing(sort)]
    return f"c.{sort.by}", []


def _fit_of(one: Said, source: Source, latest: int | None) -> tuple[str, tuple[Any, ...]]:
    """SQL for each call that says it and how well it fits."""
    if source.broad:
        few = "" if latest is None else f" LIMIT {latest}"
        return f"SELECT call, {SAID_AGAIN} * count(*) FROM ({source.text}{few}) GROUP BY call", source.bound
    where, bound = turns_of(one)
    fit = (
        f"SELECT said.rowid >> {TURN_BITS} AS call, -bm25(said, 1.0, 1.0, 0.0) AS fit FROM said WHERE {where} LIMIT -1"
    )
    return f"SELECT call, sum(fit) FROM ({fit}) GROUP BY call", tuple(bound)
