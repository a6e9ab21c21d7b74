"""Work to be done and work that must not be done twice.

A job is claimed by raising its fence; a result counts only under the fence it was claimed with. The outbox holds what
must happen outside of the database after a commit. A run is one slot of the schedule: whoever inserts it runs it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key, new_public_id

OPEN = text("state IN ('waiting', 'running')")
RUNNING = text("state = 'running'")
UNDONE = text("done_at IS NULL")


class JobRow(Base):
    """One piece of work on one call: waiting -> running -> done, back to waiting when it failed, parked when for good."""

    __tablename__ = "jobs"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'parked')", name="state"),
        Index("uq_jobs_running", "org_id", "call_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_jobs_open", "org_id", "state", "id", sqlite_where=OPEN, postgresql_where=OPEN),
        Index("ix_jobs_state", "org_id", "state"),
        UniqueConstraint("org_id", "public_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    kind: Mapped[str]  # process, asr, analyze, rules
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    alone: Mapped[bool] = mapped_column(default=False)  # its batch died with it: never again beside other calls
    worker: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    not_before: Mapped[datetime]
    metadata_version: Mapped[int | None]  # what the claimer was given
    reason: Mapped[str | None]  # machine word of the last failure
    message: Mapped[str | None]  # the same for people
    begun_at: Mapped[datetime | None]  # when the last claimer took it
    stage: Mapped[str | None]  # of the pipeline, while it runs: "hear words 2/5"
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class OutboxRow(Base):
    """Something to do outside of the database, written with what caused it: index a call, drop a file, send a mail.

    Done at least once: whoever does it must be able to do it again.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("org_id", "kind", "key"),
        Index("ix_outbox_undone", "org_id", "kind", "id", sqlite_where=UNDONE, postgresql_where=UNDONE),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    kind: Mapped[str]  # index, unlink, mail
    key: Mapped[str]  # what makes it the same deed: a second row with this key is not written
    payload: Mapped[Json]
    created_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Run(Base):
    """One slot of one scheduled job. The unique key decides who runs; an abandoned run is taken over under a new fence."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("org_id", "job", "slot"),
        Index("ix_runs_org_id_started_at", "org_id", "started_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    job: Mapped[str]
    slot: Mapped[str]  # local date and time of a named zone, or the moment in UTC for jobs of every hour
    due_at: Mapped[datetime]
    started_at: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=1)
    fence: Mapped[int] = mapped_column(default=1)
    leased_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    summary: Mapped[str] = mapped_column(default="")
    error: Mapped[str | None]
