"""What people set for themselves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key


class PreferenceRow(Base):
    """What one person has set; without a row everything is as it comes. Replaced by each change: it decides about nobody else."""

    __tablename__ = "preferences"
    __table_args__ = (
        CheckConstraint("density IN ('comfortable', 'compact')", name="density"),
        CheckConstraint("theme IN ('system', 'light', 'dark')", name="theme"),
    )

    user_id: Mapped[Key] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    keys: Mapped[Json]  # deed -> key, both names of closed lists; only those that differ
    single_keys: Mapped[bool] = mapped_column(default=True)  # WCAG 2.1.4
    density: Mapped[str] = mapped_column(default="comfortable")
    theme: Mapped[str] = mapped_column(default="system")
    changed_at: Mapped[datetime]
