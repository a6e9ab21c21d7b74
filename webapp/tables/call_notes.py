"""What people wrote about a call: comments on a stretch of it, and words they corrected.

Nothing here is changed or deleted: who edits, removes or takes back adds a version, and the newest version counts. The
text of every version went through redaction before it came here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Key, new_public_id


class CallNote(Base):
    """One version of a comment; all versions of one comment share ``public_id``, its owner wrote the first."""

    __tablename__ = "call_notes"
    __table_args__ = (
        UniqueConstraint("org_id", "public_id", "version"),
        Index("ix_call_notes_call_id", "call_id", "public_id", "version"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    version: Mapped[int]
    author_id: Mapped[Key] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
    start: Mapped[float]
    end: Mapped[float]
    text: Mapped[str]
    coaching: Mapped[bool]  # shown to the agent of the call too
    removed: Mapped[bool]


class WordCorrection(Base):
    """One version of what a person says was said in place of one word.

    ``place`` is the party and the millisecond at which the word begins; ``original`` the word as it was recognised. A
    later result in which that place has other words is not touched by the correction.
    """

    __tablename__ = "word_corrections"
    __table_args__ = (UniqueConstraint("org_id", "call_id", "place", "version"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    place: Mapped[str]
    version: Mapped[int]
    author_id: Mapped[Key] = mapped_column(ForeignKey("users.id"), index=True)
    at: Mapped[datetime]
    original: Mapped[str]
    text: Mapped[str]  # "" when the word was taken back to what was recognised
