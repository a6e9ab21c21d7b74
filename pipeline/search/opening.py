"""Opening the index that the setting names, by whichever back end takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.search.errors import IndexUnavailable
from rules.discovery import load_all

if TYPE_CHECKING:
    from pipeline.protocols import SearchIndex
    from pipeline.search.records import Address

EMBEDDED = "sqlite"


def open_index(address: Address) -> SearchIndex:
    """The index at an address; nothing is asked of it yet. Raises IndexUnavailable where no back end takes it."""
    from pipeline.search import backends

    for one in load_all(backends, "backend").values():
        backend: Any = one
        if backend.takes(address.url):
            return backend.open(address)
    raise IndexUnavailable(f"No search index is known for {address.url!r}; write sqlite or the address of a server.")
