"""Processes to be killed: takers, workers, indexers on one store, with a process function that needs no model.

Imported once by the fork server of test_kills, so that a new process costs a fork and not an import of SQLAlchemy.
"""

from __future__ import annotations

import logging
import os
import random
import threading
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Event
from pathlib import Path

import sqlalchemy.dialects.postgresql.psycopg
import sqlalchemy.dialects.sqlite.pysqlite  # noqa: F401 (with the line above: loaded before the fork)

from pipeline import failpoints
from pipeline.failpoints import reach
from pipeline.files import Files
from pipeline.protocols import Job
from pipeline.records import CallResult
from pipeline.sealing.keyring import Keyring
from pipeline.sealing.vault import Vault
from tests.store.makers import KEK, make_intake, make_result, make_store
from webapp.database import open_database
from webapp.store import SqlStore
from webapp.store.outbox import INDEX
from webapp.worker import Worker

LEASE = 1.0
NEVER = 10**6  # attempts: here every death is the test's doing, so nothing is parked


def open_here(url: str, folder: Path, org: int | None = None) -> SqlStore:
    database = open_database(url)
    if org is None:
        return make_store(database, folder, max_attempts=NEVER)
    return SqlStore(database, org, Vault(Files(folder / "files"), Keyring(KEK)), NEVER)


def expected(job: Job) -> CallResult:
    """What a call comes to: the same in every process."""
    return make_result(job, seed=int(job.call_id[:8], 16), score=int(job.call_id[:2], 16) / 256, said="marmalade")


def process(jobs: Sequence[Job]) -> list[CallResult]:
    return [expected(job) for job in jobs]


def take_in(store: SqlStore, folder: Path, calls: int) -> None:
    """Hand in all recordings in some order, over and over, each with later metadata every other time."""
    while True:
        for number in random.sample(range(calls), calls):
            more = {"agent_id": "7"} if number % 5 == 0 and random.random() < 0.5 else {}
            store.add(make_intake(store, f"call {number}", queue="billing", **more))


def work(store: SqlStore, folder: Path, calls: int) -> None:
    Worker(store, process, batch=3, lease=LEASE).run(threading.Event(), pause=0.02)


def index(store: SqlStore, folder: Path, calls: int) -> None:
    """Put a mark for each deed, which may be done twice, and say it is done."""
    while True:
        deeds = store.deeds(INDEX, limit=5)
        for deed in deeds:
            (folder / "index" / deed.key).touch()
        reach("index.put")
        store.done(deeds)


ROLES: dict[str, Callable[[SqlStore, Path, int], None]] = {"take": take_in, "work": work, "index": index}


def live(url: str, folder: Path, org: int, role: str, plan: str, calls: int, ready: Event) -> None:
    """A process in one role, with fail points armed, until it is killed."""
    watch_files()
    random.seed()
    store = open_here(url, folder, org)
    failpoints.arm(plan)
    ready.set()
    logging.basicConfig(filename=folder / "errors" / f"{role}-{os.getpid()}", level=logging.ERROR, force=True)
    try:
        ROLES[role](store, folder, calls)
    except BaseException:
        logging.exception("a process died by itself")
        raise


def watch_files() -> None:
    """Fail points around the operations that make a file durable."""
    flush, rename = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        reach("file.unflushed")
        flush(descriptor)
        reach("file.flushed")

    def replace(self: Path, target: Path) -> Path:
        reach("file.unnamed")
        named = rename(self, target)
        reach("file.named")
        return named

    os.fsync, Path.replace = fsync, replace  # type: ignore[assignment, method-assign]
