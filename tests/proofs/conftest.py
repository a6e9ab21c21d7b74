"""Proofs about what is stored run on SQLite and on PostgreSQL."""

from tests.databases import database_url, postgres_url, upgraded_postgres, upgraded_sqlite

__all__ = ["database_url", "postgres_url", "upgraded_postgres", "upgraded_sqlite"]
