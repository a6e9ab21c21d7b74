"""What runs, and what went wrong: jobs, the schedule's runs, refused and parked recordings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, literal, or_, select, union_all, update
from sqlalchemy.orm import Session

from dashboards.desk import MOST_DONE, Coming, Refused, Run, Work
from webapp.audit import write_audit
from webapp.desk.scope import Member, Scope
from webapp.store import SqlStore, claims
from webapp.store.sweep import TOO_OLD
from webapp.tables import Call, JobRow, MetadataVersion, Refusal
from webapp.tables import Run as RunRow

RUNS = 20
COMING = 50
AGAIN = "retry"  # a refused recording that waits to be tried again
TROUBLE = ("refused", AGAIN)
NOBODY = 0  # key of no user: the command line


def read_work(session: Session, scope: Scope, next_run: datetime | None) -> Work:
    """Three queries: counts (of done ones to a bound), runs, calls to come."""
    inside = scope.rows(JobRow, "work:read")
    under_way = select(JobRow.state, func.count()).where(inside, JobRow.state.in_(("waiting", "running", "parked")))
    finished = select(JobRow.id).where(inside, JobRow.state == "done").limit(MOST_DONE + 1).subquery()
    over = select(literal("done"), func.count()).select_from(finished)
    again = select(literal(AGAIN), func.count(Refusal.id)).where(
        scope.rows(Refusal, "work:read"), Refusal.state == AGAIN
    )
    every = union_all(under_way.group_by(JobRow.state), over, again)
    counts: dict[str, int] = dict(session.execute(every).all())
    runs = _runs(session, scope)
    ended = [run for run in runs if run.ended_at is not None]
    return Work(
        counts.get("waiting", 0), counts.get("running", 0), counts.get("parked", 0), counts["done"], next_run,
        runs[0].started_at if runs else None, ended[0].error if ended else None, runs, _coming(session, scope),
        counts[AGAIN],
    )  # fmt: skip


def read_refused(session: Session, scope: Scope, limit: int) -> Sequence[Refused]:
    """Recordings that were not taken, those that wait to be tried again too, and calls that were parked, newest first."""
    refusals = session.scalars(
        select(Refusal).where(scope.rows(Refusal, "refused:read"), Refusal.state.in_(TROUBLE))
        .order_by(Refusal.at.desc()).limit(limit)
    )  # fmt: skip
    parked = session.execute(
        select(JobRow, Call.source).join(Call, Call.id == JobRow.call_id)
        .where(scope.rows(JobRow, "refused:read"), JobRow.state == "parked")
        .order_by(JobRow.changed_at.desc()).limit(limit)
    )  # fmt: skip
    rows = [
        Refused(
            r.public_id,
            r.source,
            r.reason,
            r.message,
            r.at,
            r.state != AGAIN and (not r.uploaded or r.quarantine is not None),
            r.state == AGAIN,
        )
        for r in refusals
    ]
    rows += [
        Refused(job.public_id, source, job.reason or "", job.message or "", job.changed_at, job.reason != TOO_OLD)
        for job, source in parked
    ]
    return sorted(rows, key=lambda row: row.at, reverse=True)[:limit]


def every_refused(store: SqlStore, limit: int = 10_000) -> Sequence[Refused]:
    """The same of all teams, with calls that failed and are tried again by themselves, for who runs commands here."""
    failed = JobRow.org_id == store.org, JobRow.state.in_(claims.OPEN), JobRow.reason.is_not(None)
    with store.database.read() as session:
        rows = session.execute(select(JobRow, Call.source).join(Call, Call.id == JobRow.call_id).where(*failed))
        again = [
            Refused(job.public_id, source, job.reason or "", job.message or "", job.changed_at, False, True)
            for job, source in rows.all()
        ]
        return [*again, *read_refused(session, _whole(store), limit)]


def retry_refused(store: SqlStore, refused_id: str) -> bool:
    """`retry` for who runs commands on the machine; the audit log says that nobody was signed in."""
    with store.database.write() as session:
        return retry(session, _whole(store), refused_id, store.clock())


def count_trouble(store: SqlStore) -> tuple[int, int]:
    """Calls that are parked, and recordings that were refused and that nobody wants tried again yet."""
    with store.database.read() as session:
        parked = select(func.count(JobRow.id)).where(JobRow.org_id == store.org, JobRow.state == "parked")
        refused = select(func.count(Refusal.id)).where(Refusal.org_id == store.org, Refusal.state == "refused")
        return session.scalar(parked) or 0, session.scalar(refused) or 0


def retry(session: Session, scope: Scope, refused_id: str, moment: datetime) -> bool:
    """Have it tried again: a parked call waits again, a refused recording is asked for at the next intake."""
    still_here = or_(Refusal.uploaded.is_(False), Refusal.quarantine.is_not(None))
    refused = Refusal.public_id == refused_id, Refusal.state == "refused", still_here
    asked = update(Refusal).where(scope.rows(Refusal, "refused:retry"), *refused).values(state=AGAIN)
    done = session.scalar(asked.returning(Refusal.id)) is not None
    parked = select(JobRow.id).where(scope.rows(JobRow, "refused:retry"), JobRow.public_id == refused_id)
    if not done and session.scalar(parked.where(JobRow.reason.is_distinct_from(TOO_OLD))) is not None:
        done = claims.retry(session, scope.org, refused_id, moment)
    if done:
        write_audit(session, scope.org, "refused.retry", refused_id, at=moment, by=scope.user or None)
    return done


def _whole(store: SqlStore) -> Scope:
    """Everything of an installation, for nobody in particular."""
    return Scope(store.org, NOBODY, (Member(None, "admin", None),))


def _runs(session: Session, scope: Scope) -> tuple[Run, ...]:
    rows = session.scalars(
        select(RunRow)
        .where(RunRow.org_id == scope.org)
        .order_by(RunRow.started_at.desc(), RunRow.id.desc())
        .limit(RUNS)
    )
    return tuple(Run(row.job, row.started_at, row.finished_at, row.summary, row.error) for row in rows)


def _coming(session: Session, scope: Scope) -> tuple[Coming, ...]:
    """Calls that have no result yet, the running ones first."""
    rows = session.execute(
        select(JobRow, Call.public_id, MetadataVersion.known)
        .join(Call, Call.id == JobRow.call_id)
        .join(MetadataVersion, MetadataVersion.call_id == Call.id)
        .where(
            scope.rows(JobRow, "work:read"), JobRow.state.in_(claims.OPEN), JobRow.kind == "process",
            MetadataVersion.superseded_at.is_(None),
        )
        .order_by(JobRow.state, JobRow.id)
        .limit(COMING)
    )  # fmt: skip
    return tuple(
        Coming(public_id, known.get("call_id") or public_id[:8], job.state, job.created_at, job.attempt)
        for job, public_id, known in rows
    )
