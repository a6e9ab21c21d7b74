"""What the web application stands on: accounts, desks and the way in for recordings, made from settings.

Tests put their own in; the rest of webapp/web knows only the protocols.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from webapp.web.ports import Accounts, Desks, Intake

if TYPE_CHECKING:
    from webapp.settings import Settings
    from webapp.store import SqlStore


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the pages."""

    accounts: Accounts
    desks: Desks
    intake: Intake


def services_of(settings: Settings, store: SqlStore | None) -> Services:
    """Services over SQL, opened from settings where no store is given."""
    # All of SQLAlchemy comes with these, and the command line's help must not wait for it.
    from webapp.house import accounts_of, desks_of
    from webapp.store import open_store
    from webapp.uploads import Uploads

    store = store or open_store(settings)
    return Services(accounts_of(settings, store.database), desks_of(settings, store), Uploads(settings, store))
