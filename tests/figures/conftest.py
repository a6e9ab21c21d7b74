"""Figures are counted on SQLite and on PostgreSQL alike."""

import pytest

from tests.databases import database, database_url, empty_url, postgres_url, upgraded_postgres, upgraded_sqlite
from tests.store.makers import Clock, make_store

__all__ = ["database", "database_url", "empty_url", "postgres_url", "upgraded_postgres", "upgraded_sqlite"]


@pytest.fixture
def store(database, tmp_path):
    return make_store(database, tmp_path, clock=Clock())
