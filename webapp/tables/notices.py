"""Notices to people, how each person wants to be told, and the searches they want to hear of.

A notice is written in the transaction of what it tells of. It holds no words: what it says is made when it is read, from the
call, the review or the search that it names, inside the scope its reader has by then.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key, new_public_id

UNREAD = text("read_at IS NULL")
UNMAILED = text("mailed_at IS NULL")


class NoticeRow(Base):
    """Something one person is told. The same again (``key``) within its hour raises ``count`` instead of adding a row."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("org_id", "public_id"),
        UniqueConstraint("org_id", "user_id", "key"),
        Index("ix_notices_unread", "org_id", "user_id", sqlite_where=UNREAD, postgresql_where=UNREAD),
        Index("ix_notices_unmailed", "org_id", "user_id", sqlite_where=UNMAILED, postgresql_where=UNMAILED),
        Index("ix_notices_at", "org_id", "at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str]
    kind: Mapped[str]  # one of dashboards.notices.KINDS
    team_id: Mapped[Key | None] = mapped_column(ForeignKey("teams.id"))
    call_id: Mapped[Key | None] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(default="")  # public id of the review, report, session or search it leads to
    rule: Mapped[str] = mapped_column(default="")  # rule, question or machine word of a failure
    by_id: Mapped[Key | None] = mapped_column(ForeignKey("users.id"))
    urgent: Mapped[bool]  # mailed at once, outside of quiet hours; else with the day's digest
    count: Mapped[int]
    at: Mapped[datetime]  # of the latest
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]


class NoticeWish(Base):
    """How one person wants to be told; without a row as `dashboards.notices.Wish` says."""

    __tablename__ = "notice_wishes"
    __table_args__ = (
        UniqueConstraint("org_id", "user_id"),
        CheckConstraint("digest_hour BETWEEN 0 AND 23", name="digest_hour"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    address: Mapped[str]  # for mails; "": the name people sign in with, where that is an address
    digest: Mapped[bool]
    at_once: Mapped[bool]
    digest_hour: Mapped[int]  # on the clock of the person's zone
    quiet: Mapped[str]  # "22:00-07:00" on the same clock, or ""
    muted: Mapped[Json]  # kinds that are not told


class SearchWatch(Base):
    """A kept search that one person wants to hear of. ``checked_at``: calls heard until then have been told."""

    __tablename__ = "search_watches"
    __table_args__ = (UniqueConstraint("search_id", "user_id"), Index("ix_search_watches_due", "org_id", "checked_at"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    search_id: Mapped[Key] = mapped_column(ForeignKey("searches.id", ondelete="CASCADE"))
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"), index=True)
    mail: Mapped[bool]  # in the daily mail too, not only in the inbox
    made_at: Mapped[datetime]
    checked_at: Mapped[datetime]
