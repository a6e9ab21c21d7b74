"""Making what waits: one report after the other, with progress in its row, by whoever comes first.

A maker that dies lets go of its lease and somebody else begins anew; a report that was made twice is the same file, so
the second writer changes nothing.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import replace
from typing import Any

from pipeline.reporting.errors import ReportError
from rules.errors import CallsiftError
from webapp.alerts.routes import base_url
from webapp.reports import shelf
from webapp.reports.catalogue import packs_in_force
from webapp.reports.making import Order, Tell, make, silent
from webapp.reports.shelf import EXPORT, Claim
from webapp.reports.signing import signing_key
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.tables import Call

log = logging.getLogger(__name__)

TOLD = 1.0  # seconds between two notes of how far a report is


class Lost(ReportError):
    """Somebody else makes the report by now."""


def make_waiting(settings: Settings, store: SqlStore) -> int:
    """Make every report that waits; how many were finished."""
    count = 0
    while make_one(settings, store) is not None:
        count += 1
    return count


def make_one(settings: Settings, store: SqlStore, *, only: str | None = None, tell: Tell = silent) -> str | None:
    """Make the oldest waiting report (or ``only`` that one); its public id, None when none waits."""
    with store.database.write() as session:
        claim = shelf.claim(session, store.org, store.clock(), only=only)
    if claim is None:
        return None
    values = _made(settings, store, claim, tell)
    if values is not None:
        with store.database.write() as session:
            shelf.finish(session, store.org, claim, store.clock(), values)
    return claim.public_id


def _made(settings: Settings, store: SqlStore, claim: Claim, tell: Tell) -> dict[str, Any] | None:
    """What to write into the report's row; None when it is no longer ours."""
    try:
        order = _order(settings, store, claim)
        path = shelf.place(settings, claim.public_id)
        made = make(store.database, store.org, order, signing_key(settings), path, _Telling(store, claim, tell))
    except Lost:
        return None
    except CallsiftError as error:
        return {"error": str(error)}
    except Exception as error:  # one report must not keep the others from being made
        log.exception("the report %s could not be made", claim.public_id)
        return {"error": f"{type(error).__name__}: the log says more."}
    return {
        "size": made.packed.size, "sha256": made.packed.sha256, "breaches": made.report.breaches,
        "rows_done": made.report.rows, "rows_all": made.report.rows,
    }  # fmt: skip


def _order(settings: Settings, store: SqlStore, claim: Claim) -> Order:
    with store.database.read() as session:
        packs = packs_in_force(session, store.org, settings.packs)
        scope = None if claim.asked_by is None else shelf.scope_of(session, store.org, claim.asked_by)
        if scope is not None and not scope.may(EXPORT):
            raise ReportError("Whoever asked for this report may not make reports any more.")
        wanted, _teams = shelf.within(session, store.org, scope, claim.wanted)
    order = Order(wanted, claim.as_of, claim.formats, packs, base_url(settings))
    return order if scope is None else replace(order, scope=scope.rows(Call, EXPORT))


class _Telling:
    """Notes in the report's row how far it is, about once a second, and renews the lease by that."""

    def __init__(self, store: SqlStore, claim: Claim, tell: Tell) -> None:
        self._store, self._claim, self._tell, self._last = store, claim, tell, 0.0

    def __call__(self, done: int, of: int) -> None:
        self._tell(done, of)
        if time.monotonic() - self._last < TOLD:
            return
        with self._store.database.write() as session:
            if not shelf.renew(session, self._claim, self._store.clock(), done, of):
                raise Lost("Somebody else makes this report by now.")
        self._last = time.monotonic()


class Maker:
    """Makes what waits in a thread of its own, for a server whose answers must not wait. One at a time."""

    def __init__(self, settings: Settings, store: SqlStore) -> None:
        self._settings, self._store = settings, store
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """See to it that somebody is making reports."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="reports", daemon=True)
                self._thread.start()

    def wait(self) -> None:
        """Until nothing is being made here."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        try:
            make_waiting(self._settings, self._store)
        except Exception:  # the database may be away; the next one who asks wakes another thread
            log.exception("reports could not be made")
