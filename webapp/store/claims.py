"""Claiming work: a lease that ends by itself and a fence that only rises.

A job is claimed by one UPDATE that raises its fence; whatever a worker does with it counts only while the job still
carries that fence. So a worker that was stopped, paused or thought dead can waste work but never write a result twice,
whatever the clocks do. Of the jobs of one call only the oldest open one can be claimed. A job whose worker died is
tried again alone, so that a call that kills its worker takes no other call with it a second time.

Whoever changes several jobs locks them in the order of their keys, and jobs before calls: so nobody waits in a circle.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, literal, or_, select, update
from sqlalchemy.orm import Session, aliased

from pipeline.failpoints import reach
from pipeline.protocols import Intake, Job
from webapp.store.codec import decode_metadata
from webapp.store.parking import tell_parked
from webapp.tables import Call, JobRow, MetadataVersion

OPEN = ("waiting", "running")
RETRY = timedelta(seconds=10)  # doubled with each failed attempt
SET_BACK = timedelta(minutes=5)  # a lease taken later than this from now was taken before the clock was set back
WORKER_DIED = "worker_died"


def claim(
    session: Session, org: int, worker: str, *, limit: int, lease: timedelta, max_attempts: int, moment: datetime
) -> list[Job]:
    """Up to ``limit`` jobs under a new fence, oldest first; one that must run alone comes alone."""
    reap(session, org, max_attempts=max_attempts, moment=moment)
    for alone, most in ((True, 1), (False, limit)):
        rows = _take(session, org, worker, alone=alone, limit=most, until=moment + lease, moment=moment)
        reach("claim.taken")
        if rows:
            return _jobs(session, rows)
    return []


def reap(session: Session, org: int, *, max_attempts: int, moment: datetime) -> None:
    """Jobs whose lease ran out wait again, alone from now on; after ``max_attempts`` they are parked."""
    ended = or_(JobRow.leased_until <= moment, JobRow.changed_at > moment + SET_BACK)
    running = select(JobRow.id).where(JobRow.org_id == org, JobRow.state == "running", ended).order_by(JobRow.id)
    lost = update(JobRow).where(_among(running.with_for_update(skip_locked=True)))
    message = f"The process that worked on this call died {max_attempts} times. Retry it when the cause is mended."
    ended_jobs = session.scalars(lost.values(
        state=case((JobRow.attempt >= max_attempts, "parked"), else_="waiting"), alone=True, worker=None,
        leased_until=None, not_before=moment, changed_at=moment, reason=WORKER_DIED, message=message, stage=None,
    ).returning(JobRow.id)).all()  # fmt: skip
    tell_parked(session, org, ended_jobs, moment)


def renew(session: Session, jobs: Sequence[Job], *, lease: timedelta, moment: datetime) -> set[int]:
    """Prolong the leases of these jobs; the ids of those still held."""
    again = {"state": "running", "leased_until": moment + lease, "changed_at": moment}
    return change_held(session, jobs, again)


def change_held(session: Session, jobs: Sequence[Job], values: Mapping[str, Any]) -> set[int]:
    """Change those of the jobs that nobody else has claimed since; their ids.

    A lease that ran out takes nothing away by itself: while nobody else has the job, the work is welcome.
    """
    mine = (and_(JobRow.id == job.id, JobRow.fence == job.fence, JobRow.state.in_(OPEN)) for job in jobs)
    held = select(JobRow.id).where(or_(false(), *mine)).order_by(JobRow.id).with_for_update()
    return set(session.scalars(update(JobRow).where(_among(held)).values(values).returning(JobRow.id)))


def fail(
    session: Session,
    org: int,
    job: Job,
    reason: str,
    message: str,
    *,
    park: bool,
    alone: bool,
    max_attempts: int,
    moment: datetime,
) -> bool:
    """Give a job back after a failure, to be tried again later; parked at the last attempt or at once with ``park``."""
    last = park or job.attempt >= max_attempts
    pause = RETRY * 2 ** min(job.attempt - 1, 10)
    held = change_held(session, [job], {
        "state": "parked" if last else "waiting", "worker": None, "leased_until": None, "not_before": moment + pause,
        "changed_at": moment, "reason": reason, "message": message, "alone": or_(JobRow.alone, literal(alone)),
        "stage": None,
    })  # fmt: skip
    if held and last:
        tell_parked(session, org, sorted(held), moment)
    return bool(held)


def retry(session: Session, org: int, public_id: str, moment: datetime) -> bool:
    """Let a parked job wait again with all its attempts; False when it is not parked."""
    parked = JobRow.org_id == org, JobRow.public_id == public_id, JobRow.state == "parked"
    fresh = {"state": "waiting", "attempt": 0, "not_before": moment, "changed_at": moment}
    return session.scalar(update(JobRow).where(*parked).values(fresh).returning(JobRow.id)) is not None


def _take(
    session: Session, org: int, worker: str, *, alone: bool, limit: int, until: datetime, moment: datetime
) -> list[int]:
    """The claim itself. Rows that a rival is just claiming are stepped over on PostgreSQL; SQLite has one writer."""
    older = aliased(JobRow)
    first = ~exists().where(older.call_id == JobRow.call_id, older.state.in_(OPEN), older.id < JobRow.id)
    free = JobRow.org_id == org, JobRow.state == "waiting", JobRow.alone.is_(alone), JobRow.not_before <= moment
    picked = select(JobRow.id).where(*free, first).order_by(JobRow.id).limit(limit)
    version = select(Call.metadata_version).where(Call.id == JobRow.call_id).scalar_subquery()
    taken = (
        update(JobRow)
        .where(_among(picked.with_for_update(skip_locked=True)))
        .values(state="running", fence=JobRow.fence + 1, attempt=JobRow.attempt + 1, worker=worker, leased_until=until,
                changed_at=moment, begun_at=moment, stage=None, metadata_version=version)
        .returning(JobRow.id)
    )  # fmt: skip
    return sorted(session.scalars(taken))


def _among(locked: Select[int]) -> ColumnElement[bool]:
    """Rows that a locking query names. As a CTE it runs once, before the UPDATE around it."""
    return JobRow.id.in_(select(locked.cte("locked").c.id))


def _jobs(session: Session, ids: Sequence[int]) -> list[Job]:
    """What the claimer needs to know, with the metadata that are valid now."""
    rows = session.execute(
        select(JobRow, Call, MetadataVersion.known)
        .join(Call, Call.id == JobRow.call_id)
        .join(MetadataVersion, and_(MetadataVersion.call_id == Call.id, MetadataVersion.version == JobRow.metadata_version))
        .where(JobRow.id.in_(ids)).order_by(JobRow.id)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    return [_job(job, call, Intake(
        call.sha256, call.size, call.source, call.suffix, decode_metadata(known), call.quarantine or "", call.sealed_key,
    )) for job, call, known in rows]  # fmt: skip


def _job(row: JobRow, call: Call, intake: Intake) -> Job:
    assert row.leased_until is not None
    return Job(row.id, call.public_id, row.kind, row.fence, row.attempt, row.leased_until, intake)
