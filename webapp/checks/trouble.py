"""What needs somebody: calls that were parked after all their attempts, and recordings that were refused."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from rules.errors import CallsiftError
from webapp.checking import Check
from webapp.settings import Settings


def check(settings: Settings) -> list[Check]:
    if settings.database is None and not settings.path("callsift.sqlite").exists():
        return []  # the check of the database says so
    from webapp.desk.working import count_trouble
    from webapp.store import open_store

    try:
        store = open_store(settings)
    except (CallsiftError, SQLAlchemyError, OSError):  # what is away or of another version is told by its own check
        return []
    try:
        parked, refused = count_trouble(store)
    except SQLAlchemyError:
        return []
    finally:
        store.close()
    if not parked and not refused:
        return [Check("calls", "OK", "none is parked, no recording refused")]
    calls = f"{parked:,} {'call is' if parked == 1 else 'calls are'} parked"
    recordings = f"{refused:,} {'recording' if refused == 1 else 'recordings'} refused"
    fix = "callsift trouble list says why; callsift trouble retry has them tried again"
    return [Check("calls", "WARN", f"{calls}, {recordings}", fix)]
