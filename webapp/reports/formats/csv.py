"""report.csv: the summary and every verdict, one table, told apart by the first column.

RFC 4180 in UTF-8. Text that a spreadsheet would take for a formula gets an apostrophe in front, and so does text that
begins with one: take away one leading apostrophe and the text is as it was. Numbers are written bare.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.reporting.records import Ending, Report
from pipeline.reporting.summary import COLUMNS, Cell, summary_rows
from webapp.reports.rows import RULE_COLUMNS, VERDICT_COLUMNS, Row
from webapp.reports.writing import Breaches

HEADER = ("record", *RULE_COLUMNS, *VERDICT_COLUMNS, *(name for name in COLUMNS if name not in RULE_COLUMNS))
# Behind spaces and quotes too, which programs drop before they look; the wide forms are what Excel folds to = + - @.
FORMULA = re.compile("[\\s\"\u201c\u201d\ufeff]*[=+\\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n']")


class Csv:
    name, file, says = "csv", "report.csv", "every verdict and the summary, for any program"

    def begin(self, path: Path, report: Report, breaches: Breaches) -> CsvWriter:
        return CsvWriter(path, report)


class CsvWriter:
    def __init__(self, path: Path, report: Report) -> None:
        self._handle = path.open("w", encoding="utf-8", newline="")
        self._table = csv.writer(self._handle)
        self._table.writerow(HEADER)
        self._table.writerows(_row("summary", row) for row in summary_rows(report))

    def add(self, rows: Sequence[Row]) -> None:
        self._table.writerows(_row("verdict", row.cells) for row in rows)

    def finish(self, ending: Ending) -> None:
        self._handle.close()

    def drop(self) -> None:
        self._handle.close()


def _row(record: str, cells: Mapping[str, Cell]) -> list[Cell]:
    return [record, *map(safe, map(cells.get, HEADER[1:]))]


def safe(cell: Cell) -> Cell:
    """``cell`` so that no spreadsheet calculates it; numbers as they are, nothing for None."""
    if isinstance(cell, str) and not cell[:1].isalnum() and FORMULA.match(cell):  # most begin with a letter: no search
        return f"'{cell}"
    return cell


def read(cell: str) -> str:
    """The text that was written as ``cell``."""
    return cell.removeprefix("'")


format = Csv()
