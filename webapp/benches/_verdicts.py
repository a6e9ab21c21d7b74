"""A database with as many verdicts as one likes, made by SQL alone: a million takes seconds.

Two months of calls, each judged by every rule, with quotes, reasons and a basis as long as real ones. The same numbers
give the same rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from pipeline.reporting.period import Period
from pipeline.reporting.records import Filter
from webapp.database import Database, open_database
from webapp.migrations import upgrade
from webapp.reports.making import Order
from webapp.teams import org_key, team_key

RULES = (
    "B1",
    "B2",
    "B3",
    "B5",
    "B6",
    "B7",
    "B8",
    "B9",
    "B10",
    "B11",
    "C1",
    "C3",
    "C4",
    "C5",
    "D1",
    "D2",
    "E1",
    "E2",
    "G2",
)
PERIOD = Period(date(2026, 2, 1), date(2026, 3, 31), "Europe/Helsinki")
BEGIN = datetime(2026, 1, 31, 23, tzinfo=UTC)
MADE = datetime(2026, 4, 1, tzinfo=UTC)
AS_OF = MADE + timedelta(days=1)
SECONDS = 58 * 86_400  # the calls are spread over
SMALLEST = 2_000  # calls written by one statement: memory of SQLite stays small

CALLS = """
INSERT INTO calls (id, org_id, team_id, public_id, sha256, recorder_id, size, source, suffix, sealed_key, metadata_version, added_at)
SELECT i, :org, :team, printf('%032x', i), printf('%064x', i), printf('R-%d', i), 1, 'inbox', 'wav', x'', 1, :made FROM {numbers}
"""
METADATA = """
INSERT INTO metadata_versions (org_id, team_id, call_id, version, at, known, started_at)
SELECT :org, :team, i, 1, :made,
  json_object('call_id', printf('C-%d', i), 'team', 'north', 'agent_id', printf('ag-%d', i % 40), 'queue', 'Billing',
    'direction', 'outbound'),
  strftime('%Y-%m-%d %H:%M:%S.000000', :begin, printf('+%d seconds', (i * 7919) % :seconds)) FROM {numbers}
"""
RESULTS = """
INSERT INTO results (id, org_id, team_id, call_id, version, metadata_version, kind, made_at, blob, score, models, files)
SELECT i, :org, :team, i, 1, 1, 'process', :made, '', 0.5, '{{"asr": "demo 1f0c2a", "diarization": "channels 1"}}', '{{}}' FROM {numbers}
"""
VERDICTS = """
INSERT INTO verdicts (org_id, team_id, result_id, rule, version, value, reason, evidence, confidence, basis)
SELECT :org, :team, i, r.value, '1',
  CASE WHEN d < 60 THEN 'PASS' WHEN d < 66 THEN 'FAIL' WHEN d < 96 THEN 'NOT_APPLICABLE' ELSE 'UNSURE' END,
  printf('the notice was looked for in the first 60 seconds of call %d', i),
  CASE WHEN d BETWEEN 60 AND 65 THEN json_array(json_object('quote', printf('you owe us %d dollars and we want it now', i),
    'start', 12.5, 'end', 15.0, 'party', 's1')) ELSE '[]' END,
  0.9, :basis
FROM (SELECT n.i AS i, r.key AS k, r.value AS value, (n.i * 31 + r.key * 17 + n.i / 100) % 100 AS d
      FROM {numbers} AS n, json_each(:rules) AS r) AS r ORDER BY i, k
"""
BASIS = (
    '{"engine": "1", "rule_text": "' + "cd" * 32 + '", "transcript": 1, "posteriors": "' + "ef" * 32 + '", "settings": {"heard": 0.5}, '
    '"policy": "pci-1", "tzdata": "2026.1", "models": {"asr": "demo 1f0c2a"}, "audio": "' + "ab" * 32 + '"}'
)  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """A database with calls, whose organisation ``org`` is."""

    database: Database
    org: int


@contextmanager
def filled(folder: Path, verdicts: int) -> Iterator[Filled]:
    """A new SQLite database in ``folder`` with about as many verdicts; it stays there, closed, behind the block."""
    database = open_database(f"sqlite:///{folder / 'callsift.sqlite'}")
    try:
        upgrade(database)
        yield Filled(database, fill(database, verdicts))
    finally:
        database.close()


def fill(database: Database, verdicts: int) -> int:
    """Write the rows; the key of their organisation."""
    import json

    from rules.engine.ruleset import load_packs
    from webapp.store import rulebook

    ruleset = load_packs()
    rules = [rule for rule in RULES if rule in ruleset.by_id]
    with database.write() as session:
        org = org_key(session, "main", MADE - timedelta(days=90))
        team = team_key(session, org, "north", MADE)
        rulebook.keep(
            session, org, [rulebook.kept_rule(ruleset.by_id[rule]) for rule in rules], MADE - timedelta(days=90)
        )
    values = {"org": org, "team": team, "made": _written(MADE), "begin": _written(BEGIN), "seconds": SECONDS, "basis": BASIS,
              "rules": json.dumps(rules)}  # fmt: skip
    calls = -(-verdicts // len(rules))
    for first in range(1, calls + 1, SMALLEST):
        last = min(first + SMALLEST - 1, calls)
        numbers = (
            f"(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last}) SELECT i FROM n)"  # noqa: S608
        )
        with database.write() as session:
            for statement in (CALLS, METADATA, RESULTS, VERDICTS):
                session.execute(text(statement.format(numbers=numbers)), values)
    return org


def order(formats: tuple[str, ...]) -> Order:
    """A report on everything that `fill` writes."""
    from rules.engine.ruleset import load_packs

    packs = {rule.id: rule.pack for rule in load_packs().rules}
    return Order(Filter(PERIOD, unchecked=True), AS_OF, formats, packs, "https://calls.example")


def _written(moment: datetime) -> str:
    """A moment as SQLite keeps it."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
