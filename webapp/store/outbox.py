"""What must happen outside of the database once a transaction has committed: index a call, drop a file, send a mail.

A row is written in the same transaction as its cause, taken under a lease and marked done after the deed. A kill in
between means the deed is done again, so every deed is one that may be done twice (a mail keeps its Message-ID).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from webapp.database import insert_new
from webapp.tables import OutboxRow

INDEX, UNLINK, MAIL, CASES, FIGURES = "index", "unlink", "mail", "cases", "figures"
RETRY = timedelta(seconds=5)  # doubled with each failure, up to an hour
LONGEST_RETRY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do. ``key`` makes it the same deed when it is asked for twice."""

    id: int
    kind: str
    key: str
    payload: Mapping[str, Any]
    attempt: int


def post(
    session: Session, org: int, kind: str, items: Sequence[tuple[str, Mapping[str, Any]]], moment: datetime
) -> None:
    """Ask for deeds ``(key, payload)``; one already asked for, done or not, is not doubled."""
    fixed = {"org_id": org, "kind": kind, "created_at": moment, "attempt": 0}
    insert_new(session, OutboxRow, [{**fixed, "key": key, "payload": dict(payload)} for key, payload in items])


def unlink_later(session: Session, org: int, name: str, moment: datetime) -> None:
    """Have the stored file called ``name`` deleted after this transaction."""
    post(session, org, UNLINK, [(name, {"name": name})], moment)


def take(session: Session, org: int, kind: str, *, limit: int, lease: timedelta, moment: datetime) -> list[Deed]:
    """Deeds nobody else has in hand, oldest first, leased by one UPDATE."""
    free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= moment)
    mine = OutboxRow.org_id == org, OutboxRow.kind == kind, OutboxRow.done_at.is_(None)
    picked = (
        select(OutboxRow.id).where(*mine, free).order_by(OutboxRow.id).limit(limit).with_for_update(skip_locked=True)
    )
    taken = (
        update(OutboxRow)
        .where(OutboxRow.id.in_(select(picked.cte("picked").c.id)))
        .values(leased_until=moment + lease, attempt=OutboxRow.attempt + 1)
        .returning(OutboxRow.id, OutboxRow.kind, OutboxRow.key, OutboxRow.payload, OutboxRow.attempt)
    )
    return sorted((Deed(*row) for row in session.execute(taken)), key=lambda deed: deed.id)


def finish(session: Session, deeds: Sequence[Deed], moment: datetime) -> None:
    ids = [deed.id for deed in deeds]
    session.execute(
        update(OutboxRow).where(OutboxRow.id.in_(ids)).values(done_at=moment, leased_until=None, error=None)
    )


def put_back(session: Session, deed: Deed, error: str, moment: datetime) -> None:
    """The deed failed: again later, after a pause that grows."""
    pause = min(RETRY * 2 ** min(deed.attempt - 1, 20), LONGEST_RETRY)
    session.execute(update(OutboxRow).where(OutboxRow.id == deed.id).values(leased_until=moment + pause, error=error))


def forget_done(session: Session, org: int, before: datetime) -> int:
    """Remove rows done before a moment."""
    old = OutboxRow.org_id == org, OutboxRow.done_at < before
    return len(session.scalars(delete(OutboxRow).where(*old).returning(OutboxRow.id)).all())
