"""A compliance report's tables: rows streamed from SQL in pages, against a list of ORM objects and a library call a cell.

Both write the same CSV and the same sheet of verdicts, which are read back and compared. Ours also counts, checks, packs and
signs. Before that it is shown, in a process of its own for each size, that memory does not grow with the rows: all four
files of 10^5 and of 10^6 verdicts (`--small`: 10^4 and 4 * 10^4), told on stderr.
"""

from __future__ import annotations

import atexit
import csv
import json
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.measuring.bench import Arms, BenchOptions
from pipeline.reporting.records import PRINTED
from webapp.benches import _verdicts
from webapp.database import open_database
from webapp.reports.formats.csv import safe
from webapp.reports.formats.xlsx import ROW_COLUMNS
from webapp.reports.making import Order, make
from webapp.reports.signing import SigningKey
from webapp.tables import Call, MetadataVersion, Result, VerdictRow

SIZES, SIZES_SMALL = (100_000, 1_000_000), (10_000, 40_000)
ROWS, ROWS_SMALL = 20_000, 5_000
KEY = SigningKey.parse("11" * 32)
SHOWN = [name for name in ROW_COLUMNS if name not in ("title", "severity", "pack", "source_status")]


@dataclass(frozen=True, slots=True)
class Bench:
    name: str = "report"
    good: float = 1.5
    goal: float = 3.0

    def prepare(self, options: BenchOptions) -> Arms:
        measured = [told(count) for count in (SIZES_SMALL if options.small else SIZES)]
        here = Path(tempfile.mkdtemp(prefix="callsift-bench-"))
        atexit.register(shutil.rmtree, here, ignore_errors=True)
        with _verdicts.filled(here, ROWS_SMALL if options.small else ROWS) as kept, kept.database.read() as session:
            rows = session.scalars(select(func.count(VerdictRow.id))).one()
        return Arms(
            partial(_ours, here, _verdicts.order(("csv", "xlsx"))), partial(_peer, here), same, float(rows), "verdicts",
            "a list of objects, a library call a cell", {"memory": measured},
        )  # fmt: skip


def told(count: int) -> dict[str, float]:
    """Make a report over so many verdicts in a process of its own; says on stderr what it took."""
    with tempfile.TemporaryDirectory(prefix="callsift-bench-") as folder:
        with _verdicts.filled(Path(folder), count):
            pass
        command = [
            sys.executable,
            "-c",
            "import sys; from webapp.benches.report import child; child(sys.argv[1])",
            folder,
        ]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(said.stdout)
    says = "{rows:,} verdicts: peak {peak_mb:.0f} MB, {seconds:.0f} CPU seconds, {rows_a_second:,.0f} in each, {pack_mb:.1f} MB"
    print(says.format(**found), file=sys.stderr, flush=True)
    return found


def child(folder: str) -> None:
    """What runs in that process: all four files of a database that is there already."""
    database = open_database(f"sqlite:///{folder}/callsift.sqlite")
    order, began = _verdicts.order(("csv", "jsonl", "pdf", "xlsx")), time.process_time()
    made = make(database, 1, order, KEY, Path(folder) / "report.zip", _tell)
    took = time.process_time() - began
    database.close()
    print(json.dumps({"rows": made.report.rows, "peak_mb": _peak_mb(), "seconds": took,
                      "rows_a_second": made.report.rows / took, "pack_mb": made.packed.size / 1e6}))  # fmt: skip


def _peak_mb() -> float:
    """Most memory this process held. Not ru_maxrss, which begins with what its parent held."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _tell(done: int, of: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done:,} of {of:,}", end="" if done < of else "\n", file=sys.stderr, flush=True)


def same(ours: Callable[[], Any], peer: Callable[[], Any]) -> str | None:
    """Read both back, row by row."""
    for number, (mine, theirs) in enumerate(zip(ours(), peer(), strict=True)):
        if mine != theirs:
            return f"row {number}: {mine} and {theirs}"
    return None


def _ours(here: Path, order: Order) -> Callable[[], Any]:
    database = open_database(f"sqlite:///{here}/callsift.sqlite")
    make(database, 1, order, KEY, here / "ours.zip")
    database.close()
    return partial(_read_ours, here / "ours.zip")


def _peer(here: Path) -> Callable[[], Any]:
    """All rows as objects, then a table and a book from the list."""
    import xlsxwriter

    database = open_database(f"sqlite:///{here}/callsift.sqlite")
    with Session(database.engine) as session:
        rows = [_as_cells(*row) for row in session.execute(_joined())]
    database.close()
    with (here / "peer.csv").open("w", newline="") as handle:
        table = csv.DictWriter(handle, SHOWN)
        table.writeheader()
        table.writerows({name: safe(cell) for name, cell in row.items()} for row in rows)
    with xlsxwriter.Workbook(here / "peer.xlsx", {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Verdicts")
        for number, row in enumerate([dict(zip(SHOWN, SHOWN, strict=True)), *rows]):
            for column, name in enumerate(SHOWN):
                cell = PRINTED.get(row[name], row[name]) if name == "value" else row[name]
                if cell is not None:
                    (sheet.write_string if isinstance(cell, str) else sheet.write_number)(number, column, cell)
    return partial(_read, here / "peer.csv", here / "peer.xlsx")


def _joined() -> Any:
    return (
        select(Call, MetadataVersion, Result, VerdictRow)
        .join(MetadataVersion, MetadataVersion.call_id == Call.id)
        .join(Result, Result.call_id == Call.id)
        .join(VerdictRow, VerdictRow.result_id == Result.id)
        .order_by(Result.id, VerdictRow.rule)
    )


def _as_cells(call: Call, known: MetadataVersion, result: Result, verdict: VerdictRow) -> dict[str, Any]:
    start = next((one["start"] for one in verdict.evidence if one["end"] > 0), None)
    assert known.started_at is not None
    told = {"at": known.started_at.astimezone(ZoneInfo(_verdicts.PERIOD.zone)).isoformat(timespec="seconds"),
            "name": known.known["call_id"], "team": known.known["team"], "agent": known.known["agent_id"],
            "queue": known.known["queue"], "direction": known.known["direction"], "rule": verdict.rule,
            "value": verdict.value, "reason": verdict.reason, "quote": " | ".join(one["quote"] for one in verdict.evidence),
            "start": start, "confidence": verdict.confidence, "decision": "not reviewed", "version": verdict.version,
            "call": call.public_id, "result": result.version,
            "link": f"https://calls.example/calls/{call.public_id}" + (f"?t={start:.1f}" if start else "")}  # fmt: skip
    return {name: told[name] for name in SHOWN}


def _read_ours(pack: Path) -> Iterator[tuple[Any, ...]]:
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(pack) as file:
        file.extractall(folder)
        yield from _read(Path(folder) / "report.csv", Path(folder) / "report.xlsx")


def _read(table: Path, book: Path) -> Iterator[tuple[Any, ...]]:
    """Each verdict as both files have it; of the book what has no type of its own."""
    import openpyxl

    opened = openpyxl.load_workbook(book, read_only=True)
    try:
        sheet = opened["Verdicts"].iter_rows(values_only=True)
        head = [str(name) for name in next(sheet)]
        wanted = [head.index(name) for name in ("rule", "value", "reason", "quote", "start")] if "rule" in head else \
                 [head.index(ROW_COLUMNS[name]) for name in ("rule", "value", "reason", "quote", "start")]  # fmt: skip
        with table.open(newline="") as handle:
            rows = (row for row in csv.DictReader(handle) if row.get("record", "verdict") == "verdict")
            for row, cells in zip(rows, sheet, strict=True):
                yield tuple(row[name] for name in SHOWN), tuple(cells[place] or "" for place in wanted)
    finally:
        opened.close()


bench = Bench()
