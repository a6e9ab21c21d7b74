"""Our bulk writer against the client's own ``helpers.parallel_bulk``, with the same documents on the same server.

Both get documents as dictionaries, made before the clock starts; timed is what makes lines of them and has them in the index,
by the writer that callsift uses, with its threads and size of requests. Both write into an index made before the clock starts,
with the mapping and settings of a rebuild: turns are nested documents, which cost the server as much in either arm. The peer
runs with the best of several settings (threads, size of chunks), tried on the same documents beforehand, and with orjson, as
ours does. Equal means: as many documents, and the same checksum over what the server holds.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from pipeline.benches._indexed import calls, elastic, kept
from pipeline.measuring.bench import Arms, BenchOptions
from pipeline.measuring.progress import done, say
from pipeline.search.backends.elasticsearch import THREADS
from pipeline.search.elastic import bulk, mapping

SETTINGS = ((2, 500), (4, 500), (4, 1000), (4, 2000), (8, 200), (8, 500), (8, 1000))  # threads, documents of a chunk
TRIED, ROUNDS = 3, 20
Documents = Sequence[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class BulkWriting:
    """``count`` calls of ``words`` words each (``small``: what CI runs)."""

    name: str = "index"
    good: float = 1.3
    goal: float = 2.0
    count: int = 8000
    words: int = 10

    def prepare(self, options: BenchOptions) -> Arms:
        count = 400 if options.small else self.count
        index = kept().enter_context(elastic())
        documents = [(call.call_id, mapping.document(call)[0]) for call in calls(count, self.words)]
        size = sum(len(orjson.dumps(document)) for _, document in documents) / count
        writer = _Writer(index.client, index.alias)
        say("the best settings of the peer")
        threads, chunk = _best(writer, documents, SETTINGS[:1] if options.small else SETTINGS)
        done()
        spent: dict[str, float] = {}

        def ours() -> str:
            began, cpu = time.perf_counter(), time.process_time()
            lines = (bulk.put_line(name, 1, document) for name, document in documents)
            bulk.send(index.client.options(request_timeout=60), writer.target, lines, threads=THREADS)
            spent["client_cpu_share"] = round((time.process_time() - cpu) / (time.perf_counter() - began), 3)
            return writer.target

        def peer() -> str:
            return writer.parallel(documents, threads, chunk)

        def same(mine: str, theirs: str) -> str | None:
            one, other = writer.checksum(mine), writer.checksum(theirs)
            return None if one == other and one[0] == count else f"{one} is not {other}"

        facts = {"bytes_a_document": round(size), "peer_threads": threads, "peer_chunk": chunk, "spent": spent,
                 "load": os.getloadavg()[0]}  # fmt: skip
        return Arms(
            ours, peer, same, count, "documents", "helpers.parallel_bulk", facts, before=writer.fresh,
            rounds=3 if options.small else ROUNDS,
        )  # fmt: skip


@dataclass
class _Writer:
    """Fresh indices on one server, and the peer."""

    client: Any
    alias: str
    target: str = ""
    made: int = 0

    def fresh(self) -> None:
        """An index to write into; of those before, the latest two are left."""
        self.made += 1
        self.target = f"{self.alias}-{self.made}"
        if self.made > 2:
            self.client.indices.delete(index=f"{self.alias}-{self.made - 2}", ignore_unavailable=True)
        settings = mapping.FILLING | {"number_of_replicas": 0, "auto_expand_replicas": False}
        self.client.indices.create(index=self.target, settings=settings, mappings=mapping.mapping())

    def parallel(self, documents: Documents, threads: int, chunk: int) -> str:
        from elasticsearch import OrjsonSerializer
        from elasticsearch.helpers import parallel_bulk

        target = self.target
        self.client.transport.serializers.serializers["application/json"] = OrjsonSerializer()
        actions = (
            {"_index": target, "_id": name, "version": 1, "version_type": "external_gte", "_source": document}
            for name, document in documents
        )
        deque(parallel_bulk(self.client.options(request_timeout=60), actions, thread_count=threads, chunk_size=chunk,
                            max_chunk_bytes=20_000_000), maxlen=0)  # fmt: skip
        return target

    def checksum(self, target: str) -> tuple[int, str]:
        """How many documents, and a hash over all of them."""
        self.client.indices.refresh(index=target)
        rows = self.client.search(index=target, size=10_000, sort=["call_id"])["hits"]["hits"]
        digest = hashlib.sha256()
        for row in rows:
            digest.update(orjson.dumps([row["_id"], row["_source"]], option=orjson.OPT_SORT_KEYS))
        return len(rows), digest.hexdigest()


def _best(writer: _Writer, documents: Documents, settings: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The peer's fastest setting, each tried some times in turn."""

    tried: dict[tuple[int, int], list[float]] = {setting: [] for setting in settings}
    for _ in range(TRIED):
        for setting, spent in tried.items():
            writer.fresh()
            began = time.perf_counter()
            writer.parallel(documents, *setting)
            spent.append(time.perf_counter() - began)
    return min(settings, key=lambda setting: min(tried[setting]))


bench = BulkWriting()
