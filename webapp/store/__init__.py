"""Calls and results in SQL and content-addressed files: the `Store` of the pipeline."""

from webapp.store.store import SqlStore, open_store

__all__ = ["SqlStore", "open_store"]
