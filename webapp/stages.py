"""Where the work on a batch stands, in its jobs' rows, so that people who wait can see it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from pipeline.protocols import Job
from webapp.store import SqlStore
from webapp.tables import JobRow

log = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two notes of the same stage
Tell = Callable[[str, int, int, float], None]


class Stages:
    """Notes stage and call, and passes both on to ``also``. A note that cannot be written is left out: the work goes on."""

    def __init__(self, store: SqlStore, jobs: Sequence[Job], also: Tell | None = None) -> None:
        self._store, self._ids, self._also = store, [job.id for job in jobs], also
        self._stage, self._last = "", 0.0

    def __call__(self, stage: str, done: int, of: int, seconds: float) -> None:
        if self._also is not None:
            self._also(stage, done, of, seconds)
        if stage == self._stage and time.monotonic() - self._last < EVERY:
            return
        self._stage, self._last = stage, time.monotonic()
        mine = JobRow.org_id == self._store.org, JobRow.id.in_(self._ids), JobRow.state == "running"
        try:
            with self._store.database.write() as session:
                session.execute(update(JobRow).where(*mine).values(stage=f"{stage} {done}/{of}"))
        except SQLAlchemyError as error:
            log.info("where the work stands could not be noted: %s", error)
