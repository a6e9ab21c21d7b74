"""The figures as the scheduler keeps them, and as a command leaves them before it ends."""

from __future__ import annotations

from collections.abc import Callable

from webapp.figures.rolling import roll
from webapp.settings import Settings
from webapp.store import SqlStore


def chore(settings: Settings, store: SqlStore) -> Callable[[], int]:
    """Counts what is marked; safe from many processes at once."""
    return lambda: roll(store, settings.zone)
