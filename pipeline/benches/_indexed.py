"""Calls to be indexed and searched: as they look in an index, made from a seed, and where the server is."""

from __future__ import annotations

import atexit
import contextlib
import os
import random
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

from pipeline.errors import PipelineError
from pipeline.search.backends.elasticsearch import ElasticIndex, open_elasticsearch
from pipeline.search.records import Address, Grant, IndexedCall, IndexedTurn, Reach

ORG = "b" * 32
EVERYTHING = Reach(ORG, (Grant(),))
WORDS, COMMON = 8000, 1.07  # a vocabulary in which the n-th word is said 1/n^COMMON as often as the first (Zipf)
URLS = ("CALLSIFT_SEARCH", "CALLSIFT_TEST_ELASTICSEARCH")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class NoServer(PipelineError):
    """The benchmark needs an Elasticsearch server."""


def server() -> str:
    """The URL of the server to measure against."""
    for name in URLS:
        if os.environ.get(name, "").startswith("http"):
            return os.environ[name]
    raise NoServer(
        "This benchmark needs an Elasticsearch server: set CALLSIFT_SEARCH=http://127.0.0.1:9200 or its address."
    )


def kept() -> contextlib.ExitStack:
    """What a benchmark opened, closed when the program ends: its arms outlive the making of them."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack


@contextlib.contextmanager
def elastic() -> Iterator[ElasticIndex]:
    """An index of its own on the server, gone at the end."""
    index = open_elasticsearch(Address(server(), index=f"callsift-bench-{secrets.token_hex(4)}"))
    try:
        yield index
    finally:
        client: Any = index.client
        for name in client.indices.get(index=f"{index.alias}*"):
            client.indices.delete(index=name)
        index.close()


def vocabulary(seed: int = 5) -> list[str]:
    """Words that look like words, each once."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < WORDS:
        pairs = rng.randint(1, 4)
        found[
            "".join(rng.choice("bcdfghklmnprstvw") + rng.choice("aeiou") for _ in range(pairs)) + rng.choice("nrst")
        ] = None
    return list(found)


def calls(count: int, words: int, seed: int = 1) -> list[IndexedCall]:
    """``count`` calls of about ``words`` words in turns of ten, with facts as analyzers find them."""
    rng, known = random.Random(seed), vocabulary()
    weights = list(accumulate(1 / (rank + 1) ** COMMON for rank in range(WORDS)))
    made = []
    for number in range(count):
        said = rng.choices(known, cum_weights=weights, k=rng.randint(words // 2, words * 3 // 2))
        made.append(_call(number, said, rng))
    return made


def _call(number: int, said: list[str], rng: random.Random) -> IndexedCall:
    turns = []
    for first in range(0, len(said), 10):
        words = tuple(said[first : first + 10])
        times = tuple(round((first + at) * 0.4, 3) for at in range(len(words)))
        role = ("agent", "customer")[first // 10 % 2]
        turns.append(IndexedTurn(role, times[0], round(times[-1] + 0.4, 3), words, times))  # type: ignore[arg-type]
    labels = {"fail": (f"R-{rng.randint(1, 40)}",), "finding": ("dead_air",), "topic": (f"topic {rng.randint(1, 12)}",)}
    return IndexedCall(
        ORG, f"team {number % 8}", f"{number:032x}", 1, f"C-{number}", START + timedelta(minutes=number), len(said) * 0.4,
        round(rng.random(), 3), f"ag-{number % 50}", ("Billing", "Sales", "Fraud line")[number % 3], "inbound", "en", "north",
        labels=labels, measures={"silence_share": round(rng.random(), 3)}, turns=tuple(turns),
    )  # fmt: skip
