"""The search index: the embedded one needs nothing, a server must answer and must not be open to the world."""

from __future__ import annotations

from urllib.parse import urlsplit

from webapp.checking import Check
from webapp.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def check(settings: Settings) -> list[Check]:
    if settings.search == "sqlite":
        return [Check("search", "OK", "embedded (SQLite FTS5)")]
    from elasticsearch import ApiError, Elasticsearch, TransportError  # 1 s

    address = urlsplit(settings.search)
    try:
        with Elasticsearch(settings.search, request_timeout=5, max_retries=0) as server:
            health = server.cluster.health()
    except (ApiError, TransportError, ValueError) as error:
        return [
            Check("search", "FAIL", f"{address.hostname}: {error}", "check CALLSIFT_SEARCH and that the server runs")
        ]
    lines = [
        Check(
            "search",
            "WARN" if health["status"] == "red" else "OK",
            f"{address.hostname}: {health['status']}",
            "see the server's log",
        )
    ]
    if address.hostname not in LOOPBACK and (address.scheme != "https" or not address.username):
        lines.append(
            Check(
                "search",
                "FAIL",
                "the server is reached without TLS or without authentication",
                "use https://user:password@...",
            )
        )
    return lines
