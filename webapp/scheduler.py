"""The ticker: several may run on several machines, and each slot of each job runs once.

APScheduler only ticks (its own SQL job store runs jobs twice and unpickles what it finds there). Who runs a slot is
decided by a row with a unique key. A scheduler that dies in the middle of a run lets go of its lease; the slot is then
taken over, under a higher fence, by whoever ticks next.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import ColumnElement, Update, or_, select, update
from sqlalchemy.orm import Session

from pipeline.failpoints import reach
from rules.errors import CallsiftError
from webapp.database import Database, insert_new, now
from webapp.heartbeat import PARTS, kept_alive
from webapp.schedule import Schedule, Slot
from webapp.tables import Run

log = logging.getLogger(__name__)

TICK = timedelta(seconds=20)
LEASE = timedelta(minutes=3)
TAKEN_OVER = 3  # a slot that killed its scheduler this often is given up
DIED = "The process that ran this died; see its log and the machine's."


@dataclass(frozen=True, slots=True)
class Scheduled:
    """Something to run at the slots of a schedule. ``run`` answers with a sentence on what it did."""

    name: str
    schedule: Schedule
    run: Callable[[], str]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A run that is ours."""

    key: int
    fence: int


class Scheduler:
    """Runs what is due, once. ``tick`` may be called from anywhere; ``start`` has APScheduler call it."""

    def __init__(
        self, database: Database, org: int, jobs: Sequence[Scheduled], *, lease: timedelta = LEASE,
        clock: Callable[[], datetime] = now, chores: Sequence[Callable[[], object]] = (),
    ) -> None:  # fmt: skip
        """``chores`` run with every tick, beside the jobs: what may run at any time, on any machine, and again."""
        self.chores = chores
        self.database, self.org, self.jobs, self.lease, self.clock = database, org, jobs, lease, clock
        self._ticker = BackgroundScheduler(timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1})

    def start(self) -> None:
        """Tick in the background, each job in a thread of its own; the first tick comes at once."""
        for job in self.jobs:
            self._ticker.add_job(
                self.tick, "interval", [job], seconds=TICK.total_seconds(), next_run_time=datetime.now(UTC)
            )
        for chore in self.chores:
            self._ticker.add_job(
                _done, "interval", [chore], seconds=TICK.total_seconds(), next_run_time=datetime.now(UTC)
            )
        self._ticker.start()

    def stop(self) -> None:
        """No more ticks; a run that is under way is waited for."""
        if self._ticker.running:
            self._ticker.shutdown(wait=True)

    def tick(self, job: Scheduled) -> bool:
        """Run ``job`` if its latest slot is due and nobody ran it; True when it ran here."""
        slot = job.schedule.due(self.clock())
        claim = self._claim(job, slot) if slot else None
        if claim is None:
            return False
        reach("schedule.claimed")
        with kept_alive(lambda: self._renew(claim), every=self.lease.total_seconds() / PARTS):
            summary, error = _run(job)
        reach("schedule.ran")
        with self.database.write() as session:
            session.execute(_mine(claim).values(finished_at=self.clock(), summary=summary, error=error))
        return True

    def _claim(self, job: Scheduled, slot: Slot) -> _Claim | None:
        moment = self.clock()
        if self._settled(job, slot, moment):  # nearly every tick: no reason to ask for the right to write
            return None
        row = {"org_id": self.org, "job": job.name, "slot": slot.name, "due_at": slot.at, "started_at": moment,
               "leased_until": moment + self.lease, "attempt": 1, "fence": 1, "summary": ""}  # fmt: skip
        with self.database.write() as session:
            if ids := insert_new(session, Run, [row]):
                return _Claim(ids[0], 1)
            taken = self._take_over(session, job, slot, moment)
            self._give_up(session, job, moment)
            return taken

    def _settled(self, job: Scheduled, slot: Slot, moment: datetime) -> bool:
        """Whether the slot has been run or is being run."""
        same = Run.org_id == self.org, Run.job == job.name, Run.slot == slot.name
        fine = or_(Run.finished_at.is_not(None), Run.leased_until > moment)
        with self.database.read() as session:
            return session.scalar(select(Run.id).where(*same, fine)) is not None

    def _take_over(self, session: Session, job: Scheduled, slot: Slot, moment: datetime) -> _Claim | None:
        """The latest slot of a scheduler that died."""
        abandoned = self._abandoned(job, moment), Run.slot == slot.name, Run.attempt < TAKEN_OVER
        later = {"attempt": Run.attempt + 1, "fence": Run.fence + 1, "leased_until": moment + self.lease}
        found = session.execute(update(Run).where(*abandoned).values(later).returning(Run.id, Run.fence)).one_or_none()
        return _Claim(*found) if found else None

    def _give_up(self, session: Session, job: Scheduled, moment: datetime) -> None:
        """Abandoned runs that nobody takes over are closed, so that they are seen as failed."""
        session.execute(update(Run).where(self._abandoned(job, moment)).values(finished_at=moment, error=DIED))

    def _abandoned(self, job: Scheduled, moment: datetime) -> ColumnElement[bool]:
        mine = (Run.org_id == self.org) & (Run.job == job.name)
        return mine & Run.finished_at.is_(None) & (Run.leased_until <= moment)

    def _renew(self, claim: _Claim) -> None:
        with self.database.write() as session:
            session.execute(_mine(claim).values(leased_until=self.clock() + self.lease))


def runs(database: Database, org: int, job: str, limit: int = 20) -> list[Run]:
    """The latest runs of a job, newest first."""
    with database.read() as session:
        wanted = select(Run).where(Run.org_id == org, Run.job == job).order_by(Run.started_at.desc(), Run.id.desc())
        return list(session.scalars(wanted.limit(limit)))


def _run(job: Scheduled) -> tuple[str, str | None]:
    """What it did, and what went wrong, in words; a scheduler outlives every failure of what it runs."""
    try:
        return job.run(), None
    except CallsiftError as error:
        return "", str(error)
    except Exception as error:
        log.exception("the scheduled job %s failed", job.name)
        return "", f"{type(error).__name__}: see the log."


def _done(chore: Callable[[], object]) -> None:
    """A chore that fails is tried again with the next tick."""
    try:
        chore()
    except CallsiftError as error:
        log.warning("%s", error)
    except Exception:
        log.exception("a chore of the scheduler failed; it is tried again")


def _mine(claim: _Claim) -> Update:
    return update(Run).where(Run.id == claim.key, Run.fence == claim.fence, Run.finished_at.is_(None))
