"""Reviews over a real store: on SQLite and PostgreSQL for what SQL must keep, on SQLite with pages for the rest."""

import pytest

from tests.databases import database, database_url, postgres_url, upgraded_postgres, upgraded_sqlite
from tests.quality.makers import House
from tests.store.makers import Clock, make_store
from tests.web.conftest import accounts, app, browser, client, ids, intake, quick_passwords, seeded, settings
from tests.web.conftest import store as web_store

__all__ = [
    "accounts", "app", "browser", "client", "database", "database_url", "ids", "intake", "postgres_url", "quick_passwords",
    "seeded", "settings", "store", "upgraded_postgres", "upgraded_sqlite",
]  # fmt: skip

store = web_store


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def house(database, tmp_path, clock, quick_passwords):
    """People and calls in a store on each of both databases, without pages."""
    return House(make_store(database, tmp_path, clock=clock))
