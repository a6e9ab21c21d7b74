"""Searches people made and kept, what the search index needs that takes long to make, and when it was made anew."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key, new_public_id


class SearchRow(Base):
    """One search of one person, so that no address carries what they typed.

    Without a ``name`` it is one of their latest, forgotten after a while; with one it is kept, for its owner or (``team_id``
    or ``everyone``) for others too. ``asked`` is a hash of query and order: the same search is one row.
    """

    __tablename__ = "searches"
    __table_args__ = (
        UniqueConstraint("org_id", "public_id"),
        Index("ix_searches_owner", "org_id", "user_id", "asked"),
        Index("ix_searches_used", "org_id", "used_at"),
        CheckConstraint("name <> '' OR (team_id IS NULL AND NOT everyone)", name="shared"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"), index=True)
    team_id: Mapped[Key | None] = mapped_column(ForeignKey("teams.id"), index=True)
    everyone: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(default="")
    query: Mapped[str]
    order: Mapped[Json]  # by: what it is sorted by, where somebody chose that
    asked: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime]


class CallVector(Base):
    """The meaning of a call as one version of its words tells it; made once, because a sentence model is slow."""

    __tablename__ = "call_vectors"
    __table_args__ = (UniqueConstraint("call_id", "model"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    result_id: Mapped[Key]  # the result whose words it was made from
    words: Mapped[str]  # hash of them
    model: Mapped[str]
    vector: Mapped[bytes] = mapped_column(LargeBinary)  # float32, little endian, of length one
    made_at: Mapped[datetime]


class SearchBuild(Base):
    """One making of the whole index. ``running`` is 1 or empty: only one runs, and one that died is taken over."""

    __tablename__ = "search_builds"
    __table_args__ = (UniqueConstraint("running"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    running: Mapped[int | None]
    target: Mapped[str]
    started_at: Mapped[datetime]
    leased_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
