"""Rolled-up figures of the dashboards: one row a team, day, queue and agent, and one a team and day.

A row is counted from the calls of its cell, never added to, so counting it twice does no harm. Days are local dates of the
installation's zone. Which cell a call was counted in stands in ``figure_calls``: when its metadata move it, both are counted
again.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key


class FigureCell(Base):
    """What the calls of one cell come to. ``whole``: of a team's day, whatever queue and agent (both empty then).

    ``counts`` holds ``reasons``, ``findings``, ``marks`` (name -> calls), ``verdicts`` (rule -> value -> calls) and
    ``measures`` (name -> [calls, sum, sum of squares]); ``topics`` maps a topic to such ones: length, talk, mood.
    """

    __tablename__ = "figure_cells"
    __table_args__ = (
        UniqueConstraint("org_id", "team_id", "day", "whole", "queue", "agent"),
        Index("ix_figure_cells_org_id_whole_day", "org_id", "whole", "day"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    day: Mapped[str]  # 2026-11-20
    whole: Mapped[bool]
    queue: Mapped[str]
    agent: Mapped[str]
    calls: Mapped[int]
    seconds: Mapped[float]
    score: Mapped[float]  # sum of interest
    square: Mapped[float]  # sum of its squares
    counts: Mapped[Json]


class FigureCall(Base):
    """The cell a call was last counted in."""

    __tablename__ = "figure_calls"
    __table_args__ = (Index("ix_figure_calls_cell", "org_id", "team_id", "day", "queue", "agent"),)

    call_id: Mapped[Key] = mapped_column(
        ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    team_id: Mapped[Key] = mapped_column(ForeignKey("teams.id"))
    day: Mapped[str]
    queue: Mapped[str]
    agent: Mapped[str]
