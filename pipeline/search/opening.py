"""Opening the index that the setting names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.protocols import SearchIndex
    from pipeline.search.backends.elasticsearch import Server

EMBEDDED = "sqlite"


def open_index(folder: Path, server: Server | None = None) -> SearchIndex:
    """The index on ``server``, or without one the embedded index in ``folder``."""
    if server is None:
        from pipeline.search.backends.sqlite import SqliteIndex

        return SqliteIndex(folder)
    from pipeline.search.backends.elasticsearch import open_elasticsearch

    return open_elasticsearch(server)
