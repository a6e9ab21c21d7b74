"""A store on SQLite and, where a test asks for ``store``, on PostgreSQL too."""

import shutil

import pytest

from tests.alerts.makers import NOON, settings_of
from tests.databases import database, database_url, postgres_url, upgraded_postgres, upgraded_sqlite
from tests.store.makers import Clock, make_store
from webapp.database import open_database

__all__ = ["database", "database_url", "postgres_url", "upgraded_postgres", "upgraded_sqlite"]


@pytest.fixture
def clock():
    return Clock(NOON)


@pytest.fixture
def store(database, tmp_path, clock):
    return make_store(database, tmp_path, clock=clock)


@pytest.fixture
def lite(upgraded_sqlite, tmp_path, clock):
    """A store on SQLite alone: where the database makes no difference."""
    shutil.copy(upgraded_sqlite, tmp_path / "callsift.sqlite")
    opened = open_database(f"sqlite:///{tmp_path / 'callsift.sqlite'}")
    yield make_store(opened, tmp_path, clock=clock)
    opened.close()


@pytest.fixture
def settings(tmp_path):
    def make(**more):
        return settings_of(tmp_path, **more)

    return make
