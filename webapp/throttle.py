"""Failed sign-ins are counted by name and by address; too many close the door for half an hour.

The count survives restarts and is shared by all web processes because it lives in the database. What was typed is
kept as a hash: people type passwords into name fields.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.database import insert_new
from webapp.tables import Throttle

FAILURES = {"name": 10, "address": 50}  # PCI DSS 8.3.4 allows at most 10; many people may share one address
WINDOW = timedelta(minutes=30)


def subjects(name: str, address: str) -> list[str]:
    """What a sign-in counts against, as ``kind:hash``."""
    return [f"{kind}:{_hash(value)}" for kind, value in (("name", name), ("address", address)) if value]


def seconds_left(session: Session, org: int, found: Iterable[str], moment: datetime) -> int:
    """How long none of these may try, in whole seconds; 0 when they may."""
    blocked = session.scalars(
        select(Throttle.blocked_until).where(
            Throttle.org_id == org, Throttle.subject.in_(list(found)), Throttle.blocked_until > moment
        )
    )
    return max((int((until - moment).total_seconds()) + 1 for until in blocked if until), default=0)


def count_failure(session: Session, org: int, found: Iterable[str], moment: datetime) -> None:
    """One more failure for each of these."""
    for subject in sorted(found):  # always in one order: two processes never wait for each other in a circle
        insert_new(session, Throttle, [{"org_id": org, "subject": subject, "failures": 0, "first_at": moment}])
        wanted = select(Throttle).where(Throttle.org_id == org, Throttle.subject == subject).with_for_update()
        row = session.scalars(wanted).one()
        if moment - row.first_at > WINDOW:
            row.failures, row.first_at = 0, moment
        row.failures += 1
        if row.failures >= FAILURES[subject.split(":")[0]]:
            row.blocked_until, row.failures, row.first_at = moment + WINDOW, 0, moment


def forget(session: Session, org: int, name: str) -> None:
    """A name starts from nothing again: it signed in, or got a new password."""
    session.execute(delete(Throttle).where(Throttle.org_id == org, Throttle.subject.in_(subjects(name, ""))))


def _hash(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
