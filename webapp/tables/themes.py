"""What customers of a team newly call about: themes nobody named yet, as they were found on one day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key, new_public_id


class ThemeRow(Base):
    """One theme in the calls of one team. ``day`` is the last local day of what was compared; the newest day counts."""

    __tablename__ = "themes"
    __table_args__ = (UniqueConstraint("org_id", "public_id"), Index("ix_themes_team_day", "org_id", "team_id", "day"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    day: Mapped[str]
    days: Mapped[int]  # that count as now; the ones compared with are four times as many before them
    made_at: Mapped[datetime]
    terms: Mapped[Json]  # words that name it, redacted as the transcripts are
    before: Mapped[int]  # calls of the theme, then and now, and all calls of those days
    now: Mapped[int]
    calls_before: Mapped[int]
    calls_now: Mapped[int]
    chance: Mapped[float]  # of so many calls now, had nothing changed


class ThemeCall(Base):
    """A call of now in which a theme was found; it goes with the call."""

    __tablename__ = "theme_calls"
    __table_args__ = (UniqueConstraint("theme_id", "call_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    theme_id: Mapped[Key] = mapped_column(ForeignKey("themes.id", ondelete="CASCADE"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
