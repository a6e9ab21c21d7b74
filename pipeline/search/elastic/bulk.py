"""Writing many documents: lines made once by orjson, sent as they are by several threads, answers without the rest.

``helpers.parallel_bulk`` makes each document into text again and reads each answer whole; both cost more here than the
network does. What the server refuses for want of room is sent again after a pause that grows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import orjson

from pipeline.search.errors import IndexUnavailable

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

BYTES = (
    500_000  # of one request: with 250,000 each document cost a fifth more CPU, with more the last ones are waited for
)
FULL = 429
FINE = frozenset({("index", 409), ("create", 409), ("delete", 404)})  # a newer one is there; it was not there anyway
PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds
PUT = b'{"index":{"_id":%b,"version":%d,"version_type":"external_gte"}}\n%b\n'
ANSWER = "errors,items.*.status,items.*.error.reason"


@dataclass(frozen=True, slots=True)
class Line:
    """One action as bytes, with the newline behind it."""

    data: bytes


def put_line(name: str, version: int, document: Any) -> Line:
    """Put a document unless a newer version is there."""
    return Line(PUT % (orjson.dumps(name), version, orjson.dumps(document)))


def new_line(name: str, document: Any) -> Line:
    """Put a document unless one is there."""
    return Line(b"%b\n%b\n" % (orjson.dumps({"create": {"_id": name}}), orjson.dumps(document)))


def drop_line(name: str) -> Line:
    return Line(orjson.dumps({"delete": {"_id": name}}) + b"\n")


def send(
    client: Elasticsearch, target: str, lines: Iterable[Line], *, threads: int = 1, alias: bool = False,
    size: int = BYTES, pause: Callable[[float], None] = time.sleep,
) -> None:  # fmt: skip
    """Write all lines; raises IndexUnavailable for what the server will not take. ``alias``: ``target`` must be one."""

    def one(batch: list[Line]) -> None:
        for seconds in (*PAUSES, None):
            batch = _refused(client, target, batch, alias=alias)
            if not batch:
                return
            if seconds is not None:
                pause(seconds)
        raise IndexUnavailable(
            f"The search server is full: {len(batch)} documents were refused {len(PAUSES) + 1} times."
        )

    if threads == 1:
        for batch in batches(lines, size):
            one(batch)
        return
    with ThreadPoolExecutor(threads) as pool:
        running: set[Future[None]] = set()
        for batch in batches(lines, size):
            running.add(pool.submit(one, batch))
            if len(running) > threads:
                running = _waited(running)
        while running:
            running = _waited(running)


def batches(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    """Lines in order, as many together as fit into ``size`` bytes."""
    batch: list[Line] = []
    held = 0
    for line in lines:
        if batch and held + len(line.data) > size:
            yield batch
            batch, held = [], 0
        batch.append(line)
        held += len(line.data)
    if batch:
        yield batch


def _waited(running: set[Future[None]]) -> set[Future[None]]:
    done, left = wait(running, return_when=FIRST_COMPLETED)
    for future in done:
        future.result()
    return left


def _refused(client: Elasticsearch, target: str, batch: list[Line], *, alias: bool) -> list[Line]:
    """Send; what has to be sent again."""
    body = b"".join(line.data for line in batch)
    answer = client.bulk(
        index=target, operations=cast(Any, [body.rstrip(b"\n")]), filter_path=ANSWER, require_alias=alias
    ).body
    if not answer.get("errors"):
        return []
    again: list[Line] = []
    for line, item in zip(batch, answer["items"], strict=True):
        [(action, outcome)] = item.items()
        if outcome["status"] == FULL:
            again.append(line)
        elif outcome["status"] >= 300 and not _fine(action, outcome):
            reason = outcome.get("error", {}).get("reason", "no reason given")
            raise IndexUnavailable(f"The search server did not take a document ({outcome['status']}): {reason}")
    return again


def _fine(action: str, outcome: dict[str, Any]) -> bool:
    """A document that is not there is no error, an index that is not there is."""
    return (action, outcome["status"]) in FINE and not (action == "delete" and "error" in outcome)
