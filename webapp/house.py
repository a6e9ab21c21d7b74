"""Opening the parts of an installation from its settings: the one place that puts store, accounts and desks together."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.protocols import SearchIndex
from webapp.accounts import Accounts
from webapp.database import Database, now
from webapp.desk import SqlDesks
from webapp.schedule import Schedule
from webapp.search.opening import index_of
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.teams import DEFAULT_ORG, org_key


def accounts_of(settings: Settings, database: Database, *, org: str = DEFAULT_ORG) -> Accounts:
    """The people of an organisation, with the limits that the settings put on sessions."""
    with database.write() as session:
        key = org_key(session, org, now())
    idle, age = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    return Accounts(database, key, idle, age, settings.zone)


def desks_of(settings: Settings, store: SqlStore, *, index: SearchIndex | None = None) -> SqlDesks:
    """The desks over a store; ``index`` searches words, without one that of the settings."""
    schedule = Schedule(settings.schedule, settings.zone)

    def next_run() -> datetime | None:
        return schedule.next(store.clock())

    return SqlDesks(store, next_run, index or index_of(settings), settings.redaction_policy)
