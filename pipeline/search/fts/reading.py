"""Questions to the embedded index: one page of calls, facets, words that are known, calls alike."""

# ruff: noqa: S608 - every value is bound; only names that are made here become part of the text
from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from pipeline.search.cursors import as_cursor, checked, missing, read_cursor
from pipeline.search.fields import LABELS, MEASURE
from pipeline.search.fts.compiling import Compiled, compiled, edges_of, in_reach, match_of
from pipeline.search.fts.schema import TURN_BITS
from pipeline.search.fts.writing import SPACE, read_turn
from pipeline.search.highlighting import passages as shown_passages
from pipeline.search.records import Found, Hit, IndexedCall, IndexedTurn, Passage, Reach, Sort
from pipeline.search.tree import Node, Said, said

TURNS = 8  # matching turns read of one call and one wanted thing
VALUES = 100  # of one facet
_TURN = "SELECT role, start, ended, words, times FROM turns"
_SAYS = f"SELECT DISTINCT said.rowid >> {TURN_BITS} AS call FROM said WHERE said MATCH ?"


def page(
    connection: sqlite3.Connection, tree: Node, reach: Reach, sort: Sort, *, limit: int, after: str | None,
    facets: Sequence[str], passages: int,
) -> Found:  # fmt: skip
    """One keyset page with the number of all calls that match."""
    sort = checked(sort)
    asked = compiled(tree, reach, fitting=sort.by == "relevance")
    rows = _rows(connection, asked, sort, limit + 1, after)
    total, counted = _counted(connection, compiled(tree, reach, fitting=False), facets)
    hits = tuple(Hit(row[1], row[3], _shown(connection, tree, row[0], row[2], passages)) for row in rows[:limit])
    more = as_cursor(sort, rows[limit - 1][3], rows[limit - 1][1]) if len(rows) > limit else None
    return Found(hits, total, more, counted)


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


def _rows(
    connection: sqlite3.Connection, asked: Compiled, sort: Sort, limit: int, after: str | None
) -> list[tuple[int, str, float, float]]:
    """``id, call_id, duration, value sorted by`` of each call."""
    place = None if after is None else read_cursor(sort, after)
    parts = _by_fit(asked, sort, place) if sort.by == "relevance" else [_by_value(asked, sort, place)]
    order = "DESC" if sort.descending else "ASC"
    text = f"{asked.begin()}{' UNION ALL '.join(part for part, _ in parts)} ORDER BY 4 {order}, 2 LIMIT ?"
    bound = [value for _, values in parts for value in values]
    return connection.execute(text, [*asked.values, *bound, limit]).fetchall()


Part = tuple[str, list[Any]]


def _by_value(asked: Compiled, sort: Sort, place: tuple[float, str] | None) -> Part:
    """Calls with a number of their own, or with a measure."""
    if not sort.by.startswith(MEASURE):
        return _part("", f"c.{sort.by}", [], asked, sort, place)
    name, value = sort.by.removeprefix(MEASURE), missing(sort)
    text, bound = _part(
        " LEFT JOIN measures m ON m.call = c.id AND m.name = ?", "ifnull(m.value, ?)", [value], asked, sort, place
    )
    return text, [bound[0], name, *bound[1:]]


def _by_fit(asked: Compiled, sort: Sort, place: tuple[float, str] | None) -> list[Part]:
    """From the calls in which words are said to the rows about them, never the other way round; then the rest."""
    if not asked.fits:
        return [_part("", "0.0", [], asked, sort, place)]
    fits = " UNION ALL ".join(f"SELECT call, fit FROM {name}" for name in asked.fits)
    asked.tables.append(f"fits AS MATERIALIZED (SELECT call, sum(fit) AS fit FROM ({fits}) GROUP BY call)")
    first = _part("", "f.fit", [], asked, sort, place, source="fits f CROSS JOIN calls c ON c.id = f.call")
    if asked.words_needed:
        return [first]
    text, bound = _part("", "0.0", [], asked, sort, place)
    return [first, (f"{text} AND c.id NOT IN (SELECT call FROM fits)", bound)]


def _part(
    joins: str, value: str, inside: list[Any], asked: Compiled, sort: Sort, place: tuple[float, str] | None,
    source: str = "calls c",
) -> Part:  # fmt: skip
    """One SELECT behind a place; ``inside`` is bound in ``value``."""
    condition, behind = asked.condition, list[Any]()
    if place is not None:
        sign = "<" if sort.descending else ">"
        condition += f" AND ({value} {sign} ? OR ({value} = ? AND c.call_id > ?))"
        behind = [*inside, place[0], *inside, *place]
    text = f"SELECT c.id, c.call_id, c.duration, {value} FROM {source}{joins} WHERE {condition}"
    return text, [*inside, *asked.bound, *behind]


def _counted(
    connection: sqlite3.Connection, asked: Compiled, facets: Sequence[str]
) -> tuple[int, dict[str, tuple[tuple[str, int], ...]]]:
    """How many calls match, and of each facet how often each value stands in them."""
    if not facets:
        text = f"{asked.begin()}SELECT count(*) FROM calls c WHERE {asked.condition}"
        return connection.execute(text, [*asked.values, *asked.bound]).fetchone()[0], {}
    matched = f"matched AS MATERIALIZED (SELECT c.id FROM calls c WHERE {asked.condition})"
    fields = ", ".join("?" * len(facets))
    text = (
        f"WITH {', '.join([*asked.tables, matched])} SELECT '', '', count(*) FROM matched UNION ALL "
        f"SELECT l.field, min(l.value), count(*) FROM matched CROSS JOIN labels l ON l.call = matched.id "
        f"WHERE l.field IN ({fields}) GROUP BY l.field, l.folded"
    )
    stored = {_stored(facet): facet for facet in facets}
    rows = connection.execute(text, [*asked.values, *asked.bound, *stored]).fetchall()
    total = next(count for field, _value, count in rows if not field)
    counted: dict[str, list[tuple[str, int]]] = {facet: [] for facet in facets}
    for field, value, count in rows:
        if field:
            counted[stored[field]].append((value, count))
    return total, {facet: ranked(values) for facet, values in counted.items()}


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
    where, values = "said MATCH ? AND said.rowid >= ? AND said.rowid < ?", [match_of(one), *span]
    for edge in edges_of(one):
        where += " AND said.rowid IN (SELECT rowid FROM edges WHERE edges MATCH ?)"
        values.append(edge)
    ids = f"SELECT said.rowid FROM said WHERE {where} ORDER BY said.rowid LIMIT {TURNS}"
    rows = connection.execute(f"SELECT id, role, start, ended, words, times FROM turns WHERE id IN ({ids})", values)
    return {row[0]: read_turn(row[1:]) for row in rows}


def _turns(connection: sqlite3.Connection, key: int) -> list[IndexedTurn]:
    span = key << TURN_BITS, (key + 1) << TURN_BITS
    return [read_turn(row) for row in connection.execute(f"{_TURN} WHERE id >= ? AND id < ? ORDER BY id", span)]


def _stemmed(one: str) -> str:
    return '{stems} : "' + one.replace('"', '""') + '"'
