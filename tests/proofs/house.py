"""An installation of its own for a proof: real keys, a real database, the real worker; and what its queue shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboards.desk import QueueFilter, QueueRow
from webapp.accounts import COMMAND_LINE
from webapp.desk import SqlDesks
from webapp.house import accounts_of
from webapp.installing import install
from webapp.processing import Processing
from webapp.sessions import EVERYWHERE
from webapp.settings import Settings, load
from webapp.store import SqlStore, open_store
from webapp.web.ports import User
from webapp.worker import Tally, Worker

SAMPLES = Path(__file__).resolve().parents[2] / "sample_calls"


@contextmanager
def installed(data: Path, **settings: object) -> Iterator[tuple[Settings, SqlStore]]:
    """Settings and store of a new installation in ``data``; what the environment says about callsift does not count."""
    chosen = load({}, data=data, **settings)
    install(chosen, admin=None)
    store = open_store(chosen)
    try:
        yield chosen, store
    finally:
        store.database.close()


def work(settings: Settings, store: SqlStore) -> Tally:
    """Everything that waits, by the models of the settings."""
    processing = Processing(settings, store)
    try:
        return Worker(store, processing, batch=8, lease=600.0).drain()
    finally:
        processing.close()


def reader(settings: Settings, store: SqlStore) -> User:
    """Someone who may read every call."""
    accounts = accounts_of(settings, store.database)
    if not accounts.users(COMMAND_LINE):
        accounts.add(COMMAND_LINE, "reader", "Reader", {EVERYWHERE: "admin"}, must_change=False)
    return next(iter(accounts.users(COMMAND_LINE)))


def queue(settings: Settings, store: SqlStore) -> list[QueueRow]:
    """The ranked queue as an administrator sees it, the most interesting call first."""
    return list(SqlDesks(store).desk(reader(settings, store)).queue(QueueFilter(), limit=500).rows)
