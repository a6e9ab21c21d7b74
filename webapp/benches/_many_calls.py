"""A house with very many calls, written straight into SQLite by SQL: what the queue and the overview read, nothing else.

Calls are spread evenly over 200 days, 10 teams, 3 queues and 20 agents, whatever their number. Numbers that look random follow
from the call's number alone. Tables that these pages never read (words, results, findings) stay empty. A made database is kept
and used again while the schema and what is written here are the same.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

from webapp.accounts import COMMAND_LINE, Accounts
from webapp.database import Database, now, open_database
from webapp.migrations import head, upgrade
from webapp.teams import org_key

DAYS, TEAMS, AGENTS = 200, 10, 20
FIRST_DAY, LAST_DAY = "2026-01-01", "2026-07-19"  # of the calls, in UTC
PERSON = "lea"
SHARE = 19  # one call in so many was drawn

NUMBERS = """
CREATE TEMP TABLE n AS
WITH RECURSIVE many(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM many WHERE i < :count)
SELECT i, printf('%08x%08x%016x', (i * 2654435761) % 4294967296, (i * 40503 + 12345) % 4294967296, i) AS pid,
       ((i * 7919 + 13) % 1000003) / 1000003.0 AS u, ((i * 104729 + 7) % 999983) / 999983.0 AS v,
       1 + (i * 31) % :teams AS team, 'ag-' || ((i * 17) % :agents) AS agent,
       CASE (i * 7) % 3 WHEN 0 THEN 'Billing' WHEN 1 THEN 'Sales' ELSE 'Fraud line' END AS queue,
       strftime('%Y-%m-%d %H:%M:%S.000000', :first, ((i * 31 / 10) % :days) || ' days', (28800 + (i * 37) % 36000) || ' seconds') AS at
FROM many
"""
COUNTS = """json_object(
    'reasons', json_object('dead_air', count(*), 'rule:B1', sum(i % 9 = 0)), 'findings', json_object('dead_air', count(*)),
    'marks', json_object('asr_unsure', sum(i % 30 = 0)),
    'verdicts', json_object('B1', json_object('PASS', sum(i % 9 > 0), 'FAIL', sum(i % 9 = 0))),
    'measures', json_object('silence_share', json_array(count(*), sum(v), sum(v * v))))"""
ROWS = (
    """INSERT INTO ranked (call_id, org_id, team_id, result_id, public_id, name, at, started_at, direction, queue, agent,
              duration, score, listen_from, reasons, marks)
       SELECT i, :org, team, i, pid, 'C-' || i, at, at, 'inbound', queue, agent, 60 + 600 * v, u * u, 30.0,
              '["nobody spoke for 41 s", "the card number was read out"]', '[]' FROM n""",
    """INSERT INTO standings (call_id, org_id, team_id, public_id, result_id, ranker, chance, fraud, breach, gain, seconds, worth,
              clips, fence, reviewed_at, flagged, draw_id)
       SELECT i, :org, team, pid, i, 0, u * u, CASE WHEN i % 20 = 4 THEN v ELSE 0 END, CASE WHEN i % 9 = 0 THEN v ELSE 0 END,
              u, 60, u, '[]', 0, CASE WHEN i % 20 = 3 THEN at END, CASE WHEN i % 20 = 3 THEN i % 3 = 0 END, team FROM n""",
    """INSERT INTO jobs (id, org_id, team_id, call_id, public_id, kind, state, attempt, fence, alone, not_before, created_at, changed_at)
       SELECT i, :org, team, i, pid, 'process', CASE WHEN i % 997 = 5 THEN 'waiting' ELSE 'done' END, 1, 1, 0, at, at, at FROM n""",
    """INSERT INTO draws (id, org_id, public_id, team_id, slot, made_at, seed, share, size, drawn, sha256)
       SELECT team, :org, printf('%032x', team), team, :first || '.0', at, 'seed of ' || team, 1.0 / :share, count(*),
              sum(i % :share = 1), '' FROM n GROUP BY team""",
    """INSERT INTO draw_strata (id, org_id, team_id, draw_id, name, size, drawn)
       SELECT team, :org, team, team, '', count(*), sum(i % :share = 1) FROM n GROUP BY team""",
    """INSERT INTO drawn (org_id, team_id, draw_id, stratum_id, call_id, turn, probability)
       SELECT :org, team, team, team, i, ((i * 15485863) % 1000033) / 1000033.0, 1.0 / :share FROM n WHERE i % :share = 1""",
    f"""INSERT INTO figure_cells (org_id, team_id, day, whole, queue, agent, calls, seconds, score, square, counts)
       SELECT :org, team, substr(at, 1, 10), 0, queue, agent, count(*), sum(60 + 600 * v), sum(u * u), sum(u * u * u * u),
              {COUNTS}
       FROM n GROUP BY team, substr(at, 1, 10), queue, agent""",  # noqa: S608 (our own words)
    f"""INSERT INTO figure_cells (org_id, team_id, day, whole, queue, agent, calls, seconds, score, square, counts)
       SELECT :org, team, substr(at, 1, 10), 1, '', '', count(*), sum(60 + 600 * v), sum(u * u), sum(u * u * u * u),
              {COUNTS}
       FROM n GROUP BY team, substr(at, 1, 10)""",  # noqa: S608 (the same)
)  # fmt: skip


@contextmanager
def house(count: int) -> Iterator[Database]:
    """A database with ``count`` calls, made where none is kept."""
    database = open_database(f"sqlite:///{kept(count)}")
    try:
        yield database
    finally:
        database.close()


def kept(count: int) -> Path:
    """The file, in the cache folder of this user."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "callsift"
    cache.mkdir(parents=True, exist_ok=True)
    said = repr((head(), NUMBERS, ROWS, DAYS, TEAMS, AGENTS, FIRST_DAY, SHARE))
    mark = hashlib.sha256(said.encode()).hexdigest()[:12]
    file = cache / f"bench-{count}-{mark}.sqlite"
    if not file.exists():
        partial = file.with_suffix(f".{os.getpid()}")
        make(partial, count)
        partial.rename(file)
    return file


def make(file: Path, count: int) -> None:
    """Write the database."""
    database = open_database(f"sqlite:///{file}")
    try:
        upgrade(database)
        with database.write() as session:
            org = org_key(session, "main", now())
        accounts = Accounts(database, org, timedelta(hours=1), timedelta(hours=8), "UTC")
        for number in range(TEAMS):
            accounts.team_id(f"team {number}")
        accounts.add(COMMAND_LINE, PERSON, "Lea", {"*": "lead"}, must_change=False)
    finally:
        database.close()
    facts = {
        "count": count,
        "teams": TEAMS,
        "agents": AGENTS,
        "days": DAYS,
        "first": FIRST_DAY,
        "org": org,
        "share": SHARE,
    }
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        for statement in (NUMBERS, *ROWS):
            connection.execute(statement, facts)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
