"""The embedded index against the server: phrases, words near each other and facets over the same calls, one query at a time.

Both answer the same queries of the query language with the ids of one page and the number of all calls; they must agree on the
calls of every query before and after the timing. Each arm answers every query once; medians and slow ones stand in the facts.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.benches._indexed import EVERYTHING, calls, elastic, kept, vocabulary
from pipeline.measuring.bench import Arms, BenchOptions
from pipeline.protocols import SearchIndex
from pipeline.search.backends.sqlite import SqliteIndex
from pipeline.search.query import parse
from pipeline.search.records import IndexedCall, Sort

QUERIES = 60
Answer = list[tuple[int, list[str]]]


@dataclass(frozen=True)
class Searching:
    """``count`` calls of ``words`` words each (``small``: what CI runs)."""

    name: str = "search"
    good: float = 2.0
    goal: float = 10.0
    count: int = 5_000
    words: int = 120

    def prepare(self, options: BenchOptions) -> Arms:
        told = calls(500 if options.small else self.count, self.words)
        keep = kept()
        embedded = SqliteIndex(Path(keep.enter_context(tempfile.TemporaryDirectory())))
        keep.callback(embedded.close)
        server = keep.enter_context(elastic())
        for index in (embedded, server):
            fill(index, told)
        trees = [parse(query) for query in queries(told)]
        spent: dict[str, list[float]] = {"ours": [], "peer": []}

        def ask(index: SearchIndex, arm: str) -> Callable[[], Answer]:
            def run() -> Answer:
                found: Answer = []
                for number, tree in enumerate(trees):
                    facets = ("queue", "fail") if number % 3 == 2 else ()
                    began = time.perf_counter()
                    page = index.search(tree, EVERYTHING, sort=Sort("score"), limit=20, facets=facets)
                    spent[arm].append(time.perf_counter() - began)
                    found.append((page.total, [hit.call_id for hit in page.hits]))
                return found

            return run

        facts = _Facts({"calls": len(told), "queries": len(trees)}, spent)
        return Arms(ask(embedded, "ours"), ask(server, "peer"), difference, len(trees), "queries",
                    "Elasticsearch", facts)  # fmt: skip


class _Facts(Mapping[str, Any]):
    """Sizes, and medians and slow ones of both arms in milliseconds, counted when they are asked for."""

    def __init__(self, sizes: Mapping[str, int], spent: Mapping[str, list[float]]) -> None:
        self.sizes, self.spent = sizes, spent

    def __iter__(self) -> Iterator[str]:
        return iter([*self.sizes, *(f"{arm}_{name}_ms" for arm in self.spent for name in ("p50", "p95"))])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __getitem__(self, key: str) -> Any:
        if key in self.sizes:
            return self.sizes[key]
        arm, name, _ = key.split("_")
        cuts = statistics.quantiles(self.spent[arm], n=20)
        return round(1000 * cuts[9 if name == "p50" else 18], 3)


def fill(index: SearchIndex, told: list[IndexedCall]) -> None:
    with index.rebuilding() as new:
        for at in range(0, len(told), 500):
            new.put(told[at : at + 500])
        new.take_over()


def queries(told: list[IndexedCall], seed: int = 9) -> list[str]:
    """A phrase that is said, two words near each other, and a word with facets, in turn; from common and rare words."""
    rng, known = random.Random(seed), vocabulary()
    found = []
    for number in range(QUERIES):
        words = rng.choice(rng.choice(told).turns).words
        at = rng.randrange(max(len(words) - 1, 1))
        pair = words[at : at + 2] if len(words) > 1 else (words[0], known[1])
        near = known[rng.randint(0, 300)], known[rng.randint(301, 2000)]
        found.append(
            (f'"{" ".join(pair)}"', f"{near[0]} NEAR/8 {near[1]}", f"{known[rng.randint(5, 500)]} score:>=50")[
                number % 3
            ]
        )
    return found


def difference(ours: Answer, peer: Answer) -> str | None:
    for number, (mine, theirs) in enumerate(zip(ours, peer, strict=True)):
        if mine != theirs:
            return f"query {number}: {mine[0]} calls, not {theirs[0]}, or others of them"
    return None if any(total for total, _ in ours) else "nothing was found"


bench = Searching()
