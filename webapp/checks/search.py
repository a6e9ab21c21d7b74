"""The search index: there, of this version and not far behind; a server must answer and must not be open to the world."""

from __future__ import annotations

from urllib.parse import urlsplit

from pipeline.search.opening import EMBEDDED
from webapp.checking import Check
from webapp.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")
BEHIND = 1000  # marks that wait, from which on something is wrong


def check(settings: Settings) -> list[Check]:
    lines = _index(settings)
    if settings.search != EMBEDDED:
        lines += _open_to_the_world(settings)
    return lines


def _index(settings: Settings) -> list[Check]:
    from webapp.search.opening import index_of  # a client of a server takes a second to load

    index = index_of(settings)
    try:
        state = index.state()
        name = "embedded (SQLite FTS5)" if settings.search == EMBEDDED else f"Elasticsearch at {_host(settings)}"
        if not state.answers:
            return [Check("search", "FAIL", f"{name}: {state.says}", "check CALLSIFT_SEARCH and that the server runs")]
        if not state.ready:  # nobody has to do anything
            by_itself = "`callsift serve` and `callsift work` make it by themselves"
            return [Check("search", "OK", f"{name}: {state.says}; {by_itself}")]
        return [Check("search", "OK", f"{name}: {state.says}"), *_backlog(settings)]
    finally:
        index.close()


def _backlog(settings: Settings) -> list[Check]:
    from webapp.search.draining import waiting_marks
    from webapp.store import open_store

    store = open_store(settings)
    try:
        waiting = waiting_marks(store)
    finally:
        store.close()
    if waiting < BEHIND:
        return []
    return [Check("search", "WARN", f"{waiting} calls wait to be indexed", "see that `callsift serve` or `work` runs")]


def _open_to_the_world(settings: Settings) -> list[Check]:
    named = settings.search_api_key is not None or (settings.search_user and settings.search_password)
    if _host(settings) in LOOPBACK or (urlsplit(settings.search).scheme == "https" and named):
        return []
    seen = "the server is reached without TLS or without authentication"
    return [Check("search", "FAIL", seen, "use https:// and CALLSIFT_SEARCH_API_KEY_FILE, or a user with a password")]


def _host(settings: Settings) -> str:
    return urlsplit(settings.search).hostname or ""
