"""Stores and indexes for tests of search; the store's tests run on SQLite and on PostgreSQL."""

import pytest

from pipeline.search.backends.sqlite import SqliteIndex
from tests.databases import database, database_url, empty_url, postgres_url, upgraded_postgres, upgraded_sqlite
from tests.search.servers import elasticsearch_url
from tests.store.makers import Clock, make_store

__all__ = [
    "database",
    "database_url",
    "elasticsearch_url",
    "empty_url",
    "postgres_url",
    "upgraded_postgres",
    "upgraded_sqlite",
]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(database, tmp_path, clock):
    return make_store(database, tmp_path, clock=clock)


@pytest.fixture
def index(tmp_path):
    """The embedded index, not made yet."""
    index = SqliteIndex(tmp_path / "search")
    yield index
    index.close()
