"""Carrying marks of the outbox into the index: calls that changed are put, calls that are gone are dropped.

A mark names a call, not what to write: whatever SQL says at that moment is written, so marks may be carried twice, late and
in any order. While the index is away they wait; while it is being made they are carried to the one in use as ever.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select

from pipeline.failpoints import reach
from pipeline.protocols import SearchIndex
from pipeline.search.errors import IndexUnavailable
from webapp.search.filing import entries, still_there
from webapp.store import SqlStore
from webapp.store.outbox import INDEX, Deed
from webapp.tables import OutboxRow

log = logging.getLogger(__name__)

AT_ONCE = 100


def drain(store: SqlStore, index: SearchIndex) -> int:
    """Carry all marks that may be carried now; how many. Raises IndexUnavailable, with the marks left for later."""
    carried = dropped = 0
    while _waiting(store):
        deeds = store.deeds(INDEX, limit=AT_ONCE)
        if not deeds:
            break  # another process has them in hand
        reach("search.taken")
        dropped += _carry(store, index, deeds)
        carried += len(deeds)
    if dropped:
        index.purge()
    elif carried:
        index.settle()
    return carried


def file_calls(store: SqlStore, index: SearchIndex, call_ids: Sequence[str]) -> int:
    """Bring the named calls in the index up to what SQL says; how many were dropped.

    What vanished from SQL while it was written is looked for once more afterwards: a call that is erased between the
    reading and the writing would otherwise stay.
    """
    found = entries(store, call_ids)
    if found.calls:
        index.put(found.calls)
    reach("search.put")
    written = [call.call_id for call in found.calls]
    there = still_there(store, written)
    gone = [*found.gone, *(one for one in written if one not in there)]
    if gone:
        index.drop(gone)
    return len(gone)


def waiting_marks(store: SqlStore) -> int:
    """Marks not carried yet."""
    with store.database.read() as session:
        return len(session.scalars(select(OutboxRow.id).where(*_undone(store)).limit(10_000)).all())


def _carry(store: SqlStore, index: SearchIndex, deeds: Sequence[Deed]) -> int:
    try:
        gone = file_calls(store, index, list(dict.fromkeys(str(deed.payload["call"]) for deed in deeds)))
    except IndexUnavailable as error:
        for deed in deeds:
            store.undone(deed, str(error))
        raise
    reach("search.carried")
    store.done(deeds)
    return gone


def _waiting(store: SqlStore) -> bool:
    """Asked before asking for the right to write: nearly every pass finds nothing."""
    with store.database.read() as session:
        return session.scalar(select(OutboxRow.id).where(*_undone(store)).limit(1)) is not None


def _undone(store: SqlStore) -> tuple[ColumnElement[bool], ...]:
    return OutboxRow.org_id == store.org, OutboxRow.kind == INDEX, OutboxRow.done_at.is_(None)
