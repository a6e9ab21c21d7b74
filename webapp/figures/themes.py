"""Themes nobody named yet, looked for each night in the calls of each team and kept for the page Topics.

The last week is compared with the four before it. Where a team had more calls than can be compared with each other, a random
part of them stands for all: public ids are random, so those with the smallest ones are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select

from webapp.schedule import Schedule
from webapp.scheduler import Scheduled
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.tables import Ranked, Team, ThemeCall, ThemeRow

if TYPE_CHECKING:
    from pipeline.protocols import Meaning
    from pipeline.topics.themes import Theme, Told

JOB = "themes"
LINE = "30 3 * * *"  # at night, in the setting `zone`
DAYS, BEFORE = 7, 28  # that count as now, and those they are compared with
KEPT = timedelta(days=90)
FEWEST = 8  # calls of a team in which themes are looked for


def themes_job(settings: Settings, store: SqlStore) -> Scheduled:
    """The search as the scheduler runs it, once a night on one machine."""
    return Scheduled(JOB, Schedule(LINE, settings.zone), _run(settings, store))


def _run(settings: Settings, store: SqlStore) -> Callable[[], str]:
    def run() -> str:
        last = store.clock().astimezone(ZoneInfo(settings.zone)).date() - timedelta(days=1)
        teams = _teams(store, settings.zone, last)
        if not teams:
            return "too few calls to look for themes"
        from pipeline.meaning import open_meaning  # torch: only where there is something to compare

        meaning: Any = open_meaning()  # a frozen record has a name that cannot be set
        if meaning is None:
            return "the sentence model is not installed here"
        found = sum(find_themes(store, settings.zone, team, last, cast("Meaning", meaning)) for team in teams)
        return f"{found} themes in the calls of {len(teams)} {'team' if len(teams) == 1 else 'teams'}"

    return run


def find_themes(store: SqlStore, zone: str, team: int, last: date, meaning: Meaning) -> int:
    """Look for themes in the calls of a team up to the local day ``last`` and keep them instead of those found before."""
    from pipeline.topics.themes import themes  # numpy

    since = _midnight(last - timedelta(days=DAYS - 1), zone)
    told, keys = _told(store, team, since - timedelta(days=BEFORE), _midnight(last + timedelta(days=1), zone))
    found = themes(told, since, meaning)
    now = sum(one.when >= since for one in told)
    with store.database.write() as session:
        old = ThemeRow.org_id == store.org, ThemeRow.team_id == team
        session.execute(delete(ThemeRow).where(*old, ThemeRow.day == last.isoformat()))
        session.execute(delete(ThemeRow).where(*old, ThemeRow.made_at < store.clock() - KEPT))
        for theme in found:
            row = _row(store, team, last, theme, now, len(told) - now)
            session.add(row)
            session.flush()
            session.add_all(
                ThemeCall(org_id=store.org, theme_id=row.id, call_id=keys[call])
                for call in theme.members
                if call in keys
            )
    return len(found)


def _row(store: SqlStore, team: int, last: date, theme: Theme, now: int, before: int) -> ThemeRow:
    return ThemeRow(
        org_id=store.org, team_id=team, day=last.isoformat(), days=DAYS, made_at=store.clock(), terms=list(theme.terms),
        before=theme.before, now=theme.now, calls_before=before, calls_now=now, chance=theme.chance,
    )  # fmt: skip


def _teams(store: SqlStore, zone: str, last: date) -> Sequence[int]:
    """Teams with enough calls in the last week."""
    since, until = _midnight(last - timedelta(days=DAYS - 1), zone), _midnight(last + timedelta(days=1), zone)
    with store.database.read() as session:
        teams = session.scalars(select(Team.id).where(Team.org_id == store.org).order_by(Team.id)).all()
        inside = Ranked.org_id == store.org, Ranked.at >= since, Ranked.at < until
        return [
            team for team in teams
            if len(session.scalars(select(Ranked.call_id).where(*inside, Ranked.team_id == team).limit(FEWEST)).all()) == FEWEST
        ]  # fmt: skip


def _told(store: SqlStore, team: int, since: datetime, until: datetime) -> tuple[list[Told], dict[str, int]]:
    """The reasons of a team's calls; those whose words nobody can trust say nothing. With the keys of the calls."""
    from pipeline.analyzers.topics import UNSURE
    from pipeline.topics.saying import by_customer, reason, spoken
    from pipeline.topics.themes import MOST, Told

    inside = Ranked.org_id == store.org, Ranked.team_id == team, Ranked.at >= since, Ranked.at < until
    with store.database.read() as session:
        calls = session.execute(
            select(Ranked.public_id, Ranked.call_id, Ranked.at).where(*inside).order_by(Ranked.public_id).limit(MOST)
        ).all()
    told = []
    for public_id, _key, at in calls:
        result = store.result(public_id)
        if result is not None and not UNSURE & set(result.call.marks):
            told.append(Told(public_id, at, reason(spoken(turn) for turn in by_customer(result.call))))
    return told, {public_id: key for public_id, key, _at in calls}


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
