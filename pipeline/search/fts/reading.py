"""Questions to the embedded index: one page of calls, facets, words that are known, calls alike."""

# ruff: noqa: S608 - every value is bound; only names that are made here become part of the text
from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from pipeline.search.cursors import Counted, as_cursor, checked, read_cursor
from pipeline.search.fields import LABELS
from pipeline.search.fts.compiling import in_reach, turns_of
from pipeline.search.fts.paging import Asked
from pipeline.search.fts.schema import TURN_BITS
from pipeline.search.fts.writing import SPACE, read_turn
from pipeline.search.highlighting import passages as shown_passages
from pipeline.search.records import (
    MOST_COUNTED,
    MOST_SORTED_OUT,
    Found,
    Hit,
    IndexedCall,
    IndexedTurn,
    Passage,
    Reach,
    Sort,
)
from pipeline.search.tree import Node, Said, said

TURNS = 8  # matching turns read of one call and one wanted thing
VALUES = 100  # of one facet
_TURN = "SELECT role, start, ended, words, times FROM turns"
_SAYS = f"SELECT DISTINCT said.rowid >> {TURN_BITS} AS call FROM said WHERE said MATCH ?"


def page(
    connection: sqlite3.Connection, tree: Node, reach: Reach, sort: Sort, *, limit: int, after: str | None,
    facets: Sequence[str], passages: int,
) -> Found:  # fmt: skip
    """One keyset page. Calls are counted on the first; a place further on brings along what was counted."""
    sort = checked(sort)
    spot = None if after is None else read_cursor(sort, after)
    asked = Asked(connection, tree, reach, sort, spot)
    met = asked.first(limit + 1)
    keys, counted = met.keys, None if spot is None else spot.counted
    if keys is None and (counted is None or facets):
        keys = asked.some(MOST_COUNTED + 1)
    if counted is None:
        counted = Counted.to(MOST_COUNTED, len(keys or ()))
    rows = met.rows[:limit]
    hits = tuple(Hit(name, value, _shown(connection, tree, key, length, passages)) for key, name, length, value in rows)
    more = as_cursor(sort, hits[-1].score, hits[-1].call_id, counted) if len(met.rows) > limit else None
    values = _facets(connection, (keys or [])[:MOST_SORTED_OUT], facets) if facets else {}
    return Found(hits, counted.total, more, values, counted.many)


def size(connection: sqlite3.Connection, reach: Reach) -> int:
    scope, bound = in_reach(reach)
    return int(connection.execute(f"SELECT count(*) FROM calls c WHERE {scope}", bound).fetchone()[0])


def known(connection: sqlite3.Connection, stems: Collection[str], reach: Reach) -> set[str]:
    scope, bound = in_reach(reach)
    ask = f"SELECT 1 FROM said JOIN calls c ON c.id = said.rowid >> {TURN_BITS} WHERE said MATCH ? AND {scope} LIMIT 1"
    return {one for one in stems if connection.execute(ask, (_stemmed(one), *bound)).fetchone()}


def counts(connection: sqlite3.Connection, stems: Collection[str], reach: Reach) -> dict[str, int]:
    scope, bound = in_reach(reach)
    ask = f"SELECT count(*) FROM calls c WHERE c.id IN ({_SAYS}) AND {scope}"
    return {one: connection.execute(ask, (_stemmed(one), *bound)).fetchone()[0] for one in stems}


def alike(connection: sqlite3.Connection, pieces: Collection[str]) -> set[str]:
    marks = ", ".join("?" * len(pieces))
    return {row[0] for row in connection.execute(f"SELECT word FROM pieces WHERE piece IN ({marks})", list(pieces))}


def read(connection: sqlite3.Connection, call_id: str, reach: Reach) -> IndexedCall | None:
    """A call without its vector."""
    scope, bound = in_reach(reach)
    row = connection.execute(
        "SELECT c.id, c.org, c.team, c.call_id, c.version, c.name, c.started, c.duration, c.score, c.agent, c.told, c.held "
        f"FROM calls c WHERE c.call_id = ? AND {scope}",
        (call_id, *bound),
    ).fetchone()
    if row is None:
        return None
    queue, direction, language, team_name = row[10].split(SPACE)
    labels: dict[str, tuple[str, ...]] = {}
    for field, value in connection.execute(
        "SELECT field, value FROM labels WHERE call = ? ORDER BY field, folded", row[:1]
    ):
        if field in LABELS:
            labels[field] = (*labels.get(field, ()), value)
    measures = dict(
        connection.execute("SELECT name, value FROM measures WHERE call = ? ORDER BY name", row[:1]).fetchall()
    )
    return IndexedCall(
        row[1], row[2], row[3], row[4], row[5], datetime.fromtimestamp(row[6], UTC), row[7], row[8], row[9], queue,
        direction, language, team_name, bool(row[11]), labels, measures, tuple(_turns(connection, row[0])),
    )  # fmt: skip


def similar(
    connection: sqlite3.Connection, vector: Sequence[float], reach: Reach, *, without: str, limit: int
) -> list[Hit]:
    """Every vector in reach is compared: exact, and quick enough for what a file like this holds."""
    import numpy as np  # only where vectors are compared

    scope, bound = in_reach(reach)
    ask = f"SELECT c.call_id, c.vector FROM calls c WHERE {scope} AND c.vector IS NOT NULL AND c.call_id <> ?"
    found: list[tuple[float, str]] = []
    mine, cursor = np.asarray(vector, np.float32), connection.execute(ask, (*bound, without))
    while rows := cursor.fetchmany(4096):
        matrix = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(len(rows), -1)
        found += [(-float(fit), row[0]) for fit, row in zip(matrix @ mine, rows, strict=True)]
        found = sorted(found)[:limit]
    return [Hit(name, -fit) for fit, name in found]


def _facets(
    connection: sqlite3.Connection, keys: Sequence[int], facets: Sequence[str]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """How often each value stands in these calls."""
    fields = ", ".join("?" * len(facets))
    ask = (
        "SELECT l.field, min(l.value), count(*) FROM json_each(?) k CROSS JOIN labels l ON l.call = k.value "
        f"WHERE l.field IN ({fields}) GROUP BY l.field, l.folded"
    )
    stored = {_stored(facet): facet for facet in facets}
    counted: dict[str, list[tuple[str, int]]] = {facet: [] for facet in facets}
    for field, value, count in connection.execute(ask, (json.dumps(list(keys)), *stored)):
        counted[stored[field]].append((value, count))
    return {facet: ranked(values) for facet, values in counted.items()}


def ranked(values: Sequence[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Most frequent first, then by the alphabet."""
    return tuple(sorted(values, key=lambda item: (-item[1], item[0].casefold(), item[0]))[:VALUES])


def _stored(facet: str) -> str:
    return "team_name" if facet == "team" else facet


def _shown(
    connection: sqlite3.Connection, tree: Node, key: int, duration: float, most: int
) -> tuple[Passage, ...]:  # fmt: skip
    if not most:
        return ()
    span = key << TURN_BITS, (key + 1) << TURN_BITS
    turns: dict[int, IndexedTurn] = {}
    for one in said(tree, wanted_only=True):
        if one.what is not None:
            turns |= _matching(connection, one, span)
    return shown_passages(tree, turns.values(), duration, most)


def _matching(connection: sqlite3.Connection, one: Said, span: tuple[int, int]) -> dict[int, IndexedTurn]:
    """The first turns of one call in which it is said."""
    where, values = turns_of(one, ("?", "?"), span)
    ids = f"SELECT said.rowid FROM said WHERE {where} ORDER BY said.rowid LIMIT {TURNS}"
    rows = connection.execute(f"SELECT id, role, start, ended, words, times FROM turns WHERE id IN ({ids})", values)
    return {row[0]: read_turn(row[1:]) for row in rows}


def _turns(connection: sqlite3.Connection, key: int) -> list[IndexedTurn]:
    span = key << TURN_BITS, (key + 1) << TURN_BITS
    return [read_turn(row) for row in connection.execute(f"{_TURN} WHERE id >= ? AND id < ? ORDER BY id", span)]


def _stemmed(one: str) -> str:
    return '{stems} : "' + one.replace('"', '""') + '"'
