"""Scorecards on their way: what somebody is changing in the editor, and cards that were put in the trash."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key

IN_TRASH = text("restored_at IS NULL")


class ScorecardDraft(Base):
    """One step of one person's change of a card; the newest is what the editor shows, undoing takes it away.

    Publishing or leaving the change takes all steps away: what counts are the published versions.
    """

    __tablename__ = "scorecard_drafts"
    __table_args__ = (
        UniqueConstraint("token"),
        Index("ix_scorecard_drafts_of_person", "org_id", "user_id", "card", "id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    card: Mapped[str]
    token: Mapped[str]  # what a form says it was drawn from
    base: Mapped[int]  # version of the card the change began with
    body: Mapped[Json]  # the card as plain values, perhaps with faults
    at: Mapped[datetime]


class ScorecardTrash(Base):
    """A card that is offered no more; its versions, and reviews by them, stay. Taking it out again closes the row."""

    __tablename__ = "scorecard_trash"
    __table_args__ = (
        Index("uq_scorecard_trash_card", "org_id", "card", unique=True, sqlite_where=IN_TRASH, postgresql_where=IN_TRASH),
    )  # fmt: skip

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    card: Mapped[str]
    title: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    restored_at: Mapped[datetime | None]
