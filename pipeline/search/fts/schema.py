"""Tables of the embedded index.

A row of ``said`` is one turn; its rowid tells the call and the number of the turn, so that no join is needed to get from
a word to its calls. ``said`` and ``edges`` keep no text: what is shown comes from ``turns``, and what is deleted is made
from there again.
"""

from __future__ import annotations

import sqlite3

from pipeline.search.records import MOST_TURNS
from pipeline.search.words import SCHEMA

TURN_BITS = (MOST_TURNS - 1).bit_length()
APPLICATION = 0x43535831  # written into the file: an index of this program
_TOKENS = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'"  # terms come ready-made, split at spaces

TABLES = f"""
CREATE TABLE calls (
  id INTEGER PRIMARY KEY, org TEXT NOT NULL, team TEXT NOT NULL, agent TEXT NOT NULL, call_id TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL, name TEXT NOT NULL, started REAL NOT NULL, duration REAL NOT NULL, score REAL NOT NULL,
  held INTEGER NOT NULL, vector BLOB, told TEXT NOT NULL);
CREATE INDEX calls_score ON calls (org, score DESC, call_id);
CREATE INDEX calls_started ON calls (org, started DESC, call_id);
CREATE INDEX calls_duration ON calls (org, duration DESC, call_id);
CREATE INDEX calls_team ON calls (org, team, agent);
CREATE TABLE labels (
  field TEXT NOT NULL, folded TEXT NOT NULL, call INTEGER NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (field, folded, call)) WITHOUT ROWID;
CREATE INDEX labels_call ON labels (call, field);
CREATE TABLE measures (
  call INTEGER NOT NULL, name TEXT NOT NULL, value REAL NOT NULL, PRIMARY KEY (call, name)) WITHOUT ROWID;
CREATE INDEX measures_value ON measures (name, value, call);
CREATE TABLE turns (
  id INTEGER PRIMARY KEY, role TEXT NOT NULL, start REAL NOT NULL, ended REAL NOT NULL, words TEXT NOT NULL,
  times BLOB NOT NULL);
CREATE VIRTUAL TABLE said USING fts5 (words, stems, who, content='', tokenize="{_TOKENS}");
CREATE VIRTUAL TABLE edges USING fts5 (edge, content='', detail=none, columnsize=0, tokenize="{_TOKENS}");
CREATE VIRTUAL TABLE said_terms USING fts5vocab (said, col);
CREATE TABLE vocabulary (word TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE pieces (piece TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (piece, word)) WITHOUT ROWID;
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {SCHEMA};
"""
PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",  # a lost end is no loss: the index is filled again from SQL
    "busy_timeout = 20000",
    "cache_size = -32000",
    "temp_store = MEMORY",
    "secure_delete = ON",
)


def make(connection: sqlite3.Connection) -> None:
    """The tables, in an empty file."""
    connection.executescript(f"BEGIN; {TABLES} COMMIT;")


def fits(connection: sqlite3.Connection) -> bool:
    """Whether the file is an index of this program's schema."""
    marks = [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
    return marks == [APPLICATION, SCHEMA]
