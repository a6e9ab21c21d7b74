"""Cleaning up: what killed processes left, what has grown too old, what no row names.

Everything here can be cut off at any point and done again. Rows come first, files after: a row never names a file that
is gone, while a file that no row names is found by the next sweep.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.failpoints import reach
from pipeline.files import Files
from webapp.database import Database
from webapp.store import claims, outbox
from webapp.store.intake import drop_refused_copies
from webapp.store.originals import Originals, expire_by_policy
from webapp.store.outbox import UNLINK
from webapp.store.parking import tell_parked
from webapp.tables import Call, JobRow, Refusal, Result

AT_ONCE = 200
LEASE = timedelta(minutes=1)
TEMPORARY = timedelta(minutes=10)  # no writer of ours pauses that long inside one file
ORPHAN = timedelta(days=1)  # far beyond any lease: whoever wrote it is gone or has committed
REMEMBERED = timedelta(days=7)  # how long done outbox rows stay, for looking into what happened
TOO_OLD = "quarantine_expired"
TOO_OLD_MESSAGE = (
    "The sealed copy had to be deleted before this call could be processed (the longest time allowed had passed). "
    "Take the recording in again."
)


@dataclass(frozen=True, slots=True)
class Swept:
    """How many of each were removed."""

    expired: int = 0
    unlinked: int = 0
    temporary: int = 0
    orphans: int = 0


def sweep(
    database: Database, org: int, files: Files, *, keep: timedelta, moment: datetime, orphans: bool = False,
    temporary: timedelta = TEMPORARY, originals: Originals | None = None,
) -> Swept:  # fmt: skip
    """Drop sealed sources older than ``keep``, then files and rows nobody needs; ``orphans`` walks all files."""
    with database.write() as session:
        expired = expire(session, org, moment - keep, moment)
        expired += expire_by_policy(session, org, originals, moment) if originals else 0
        old_uploads = Refusal.org_id == org, Refusal.at < moment - keep
        expired += drop_refused_copies(session, org, old_uploads, moment)
        outbox.forget_done(session, org, moment - REMEMBERED)
    unlinked = unlink(database, org, files, moment)
    left = files.sweep(now=moment.timestamp(), older_than=temporary.total_seconds())
    found = drop_orphans(database, files, moment) if orphans else 0
    return Swept(expired, unlinked, left, found)


def expire(session: Session, org: int, before: datetime, moment: datetime) -> int:
    """Quarantine copies made before a moment go, processed or not; their jobs are parked with the reason."""
    old = Call.org_id == org, Call.quarantine.is_not(None), Call.added_at < before
    unread = JobRow.kind == "process", JobRow.state.in_(claims.OPEN), JobRow.call_id.in_(select(Call.id).where(*old))
    told = {"state": "parked", "reason": TOO_OLD, "message": TOO_OLD_MESSAGE, "changed_at": moment}
    jobs = session.scalars(select(JobRow.id).where(*unread).order_by(JobRow.id).with_for_update()).all()
    session.execute(update(JobRow).where(JobRow.id.in_(jobs)).values(told))
    tell_parked(session, org, jobs, moment)
    calls = session.scalars(select(Call).where(*old).order_by(Call.id).with_for_update(key_share=True)).all()
    for call in calls:
        assert call.quarantine is not None
        outbox.unlink_later(session, org, call.quarantine, moment)
        call.quarantine = None
    parked = JobRow.call_id.in_([call.id for call in calls]), JobRow.kind == "process", JobRow.state == "parked"
    session.execute(update(JobRow).where(*parked).values(reason=TOO_OLD, message=TOO_OLD_MESSAGE))
    return len(calls)


def unlink(database: Database, org: int, files: Files, moment: datetime) -> int:
    """Delete the files that the outbox asks for."""
    count = 0
    while True:
        with database.write() as session:
            deeds = outbox.take(session, org, UNLINK, limit=AT_ONCE, lease=LEASE, moment=moment)
        for deed in deeds:
            files.delete(deed.payload["name"])
            reach("sweep.unlinked")
        with database.write() as session:
            outbox.finish(session, deeds, moment)
        count += len(deeds)
        if len(deeds) < AT_ONCE:
            return count


def drop_orphans(database: Database, files: Files, moment: datetime) -> int:
    """Delete stored files of a day and older that no row names."""
    old = [
        name for name in files.names() if moment.timestamp() - files.path(name).stat().st_mtime > ORPHAN.total_seconds()
    ]
    if not old:
        return 0
    with database.read() as session:
        named = _named(session)
    orphans = [name for name in old if name not in named]
    for name in orphans:
        files.delete(name)
    return len(orphans)


def _named(session: Session) -> set[str]:
    """Every content path in any row of any organisation: the files are shared by all."""
    sealed = select(Call.quarantine).union_all(select(Refusal.quarantine))
    named = {name for name in session.scalars(sealed) if name}
    for blob, others in session.execute(select(Result.blob, Result.files)):
        named |= {blob, *others.values()}
    return named
