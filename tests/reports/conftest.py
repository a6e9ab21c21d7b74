"""A small organisation in a fresh database; what differs between databases is asked of both."""

import shutil

import pytest

from tests.databases import database as each_database
from tests.databases import database_url, postgres_url, upgraded_postgres, upgraded_sqlite
from tests.reports.makers import House
from webapp.database import open_database

__all__ = ["database_url", "each_database", "postgres_url", "upgraded_postgres", "upgraded_sqlite"]


@pytest.fixture
def sqlite(upgraded_sqlite, tmp_path):
    file = tmp_path / "callsift.sqlite"
    shutil.copy(upgraded_sqlite, file)
    opened = open_database(f"sqlite:///{file}")
    yield opened
    opened.close()


@pytest.fixture
def house(sqlite):
    return House(sqlite)
