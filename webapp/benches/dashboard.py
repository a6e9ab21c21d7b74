"""The callbacks of queue and overview at a million calls: against themselves at a thousand, and against pages that load a table.

Each callback is called as Dash calls it, through the real desk of a person who sees every team; the HTTP around it is not in the
time, for it is the same for all. One round calls each once at either size, in turn. Times are those of this process, what the
system does for it included: what else runs on the machine does not count, nor when Python tidies its memory. The peer is
how such pages are usually begun: pandas reads the table in the callback (`pandas.read_sql`), filters, sorts and cuts it; it must
show the same calls as ours (those at random places apart). The database is made by SQL once and kept in the cache folder.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from functools import partial
from typing import Any, cast

from flask import Flask
from sqlalchemy import select

from dashboards.figures import FIGURES, Wanted, read_wanted
from dashboards.here import EXTENSION
from dashboards.pages import overview, queue
from dashboards.queues import QUEUES
from pipeline.measuring.bench import BenchOptions, NotEqual, machine
from pipeline.measuring.progress import done, say
from webapp.accounts import Accounts
from webapp.benches._many_calls import LAST_DAY, PERSON, house
from webapp.database import Database
from webapp.desk import SqlDesk, SqlDesks
from webapp.desk.figures import SqlFiguresDesk
from webapp.desk.queues import SqlQueueDesk
from webapp.store import SqlStore
from webapp.tables import Org

FEW, MANY, MANY_SMALL = 1_000, 1_000_000, 100_000
ROUNDS, ROUNDS_SMALL, PEER_ROUNDS = 40, 8, 2
BLOCK, PART = 100, 25  # rows of a block; of one where a thousand calls have no hundred of the kind
ONE_WEEK = f"?since=2026-07-13&until={LAST_DAY}"
FRAME = """
SELECT s.public_id, s.chance, s.reviewed_at, s.aside_at, r.name, r.at, r.queue, r.agent, r.duration, r.score
FROM standings s JOIN ranked r ON r.call_id = s.call_id WHERE s.org_id = 1
"""


@dataclass(frozen=True, slots=True)
class Timed:
    """One callback: 50th and 95th percentile in milliseconds at few and at many calls, and the ratio of the 95th ones."""

    name: str
    few: tuple[float, float]
    many: tuple[float, float]
    ratio: float


@dataclass(frozen=True, slots=True)
class Grown:
    """The result. ``growth`` is that of the slowest-growing callback's p95, ``peer``: median of the DataFrame page over ours."""

    name: str
    growth: float
    peer: float
    p95: float
    good: tuple[float, float]
    goal: float
    machine: str
    callbacks: tuple[Timed, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)

    def line(self) -> str:
        calls = f"{self.facts['few']:,} -> {self.facts['many']:,} calls"
        rows = [
            f"{one.name:28} p50 {one.few[0]:7.1f} -> {one.many[0]:7.1f} ms   p95 {one.few[1]:7.1f} -> {one.many[1]:7.1f} ms   "
            f"{one.ratio:.2f}x"
            for one in self.callbacks
        ]
        last = (
            f"{self.name}: {calls}: p95 grows {self.growth:.2f}x at most (bar {self.good[0]:g}x, goal {self.goal:g}x), slowest p95 "
            f"{self.p95:.0f} ms; the first page {self.peer:.0f}x faster than with a DataFrame in the callback "
            f"({self.facts['peer_ms']:.0f} ms; bar {self.good[1]:g}x); {self.machine}"
        )
        return "\n".join([*rows, last])


@dataclass(frozen=True)
class Dashboard:
    """A thousand calls and a million (``small``: a hundred thousand)."""

    name: str = "dashboard"
    good: tuple[float, float] = (2.0, 50.0)
    goal: float = 1.2

    def measure(self, options: BenchOptions) -> Grown:
        many, rounds = (MANY_SMALL, ROUNDS_SMALL) if options.small else (MANY, ROUNDS)
        say(f"{FEW:,} and {many:,} calls: made where none are kept, which takes minutes for a million")
        with house(FEW) as one, house(many) as other:
            pages = [Pages(one), Pages(other)]
            took: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in pages[0].callbacks}
            for number in range(rounds + 1):
                say(f"round {number} of {rounds}")
                gc.collect()
                for name, times in took.items():
                    for page, spent in zip(pages, times, strict=True):
                        spent.append(page.seconds(name))
            say("the page that loads its table")
            peer, facts = against_a_table(pages[1])
        done()
        timed = tuple(_timed(name, few[1:], much[1:]) for name, (few, much) in took.items())  # the first warms up
        first = next(one for one in timed if one.name == "queue, first page")
        facts |= {"few": FEW, "many": many, "rounds": rounds, "peer_ms": round(1000 * peer, 1)}
        return Grown(
            self.name, max(one.ratio for one in timed), round(1000 * peer / first.many[0], 1), max(one.many[1] for one in timed),
            self.good, self.goal, machine(), timed, facts,
        )  # fmt: skip


class Pages:
    """The callbacks over one database, by name."""

    def __init__(self, database: Database) -> None:
        self.app = Flask("bench")
        self.database = database
        with database.read() as session:
            org = session.scalars(select(Org.id)).one()
        store = SqlStore(database, org, cast(Any, None))  # no file is read by these pages
        user = Accounts(database, org, timedelta(hours=1), timedelta(hours=8), "UTC").find(PERSON)
        self.new_desk: Callable[[], SqlDesk] = partial(SqlDesks(store).desk, user)
        self.desk: SqlDesk = self.new_desk()
        self.app.extensions |= {
            EXTENSION: lambda: self.desk, QUEUES: lambda: SqlQueueDesk(self.desk), FIGURES: lambda: SqlFiguresDesk(self.desk),
        }  # fmt: skip
        week, self.ends = read_wanted(ONE_WEEK, date.fromisoformat(LAST_DAY)), cast(Any, {})
        month = read_wanted("", date.fromisoformat(LAST_DAY))
        self.callbacks: dict[str, Callable[[], Any]] = {
            "queue, first page": lambda: self.rows(0, ""),
            "queue, next page": lambda: self.rows(BLOCK, "", self.ends),
            "queue of one name": lambda: self.rows(0, "?queue=Billing"),
            "queue of one agent": lambda: self.rows(0, "?agent=ag-7", rows=PART),
            "queue of one week": lambda: self.rows(0, ONE_WEEK, rows=PART),
            "newest first": lambda: self.rows(0, "", sort="started"),
            "fraud": lambda: self.rows(0, "?list=fraud", rows=PART),
            "random sample": lambda: self.rows(0, "?list=sample", rows=PART),
            "form above the queue": self.bar,
            "form above the overview": lambda: self.app.extensions[FIGURES]().choices(),
            "overview of 30 days": lambda: self.overview(month),
            "overview of one week": lambda: self.overview(week),
        }
        with self.opened():
            self.ends = self.rows(0, "")[1]

    @contextmanager
    def opened(self) -> Iterator[None]:
        """As one request: a desk of its own."""
        self.desk = self.new_desk()
        with self.app.app_context():
            yield

    def seconds(self, name: str) -> float:
        with self.opened(), untidied():
            began = time.process_time()
            self.callbacks[name]()
            return time.process_time() - began

    def rows(self, start: int, search: str, ends: Any = None, sort: str = "", rows: int = BLOCK) -> Any:
        model = [{"colId": sort, "sort": "desc"}] if sort else []
        return queue.rows({"startRow": start, "endRow": start + rows, "sortModel": model}, search, ends or {})

    def bar(self) -> Any:
        with self.app.test_request_context("/queue"):
            return queue.bar()

    def overview(self, wanted: Wanted) -> Any:
        return overview.draw(self.app.extensions[FIGURES](), wanted)


@contextmanager
def untidied() -> Iterator[None]:
    """Without the collection of garbage, which falls on whoever comes along; as timeit does."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def against_a_table(pages: Pages) -> tuple[float, dict[str, Any]]:
    """Median seconds of the page that loads its table, after it has been seen to show the same calls."""
    read, how = reader(pages.database)
    took = []
    for _ in range(PEER_ROUNDS):
        with untidied():
            began = time.process_time()
            theirs = read()
            took.append(time.process_time() - began)
    with pages.opened():
        shown = pages.rows(0, "")[0]["rowData"]
    drawn = {row["id"] for row in shown if row["drawn"]}
    mine = [row["id"] for row in shown if row["id"] not in drawn]
    left = [call for call in theirs if call not in drawn]
    if mine != left[: len(mine)]:
        raise NotEqual("the page that loads its table shows other calls")
    return statistics.median(took), {"peer": how}


def reader(database: Database) -> tuple[Callable[[], list[str]], str]:
    """The peer's callback: ids of the first block of open calls, the most interesting first."""
    try:
        import pandas
    except ImportError:
        return lambda: _by_lists(database), "rows in lists, for pandas is not installed"

    def by_frame() -> list[str]:
        with database.engine.connect() as connection:
            frame = pandas.read_sql(FRAME, connection.connection.dbapi_connection)
        waiting = frame[frame.reviewed_at.isna() & frame.aside_at.isna()]
        first = waiting.sort_values(["chance", "public_id"], ascending=False).head(BLOCK)
        return list(first.public_id)

    return by_frame, f"pandas {pandas.__version__}"


def _by_lists(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(FRAME).fetchall()
    waiting = sorted(
        ((row.chance, row.public_id) for row in rows if row.reviewed_at is row.aside_at is None), reverse=True
    )
    return [public_id for _, public_id in waiting[:BLOCK]]


def _timed(name: str, few: list[float], many: list[float]) -> Timed:
    (few50, few95), (many50, many95) = _cuts(few), _cuts(many)
    return Timed(name, (few50, few95), (many50, many95), round(many95 / few95, 2))


def _cuts(spent: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(spent, n=20, method="inclusive")
    return round(1000 * cuts[9], 2), round(1000 * cuts[18], 2)


bench = Dashboard()
