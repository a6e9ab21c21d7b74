"""Each test of the web application runs on SQLite and on PostgreSQL."""

import pytest
from argon2 import PasswordHasher

from tests.databases import database, database_url, empty_url, postgres_url, upgraded_postgres, upgraded_sqlite
from webapp import passwords

__all__ = ["database", "database_url", "empty_url", "postgres_url", "upgraded_postgres", "upgraded_sqlite"]


@pytest.fixture
def quick_hashes(monkeypatch):
    """Real argon2id, but little of it: most tests hash a dozen passwords. The parameters have a test of their own."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
