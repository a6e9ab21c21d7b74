"""How the cost of search grows with the calls in the embedded index: `callsift bench scale --axis calls`.

Calls that match are counted to a bound (MOST_COUNTED): up to it counting grows with them, and from there on a page costs the
same. Indexes of each size are made by the writer that serves, from calls of two short turns; every call of a size is written,
and the time for the last part of each decade is what the slope of indexing is made of. Then each size answers the same kinds
of questions in turn. Times are those of this one thread, so that other work on the machine does not count. A slope is that of
log time over log calls: 0 is flat, 1 grows with the calls.
"""

from __future__ import annotations

import json
import math
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.benches._indexed import EVERYTHING, START, calls
from pipeline.errors import PipelineError
from pipeline.measuring.bench import BenchOptions, NotEqual, machine
from pipeline.measuring.progress import done, say
from pipeline.search.backends.sqlite import SqliteIndex
from pipeline.search.query import parse
from pipeline.search.records import MOST_COUNTED, Found, IndexedCall, Sort

SIZES, SIZES_SMALL = (100, 1_000, 10_000, 100_000), (100, 1_000, 10_000)
ROUNDS, ROUNDS_SMALL = 15, 5
WORDS, DIFFERENT, BATCH, LIMIT = 24, 1_000, 500, 20
EVERY = 5  # one call in so many says the growing phrase, on a full page at each size; NAMED calls of each size say the other
NAMED = 10
GROWING, FIXED = ("qurmast", "velidor"), ("zintoph", "barquel")
AXES = ("calls",)
SLOPE = {"index": 1.02, "fixed": 0.05}


class NoAxis(PipelineError):
    """Nothing is measured along it."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One stage: milliseconds (index: microseconds a call) by size, median and 95th percentile, and the slopes of the latter:
    over all sizes, and the steepest between two. ``found``: calls that match at each size."""

    name: str
    p50: tuple[float, ...]
    p95: tuple[float, ...]
    slope: float
    steepest: float
    bar: float
    found: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Scaled:
    """The result. ``good``: the bar of the stages that must stay flat."""

    name: str
    axis: str
    sizes: tuple[int, ...]
    good: float
    machine: str
    curves: tuple[Curve, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    def line(self) -> str:
        head = f"{'p95 at':34}" + "".join(f"{size:>12,}" for size in self.sizes) + "   slope  steepest  bar"
        rows = [
            f"{one.name:34}" + "".join(f"{value:12.2f}" for value in one.p95)
            + f"   {one.slope:5.2f}  {one.steepest:8.2f}  {one.bar:.2f}"
            for one in self.curves
        ]  # fmt: skip
        return "\n".join(
            [head, *rows, f"{self.name} over {self.axis}: index in us a call, searches in ms; {self.machine}"]
        )


@dataclass(frozen=True)
class Scale:
    """``axis``: what grows. Only ``calls`` is measured here."""

    name: str = "scale"
    good: float = 0.05
    goal: float = 0.0

    def measure(self, options: BenchOptions) -> Scaled:
        if options.axis not in AXES:
            raise NoAxis(f'There is no axis "{options.axis}". Choose one of {", ".join(AXES)}.')
        sizes, rounds = (SIZES_SMALL, ROUNDS_SMALL) if options.small else (SIZES, ROUNDS)
        with ExitStack() as stack:
            made = [stack.enter_context(filled(size)) for size in sizes]
            indexes = [index for index, _ in made]
            found = check(indexes, sizes)
            spent = {name: [list[float]() for _ in sizes] for name in QUESTIONS}
            for number in range(rounds + 1):
                say(f"round {number} of {rounds}")
                for name, question in QUESTIONS.items():
                    for index, times in zip(indexes, spent[name], strict=True):
                        times.append(question.seconds(index))
        done()
        curves = [_curve(name, sizes, [times[1:] for times in spent[name]], 1e3, found[name]) for name in QUESTIONS]
        writing = _curve("index, a call", sizes, [times for _, times in made], 1e6)
        writing = replace(writing, slope=writing.slope + 1, steepest=writing.steepest + 1, bar=SLOPE["index"])
        facts = {"rounds": rounds, "words": WORDS, "found": found}
        return Scaled(self.name, "calls", sizes, self.good, machine(), (writing, *curves), facts)


def told(count: int) -> Iterator[list[IndexedCall]]:
    """``count`` calls in batches: DIFFERENT ones over and over, each under an id, moment and score of its own."""
    base = calls(min(DIFFERENT, count), WORDS)
    step = max(1, count // NAMED)
    for first in range(0, count, BATCH):
        batch = []
        for number in range(first, min(first + BATCH, count)):
            said = GROWING if number % EVERY == 3 else FIXED if number % step == 1 else ()
            one = base[number % len(base)]
            turns = one.turns
            if said:
                words = (*said, *turns[0].words[2:])
                turns = (replace(turns[0], words=words[: len(turns[0].words)]), *turns[1:])
            batch.append(replace(
                one, call_id=f"{number:032x}", name=f"C-{number}", at=START + timedelta(seconds=7 * number),
                score=(number * 7919 + 13) % 1_000_003 / 1_000_003, turns=turns,
            ))  # fmt: skip
        yield batch


@contextmanager
def filled(count: int) -> Iterator[tuple[SqliteIndex, list[float]]]:
    """An index of ``count`` calls, gone at the end, and the seconds a call that each part of them took."""
    with tempfile.TemporaryDirectory(prefix="callsift-scale-") as folder:
        index, took = SqliteIndex(Path(folder)), []
        try:
            began, part, since = time.process_time(), max(BATCH, count // 10), 0
            with index.rebuilding() as new:
                for number, batch in enumerate(told(count), start=1):
                    new.put(batch)
                    since += len(batch)
                    if since >= part or number * BATCH >= count:
                        took.append((time.process_time() - began) / since)
                        say(f"{number * BATCH:,} of {count:,} calls")
                        began, since = time.process_time(), 0
                new.take_over()
            yield index, took
        finally:
            index.close()


@dataclass(frozen=True)
class Question:
    """One page of a search; with ``second`` the page behind the first, which is asked for beforehand."""

    query: str
    sort: str = "score"
    facets: tuple[str, ...] = ()
    second: bool = False

    def after(self, index: SqliteIndex) -> str | None:
        return self.page(index, None).after if self.second else None

    def page(self, index: SqliteIndex, after: str | None) -> Found:
        facets = self.facets if after is None else ()
        how: dict[str, Any] = {"sort": Sort(self.sort), "limit": LIMIT, "passages": 2, "facets": facets, "after": after}
        return index.search(parse(self.query), EVERYTHING, **how)

    def seconds(self, index: SqliteIndex) -> float:
        after = self.after(index)
        began = time.process_time()
        self.page(index, after)
        return time.process_time() - began


_FIXED, _GROWING, FACETS = " ".join(FIXED), " ".join(GROWING), ("queue", "fail")
QUESTIONS = {
    "phrase, as many found": Question(f'"{_FIXED}"', "relevance"),
    "with facets, as many found": Question(_FIXED, facets=FACETS),
    "newest first, as many found": Question(_FIXED, "started"),
    "best match, found grow": Question(f'"{_GROWING}"', "relevance"),
    "best first, found grow": Question(_GROWING),
    "with facets, found grow": Question(_GROWING, facets=FACETS),
    "next page, found grow": Question(_GROWING, second=True),
    "all calls, best first": Question("score:>=0"),
    "all calls, next page": Question("score:>=0", second=True),
}


def check(indexes: Sequence[SqliteIndex], sizes: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Calls found by each question at each size; raises NotEqual where they are not those that were planted."""
    found: dict[str, tuple[int, ...]] = {}
    for name, question in QUESTIONS.items():
        pages = [question.page(index, question.after(index)) for index in indexes]
        found[name] = tuple(page.total for page in pages)
        there = [size if name.startswith("all") else NAMED if "as many" in name else size // EVERY for size in sizes]
        wanted = tuple(min(calls, MOST_COUNTED) for calls in there)
        if found[name] != wanted or [page.many for page in pages] != [calls > MOST_COUNTED for calls in there]:
            raise NotEqual(f"{name}: {found[name]} calls are found, not {wanted}")
    return found


def _curve(
    name: str, sizes: Sequence[int], spent: Sequence[Sequence[float]], unit: float, found: tuple[int, ...] = ()
) -> Curve:
    middle = [statistics.median(times) for times in spent]
    high = [
        statistics.quantiles(times, n=20, method="inclusive")[18] if len(times) > 1 else times[0] for times in spent
    ]
    at = [math.log10(size) for size in sizes]
    logs = [math.log10(value) for value in middle]
    steepest = max((b - a) / (y - x) for (a, b), (x, y) in zip(pairwise(logs), pairwise(at), strict=True))
    slope = statistics.linear_regression(at, logs).slope
    return Curve(
        name, tuple(round(unit * value, 3) for value in middle), tuple(round(unit * value, 3) for value in high),
        round(slope, 3), round(steepest, 3), SLOPE["fixed"], found,
    )  # fmt: skip


bench = Scale()
