"""Putting calls into the embedded index and taking them out again, each batch in one transaction."""

# ruff: noqa: S608 - every value is bound; only names that are made here become part of the text
from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from pipeline.search.fts.schema import TURN_BITS
from pipeline.search.records import MOST_TURNS, IndexedCall, IndexedTurn
from pipeline.search.terms import terms_of_turn
from pipeline.search.words import shortened

AT_ONCE = 500  # values in one statement
SPACE = "\x1f"  # between words: they may hold anything a transcript holds, but not this


def put(connection: sqlite3.Connection, calls: Sequence[IndexedCall]) -> None:
    """Replace each call, unless a newer version is there; inside the caller's transaction."""
    there = versions(connection, [call.call_id for call in calls])
    fresh = [call for call in calls if there.get(call.call_id, -1) <= call.version]
    drop(connection, [call.call_id for call in fresh if call.call_id in there])
    words: set[str] = set()
    for call in {call.call_id: call for call in fresh}.values():
        words |= _put_one(connection, call)
    _remember(connection, words)


def drop(connection: sqlite3.Connection, call_ids: Sequence[str]) -> None:
    """Take calls out, with every trace but free space: see `purge`."""
    for call_id in call_ids:
        row = connection.execute("SELECT id, duration FROM calls WHERE call_id = ?", (call_id,)).fetchone()
        if row is None:
            continue
        key, duration = row
        _forget_turns(connection, key, duration)
        for table in ("labels", "measures"):
            connection.execute(f"DELETE FROM {table} WHERE call = ?", (key,))
        connection.execute("DELETE FROM calls WHERE id = ?", (key,))


def purge(connection: sqlite3.Connection) -> None:
    """Rewrite the full-text tables without what was deleted, and forget words that no call says any more."""
    connection.execute("INSERT INTO said (said) VALUES ('optimize')")
    connection.execute("INSERT INTO edges (edges) VALUES ('optimize')")
    gone = "SELECT word FROM vocabulary WHERE word NOT IN (SELECT term FROM said_terms WHERE col = 'words')"
    connection.execute(f"DELETE FROM pieces WHERE word IN ({gone})")
    connection.execute(f"DELETE FROM vocabulary WHERE word IN ({gone})")


def versions(connection: sqlite3.Connection, call_ids: Collection[str]) -> dict[str, int]:
    """Versions of the calls that are there."""
    found: dict[str, int] = {}
    for some in _chunks(list(call_ids)):
        marks = ", ".join("?" * len(some))
        found.update(connection.execute(f"SELECT call_id, version FROM calls WHERE call_id IN ({marks})", some))
    return found


def read_turn(row: tuple[Any, ...]) -> IndexedTurn:
    """A turn from ``role, start, ended, words, times``."""
    role, start, ended, words, times = row
    return IndexedTurn(role, start, ended, tuple(words.split(SPACE)), tuple(array("d", times)))


def _put_one(connection: sqlite3.Connection, call: IndexedCall) -> set[str]:
    """One call; the distinct words it says."""
    key = connection.execute(
        "INSERT INTO calls (org, team, agent, call_id, version, name, started, duration, score, held, vector, told) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (call.org, call.team, call.agent, call.call_id, call.version, call.name, call.at.timestamp(), call.duration,
         call.score, call.held, packed(call.vector), SPACE.join((call.queue, call.direction, call.language, call.team_name))),
    ).lastrowid  # fmt: skip
    assert key is not None
    labels = [(field, value.casefold(), key, value) for field, values in call.compared().items() for value in values]
    connection.executemany("INSERT OR IGNORE INTO labels VALUES (?, ?, ?, ?)", labels)
    connection.executemany("INSERT INTO measures VALUES (?, ?, ?)", [(key, *item) for item in call.measures.items()])
    turns = [(key << TURN_BITS | number, turn) for number, turn in enumerate(call.turns[:MOST_TURNS])]
    connection.executemany("INSERT INTO turns VALUES (?, ?, ?, ?, ?, ?)", [_turn_row(at, turn) for at, turn in turns])
    said, edges, words = _full_text(turns, call.duration)
    connection.executemany("INSERT INTO said (rowid, words, stems, who) VALUES (?, ?, ?, ?)", said)
    connection.executemany("INSERT INTO edges (rowid, edge) VALUES (?, ?)", edges)
    return words


def packed(vector: Sequence[float] | None) -> bytes | None:
    return None if vector is None else array("f", vector).tobytes()


def _turn_row(at: int, turn: IndexedTurn) -> tuple[Any, ...]:
    return at, turn.role, turn.start, turn.end, SPACE.join(turn.words), array("d", turn.times).tobytes()


def _full_text(
    turns: Iterable[tuple[int, IndexedTurn]], duration: float
) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]], set[str]]:
    """Rows of both full-text tables, and the distinct words."""
    said: list[tuple[Any, ...]] = []
    edges: list[tuple[Any, ...]] = []
    words: set[str] = set()
    for at, turn in turns:
        found = terms_of_turn(turn, duration)
        said.append((at, " ".join(found.words), " ".join(found.stems), turn.role))
        words.update(found.words)
        if found.edges:
            edges.append((at, " ".join(found.edges)))
    return said, edges, words


def _forget_turns(connection: sqlite3.Connection, key: int, duration: float) -> None:
    """A table without content is told what it held."""
    span = key << TURN_BITS, (key + 1) << TURN_BITS
    rows = connection.execute("SELECT id, role, start, ended, words, times FROM turns WHERE id >= ? AND id < ?", span)
    said, edges, _ = _full_text([(row[0], read_turn(row[1:])) for row in rows], duration)
    connection.executemany("INSERT INTO said (said, rowid, words, stems, who) VALUES ('delete', ?, ?, ?, ?)", said)
    connection.executemany("INSERT INTO edges (edges, rowid, edge) VALUES ('delete', ?, ?)", edges)
    connection.execute("DELETE FROM turns WHERE id >= ? AND id < ?", span)


def _remember(connection: sqlite3.Connection, words: Collection[str]) -> None:
    """New words of letters, under all their forms with one letter missing."""
    told = [word for word in words if shortened(word)]
    known: set[str] = set()
    for some in _chunks(told):
        marks = ", ".join("?" * len(some))
        known.update(row[0] for row in connection.execute(f"SELECT word FROM vocabulary WHERE word IN ({marks})", some))
    new = [word for word in told if word not in known]
    connection.executemany("INSERT OR IGNORE INTO vocabulary VALUES (?)", [(word,) for word in new])
    pieces = [(piece, word) for word in new for piece in shortened(word)]
    connection.executemany("INSERT OR IGNORE INTO pieces VALUES (?, ?)", pieces)


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[at : at + AT_ONCE] for at in range(0, len(values), AT_ONCE))
