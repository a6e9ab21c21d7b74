"""The index on an Elasticsearch server.

Two aliases are all that searches and writers know: ``NAME`` for calls, ``NAME-words`` for the words typos are matched with.
A rebuilt index takes both over in one request. Nothing is ever written to a name that is no alias.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.search.elastic import bulk, mapping, reading
from pipeline.search.errors import IndexUnavailable
from pipeline.search.records import Address, Found, Hit, IndexedCall, Reach, Sort, State
from pipeline.search.tree import Node
from pipeline.search.words import SCHEMA, shortened

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

SEARCH_SECONDS, WRITE_SECONDS = 1.8, 60.0  # a page must not wait longer than two seconds for its server
THREADS = 4  # requests under way: one or two at work in the server, the next ones there already
BY_RELEVANCE = Sort()


def open_elasticsearch(server: Address) -> ElasticIndex:
    """An index on ``server``; nothing is asked of it yet."""
    from elasticsearch import Elasticsearch  # 1 s: only where a server is set

    options: dict[str, Any] = {"max_retries": 0, "retry_on_timeout": False, "http_compress": False}
    if server.api_key:
        options["api_key"] = server.api_key
    elif server.user:
        options["basic_auth"] = (server.user, server.password or "")
    if server.ca is not None:
        options["ca_certs"] = str(server.ca)
    return ElasticIndex(Elasticsearch(server.url, connections_per_node=16, **options), server.index)


@dataclass
class ElasticIndex:
    """A `SearchIndex` on a server; any number of threads and processes may use it."""

    client: Elasticsearch
    alias: str
    name: str = "elasticsearch"
    threads: int = THREADS

    @property
    def words(self) -> str:
        return f"{self.alias}-words"

    def state(self) -> State:
        try:
            with self._asking() as client:
                found = client.indices.get_mapping(index=f"{self.alias},{self.words}", ignore_unavailable=True).body
                schemas = [one["mappings"].get("_meta", {}).get("schema") for one in found.values()]
                if schemas != [SCHEMA, SCHEMA]:
                    return State(ready=False, says=_other(schemas))
                calls = client.count(index=self.alias)["count"]
        except IndexUnavailable as error:
            return State(ready=False, answers=False, says=str(error))
        return State(ready=True, calls=calls, says=f"{calls} calls under the alias {self.alias}")

    def put(self, calls: Sequence[IndexedCall]) -> None:
        with self._writing() as client:
            put(client, calls, self.alias, self.words, alias=True, threads=self.threads if len(calls) > 100 else 1)

    def drop(self, call_ids: Sequence[str]) -> None:
        """The words of the calls are looked at again with the next `purge`."""
        with self._writing() as client:
            bulk.send(client, self.alias, map(bulk.drop_line, call_ids), alias=True)

    def settle(self) -> None:
        with self._writing() as client:
            client.indices.refresh(index=f"{self.alias},{self.words}")

    def purge(self) -> None:
        self.settle()
        with self._writing() as client:
            gone = [word for words in self._all_words(client) for word in self._unsaid(client, words)]
            bulk.send(client, self.words, map(bulk.drop_line, gone), alias=True)
            client.indices.forcemerge(index=f"{self.alias},{self.words}", only_expunge_deletes=True)

    def search(
        self, tree: Node, reach: Reach, *, sort: Sort = BY_RELEVANCE, limit: int = 50, after: str | None = None,
        facets: Sequence[str] = (), passages: int = 0,
    ) -> Found:  # fmt: skip
        with self._asking() as client:
            return reading.page(
                client, self.alias, tree, reach, sort, limit=limit, after=after, facets=facets, passages=passages
            )

    def size(self, reach: Reach) -> int:
        with self._asking() as client:
            return reading.size(client, self.alias, reach)

    def known(self, stems: Collection[str], reach: Reach) -> set[str]:
        with self._asking() as client:
            return reading.known(client, self.alias, stems, reach)

    def counts(self, stems: Collection[str], reach: Reach) -> dict[str, int]:
        with self._asking() as client:
            return reading.counts(client, self.alias, stems, reach)

    def alike(self, pieces: Collection[str]) -> set[str]:
        with self._asking() as client:
            return reading.alike(client, self.words, pieces)

    def read(self, call_id: str, reach: Reach) -> IndexedCall | None:
        with self._asking() as client:
            return reading.read(client, self.alias, call_id, reach)

    def similar(self, vector: Sequence[float], reach: Reach, *, without: str, limit: int) -> list[Hit]:
        with self._asking() as client:
            return reading.similar(client, self.alias, vector, reach, without=without, limit=limit)

    def versions(self, org: str) -> Iterator[tuple[str, int]]:
        with self._writing() as client:
            yield from reading.versions(client, self.alias, org)

    @contextmanager
    def rebuilding(self) -> Iterator[ElasticRebuilding]:
        stamp = secrets.token_hex(6)
        new = ElasticRebuilding(self, f"{self.alias}-{stamp}", f"{self.words}-{stamp}")
        with self._writing() as client:
            for name, fields in ((new.calls, mapping.mapping()), (new.said, mapping.word_mapping())):
                client.indices.create(index=name, settings=mapping.FILLING, mappings=fields)
        try:
            yield new
        finally:
            if not new.taken:
                with self._writing() as client:
                    client.indices.delete(index=f"{new.calls},{new.said}", ignore_unavailable=True)

    def close(self) -> None:
        self.client.close()

    def _all_words(self, client: Elasticsearch) -> Iterator[list[str]]:
        after: list[Any] | None = None
        while True:
            rows = client.search(
                index=self.words, size=1000, sort=[{"word": "asc"}], source_includes=["word"], search_after=after
            )["hits"]["hits"]
            if not rows:
                return
            yield [row["_source"]["word"] for row in rows]
            after = rows[-1]["sort"]

    def _unsaid(self, client: Elasticsearch, words: Sequence[str]) -> list[str]:
        """Those that no call says any more."""
        asked: list[dict[str, Any]] = []
        for word in words:
            query = {"nested": {"path": "turns", "query": {"term": {"turns.words": word}}}}
            asked += [{"index": self.alias}, {"query": query, "size": 0, "terminate_after": 1, "track_total_hits": 1}]
        return [word for word, calls in zip(words, reading.totals(client, asked), strict=True) if not calls]

    @contextmanager
    def _asking(self) -> Iterator[Elasticsearch]:
        with _said_plainly():
            yield self.client.options(request_timeout=SEARCH_SECONDS)

    @contextmanager
    def _writing(self) -> Iterator[Elasticsearch]:
        with _said_plainly():
            yield self.client.options(request_timeout=WRITE_SECONDS)


@dataclass
class ElasticRebuilding:
    """New indices beside those in use."""

    index: ElasticIndex
    calls: str
    said: str
    taken: bool = False

    def put(self, calls: Sequence[IndexedCall]) -> None:
        with self.index._writing() as client:
            put(client, calls, self.calls, self.said, alias=False, threads=self.index.threads)

    def drop(self, call_ids: Sequence[str]) -> None:
        with self.index._writing() as client:
            bulk.send(client, self.calls, map(bulk.drop_line, call_ids))

    def take_over(self) -> None:
        """Both aliases in one request, which the server does at once or not at all; then the old indices go."""
        ours = {self.index.alias: self.calls, self.index.words: self.said}
        with self.index._writing() as client:
            client.indices.put_settings(index=list(ours.values()), settings=mapping.FILLED)
            client.indices.refresh(index=list(ours.values()))
            old = {alias: _behind(client, alias) for alias in ours}
            moves: list[Mapping[str, Any]] = [{"add": {"index": new, "alias": alias}} for alias, new in ours.items()]
            moves += [{"remove_index": {"index": name}} for names in old.values() for name in names]
            client.indices.update_aliases(actions=moves)
        self.taken = True


def put(
    client: Elasticsearch, calls: Sequence[IndexedCall], target: str, words: str, *, alias: bool, threads: int
) -> None:
    """Documents of calls, and the words they say."""
    said: set[str] = set()

    def lines() -> Iterator[bulk.Line]:
        for call in calls:
            document, mine = mapping.document(call)
            said.update(mine)
            yield bulk.put_line(call.call_id, call.version, document)

    bulk.send(client, target, lines(), threads=threads, alias=alias)
    told = sorted(word for word in said if shortened(word))
    new = (bulk.new_line(word, {"word": word, "pieces": sorted(shortened(word))}) for word in told)
    bulk.send(client, words, new, threads=threads, alias=alias)


def _behind(client: Elasticsearch, name: str) -> list[str]:
    """Indices behind an alias, or the index that somebody made under its name."""
    found = client.indices.get(index=name, ignore_unavailable=True, allow_no_indices=True)
    return sorted(found.body)


def _other(schemas: Sequence[object]) -> str:
    if not schemas:
        return "there is no index yet"
    return (
        "the index was made by another version of callsift" if len(schemas) == 2 else "a part of the index is missing"
    )


@contextmanager
def _said_plainly() -> Iterator[None]:
    """The client's errors as ours: what does not answer, refuses or is not there."""
    from elasticsearch import ApiError, TransportError

    try:
        yield
    except ApiError as error:
        raise IndexUnavailable(f"The search server answered {error.status_code}: {error.message}.") from error
    except TransportError as error:
        raise IndexUnavailable(f"The search server does not answer: {error.message}.") from error


@dataclass(frozen=True)
class Backend:
    """Servers, by their address."""

    def takes(self, url: str) -> bool:
        return url.startswith(("http://", "https://"))

    def open(self, address: Address) -> ElasticIndex:
        return open_elasticsearch(address)


backend = Backend()
