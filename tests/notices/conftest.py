"""Notices over a real store, on SQLite and PostgreSQL, and their page over a house with people."""

import pytest

from tests.databases import database, database_url, postgres_url, upgraded_postgres, upgraded_sqlite
from tests.quality.conftest import clock, house
from tests.web import seed
from tests.web.conftest import accounts, app, browser, client, ids, intake, quick_passwords, seeded, settings
from tests.web.conftest import store as web_store

__all__ = [
    "accounts", "app", "browser", "client", "clock", "database", "database_url", "house", "ids", "intake", "postgres_url",
    "quick_passwords", "seeded", "settings", "store", "upgraded_postgres", "upgraded_sqlite",
]  # fmt: skip

store = web_store


@pytest.fixture
def mail_settings(tmp_path):
    """Settings of a house without a mail server: mails lie in the outbox folder."""
    return seed.settings_of(tmp_path, public_url="https://callsift.example")
