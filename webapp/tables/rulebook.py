"""Published versions of the rules. Only ever added to; the newest one is in force, going back publishes again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Key


class RulebookRow(Base):
    """One published version of all rules of an organisation."""

    __tablename__ = "rulebooks"
    __table_args__ = (UniqueConstraint("org_id", "version"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    version: Mapped[int]  # from 1 on, in order
    made_at: Mapped[datetime]
    made_by: Mapped[str]  # as the command line knew them, for people
    note: Mapped[str] = mapped_column(default="")
    back_to: Mapped[int | None]  # the version whose rules these are again


class RulebookRule(Base):
    """One rule of one published version, in the order of the packs; its text is the rule text of that hash."""

    __tablename__ = "rulebook_rules"
    __table_args__ = (UniqueConstraint("rulebook_id", "rule"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    rulebook_id: Mapped[Key] = mapped_column(ForeignKey("rulebooks.id"))
    pack: Mapped[str]
    rule: Mapped[str]
    sha256: Mapped[str]
