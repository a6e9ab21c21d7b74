"""Compliance reports that were asked for, and those that come every month.

A report's row says what was asked, by whom, and what became of it; the pack itself is a file in the data folder. The
filter in ``wanted`` and ``as_of`` are all that is needed to make the same bytes again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key, new_public_id

UNFINISHED = text("state IN ('waiting', 'running')")


class ReportSchedule(Base):
    """A report of the last calendar month, made on its first day and told to ``recipients``; ended, never deleted."""

    __tablename__ = "report_schedules"
    __table_args__ = (UniqueConstraint("org_id", "public_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    owner_id: Mapped[Key] = mapped_column(ForeignKey("users.id"))  # whose scope counts each time it is made
    wanted: Mapped[Json]  # a filter; its period is that of the month it was made in and is replaced each time
    formats: Mapped[Json]
    recipients: Mapped[Json]  # mail addresses
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ReportRow(Base):
    """One report: waiting -> running -> done or failed. Whoever raises the fence makes it."""

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name="state"),
        UniqueConstraint("org_id", "public_id"),
        UniqueConstraint("org_id", "schedule_id", "slot"),
        Index("ix_reports_asked", "org_id", "asked_at"),
        Index("ix_reports_unfinished", "org_id", "id", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    schedule_id: Mapped[Key | None] = mapped_column(ForeignKey("report_schedules.id"))
    slot: Mapped[str]  # of a schedule: the month, "2026-03"; "" when asked for by hand
    asked_by: Mapped[Key | None] = mapped_column(ForeignKey("users.id"))  # None: the command line
    asked_at: Mapped[datetime]
    everywhere: Mapped[bool]  # covers every team; else those in report_teams
    wanted: Mapped[Json]
    formats: Mapped[Json]
    as_of: Mapped[datetime]
    state: Mapped[str]
    attempt: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_all: Mapped[int] = mapped_column(default=0)
    breaches: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(default=0)  # of the pack, in bytes
    sha256: Mapped[str] = mapped_column(default="")  # of the pack
    finished_at: Mapped[datetime | None]
    error: Mapped[str | None]  # for people


class ReportTeam(Base):
    """A team whose calls a report covers."""

    __tablename__ = "report_teams"
    __table_args__ = (UniqueConstraint("org_id", "report_id", "team_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    report_id: Mapped[Key] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), index=True)
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
