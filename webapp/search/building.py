"""Making the whole index anew from SQL, beside the one in use and while calls come and go.

First every call that SQL holds, then whatever was marked meanwhile, then the new index takes over, then once more what was
marked: a mark that another process carried into the old index is not lost with it. One row in SQL says that a making runs;
it has a lease, so that a making that died is not waited for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from pipeline.failpoints import reach
from pipeline.protocols import SearchIndex
from rules.errors import CallsiftError
from webapp.database import insert_new
from webapp.heartbeat import PARTS, kept_alive
from webapp.search.draining import file_calls
from webapp.search.filing import AT_ONCE, all_calls, entries
from webapp.store import SqlStore
from webapp.store.outbox import INDEX
from webapp.tables import OutboxRow, Ranked, SearchBuild

LEASE = timedelta(minutes=2)
MARGIN = timedelta(minutes=10)  # far longer than a transaction: a mark written before we began may be seen after
DIED = "The process that made this index died."

Tell = Callable[[int, int, str], None]


class AlreadyBuilding(CallsiftError):
    """Another process makes the index at this moment."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a making came to. ``damaged``: calls whose result could not be read, so that nobody finds them."""

    calls: int
    damaged: int
    seconds: float


def build(store: SqlStore, index: SearchIndex, *, tell: Tell = lambda done, of, note: None) -> Built:
    """Make ``index`` anew. Raises AlreadyBuilding, or IndexUnavailable with the index in use left as it was."""
    began, started = time.monotonic(), store.clock()
    calls = damaged = 0
    with _running(store, index.name) as told, index.rebuilding() as new:
        total = count_calls(store)
        for some in all_calls(store):
            found = entries(store, some)
            new.put(found.calls)
            calls, damaged = calls + len(found.calls), damaged + len(found.damaged)
            told(calls, total)
            tell(calls, total, "")
            reach("search.batch")
        since = started - MARGIN
        caught_up = store.clock()
        for changed in _marked(store, since):
            found = entries(store, changed)
            new.put(found.calls)
            new.drop(found.gone)
        reach("search.caught_up")
        new.take_over()
        reach("search.taken_over")
        for changed in _marked(store, caught_up - MARGIN):
            file_calls(store, index, changed)
        index.settle()
    return Built(calls, damaged, time.monotonic() - began)


def count_calls(store: SqlStore) -> int:
    """Calls that a making would put into the index."""
    with store.database.read() as session:
        return session.scalar(select(func.count()).select_from(Ranked)) or 0


def latest(store: SqlStore) -> SearchBuild | None:
    """The last making of the index, under way or over."""
    with store.database.read() as session:
        return session.scalar(select(SearchBuild).order_by(SearchBuild.id.desc()).limit(1))


def _marked(store: SqlStore, since: datetime) -> Iterator[Sequence[str]]:
    """Calls of every organisation marked since a moment, done or not, some at a time."""
    after = 0
    wanted = OutboxRow.kind == INDEX, OutboxRow.created_at >= since
    while True:
        with store.database.read() as session:
            rows = session.execute(
                select(OutboxRow.id, OutboxRow.payload)
                .where(*wanted, OutboxRow.id > after)
                .order_by(OutboxRow.id)
                .limit(AT_ONCE)
            ).all()
        if not rows:
            return
        yield list(dict.fromkeys(str(payload["call"]) for _id, payload in rows))
        after = rows[-1].id


@contextmanager
def _running(store: SqlStore, target: str) -> Iterator[Callable[[int, int], None]]:
    """Holds the row that says a making runs; gives a way to tell how far it is."""
    key = _claim(store, target)
    mine = update(SearchBuild).where(SearchBuild.id == key, SearchBuild.running == 1)

    def told(done: int, total: int) -> None:
        with store.database.write() as session:
            session.execute(mine.values(done=done, total=total, leased_until=store.clock() + LEASE))

    def renew() -> None:
        with store.database.write() as session:
            session.execute(mine.values(leased_until=store.clock() + LEASE))

    def end(error: str | None) -> None:
        with store.database.write() as session:
            session.execute(mine.values(running=None, finished_at=store.clock(), error=error))

    try:
        with kept_alive(renew, every=LEASE.total_seconds() / PARTS):
            yield told
    except Exception as error:
        end(str(error) if isinstance(error, CallsiftError) else f"{type(error).__name__}: see the log.")
        raise
    end(None)


def _claim(store: SqlStore, target: str) -> int:
    moment = store.clock()
    row = {"running": 1, "target": target, "started_at": moment, "leased_until": moment + LEASE, "done": 0, "total": 0}
    with store.database.write() as session:
        died = SearchBuild.running == 1, SearchBuild.leased_until <= moment
        session.execute(update(SearchBuild).where(*died).values(running=None, finished_at=moment, error=DIED))
        ids = insert_new(session, SearchBuild, [row])
    if not ids:
        raise AlreadyBuilding("The search index is being made by another process; wait for it, or stop that process.")
    return ids[0]
