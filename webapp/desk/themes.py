"""Themes as the page Topics shows them: of each team the ones found last, inside the scope of who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select

from dashboards.figures import NewTheme, Wanted
from pipeline.topics.growth import is_growing, is_new
from webapp.database import Database
from webapp.tables import ThemeRow

MOST_NAMED = 4  # terms that name one


def latest(
    database: Database, inside: ColumnElement[bool], teams: Mapping[int, tuple[str, str]], team: int, wanted: Wanted
) -> Sequence[NewTheme]:
    """Themes of the newest day of each team that is not after the last wanted one; of ``team`` alone where one is named."""
    conditions = [inside, ThemeRow.day >= wanted.since.isoformat(), ThemeRow.day <= wanted.until.isoformat()]
    conditions += [ThemeRow.team_id == team] if wanted.team else []
    newest = select(ThemeRow.team_id, func.max(ThemeRow.day).label("day")).where(*conditions).group_by(ThemeRow.team_id)
    last = newest.subquery()
    same = (ThemeRow.team_id == last.c.team_id) & (ThemeRow.day == last.c.day)
    with database.read() as session:
        rows = session.scalars(select(ThemeRow).join(last, same).where(inside)).all()
        found = [_theme(row, teams[row.team_id][1]) for row in rows if row.team_id in teams]
    return sorted(found, key=lambda one: (not one.new, not one.growing, -one.now / max(1, one.calls_now), one.name))


def _theme(row: ThemeRow, team: str) -> NewTheme:
    before, now = row.before / max(1, row.calls_before), row.now / max(1, row.calls_now)
    grows = is_growing(row.before, row.now, share_before=before, share_now=now, chance=row.chance)
    return NewTheme(
        row.public_id, ", ".join(row.terms[:MOST_NAMED]), team, date.fromisoformat(row.day), row.days, row.before, row.now,
        row.calls_before, row.calls_now, row.chance, is_new(row.before, row.now), grows,
    )  # fmt: skip
