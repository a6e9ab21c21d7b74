"""report.xlsx: summary, trend and every verdict as typed cells with filters; nothing in it calculates.

Text is always written as text, whatever it begins with. Verdicts go straight to a temporary file; after a million of them
a new sheet begins, because a sheet holds 1,048,576.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TextIO

import xlsxwriter

from pipeline.reporting.definitions import DEFINITIONS, DISCLAIMER, VERIFYING
from pipeline.reporting.errors import ReportError
from pipeline.reporting.records import PRINTED, Ending, Report
from pipeline.reporting.summary import COLUMNS, NUMBERS, SHARES, Cell, silent_rows, summary_rows
from webapp.reports.heading import heading
from webapp.reports.rows import RULE_COLUMNS, VERDICT_COLUMNS, Row
from webapp.reports.sheets import letters_of, moment_cell, number_cell, put_rows, row_of, sample_styles, text_cell
from webapp.reports.writing import Breaches

MOST_ROWS = 1_000_000  # verdicts on one sheet
MOST_TEXT = 32_000  # characters; a cell holds 32,767
ROW_COLUMNS: Mapping[str, str] = {
    name: {**RULE_COLUMNS, **VERDICT_COLUMNS}[name]
    for name in ("at", "name", "team", "agent", "queue", "direction", "pack", "rule", "title", "severity", "value",
                 "reason", "quote", "start", "confidence", "decision", "link", "source_status", "version", "call", "result")
}  # fmt: skip
PLAIN_COLUMNS = [name for name in ROW_COLUMNS if name not in ("at", "value")]  # "at" is the first of all
VALUE = list(ROW_COLUMNS).index("value") - 1  # its place among the plain ones
WIDTHS = {
    "title": 44,
    "reason": 50,
    "quote": 60,
    "link": 40,
    "at": 18,
    "name": 16,
    "call": 34,
    "decision": 18,
    "version": 14,
}
PLAIN = 12  # characters wide


class Xlsx:
    name, file, says = "xlsx", "report.xlsx", "summary and every verdict, for a spreadsheet"
    most_rows = MOST_ROWS

    def begin(self, path: Path, report: Report, breaches: Breaches) -> XlsxWriter:
        return XlsxWriter(path, report, self.most_rows)


class XlsxWriter:
    """The book is made twice by the same few lines: at the beginning, to learn how it is styled, and whole at the end."""

    def __init__(self, path: Path, report: Report, most_rows: int) -> None:
        self._path, self._report, self._most = path, report, most_rows
        self._sheets = max(1, -(-report.rows // most_rows))
        book = self._book(path.with_suffix(".draft"), Ending())
        self._styles = dict(zip(PRINTED, sample_styles(book, _part(0)), strict=True))
        book.unlink()
        self._letters = letters_of(len(ROW_COLUMNS))
        self._parts: list[tuple[Path, int]] = []  # rows of each sheet, and how many
        self._handle: TextIO | None = None

    def add(self, rows: Sequence[Row]) -> None:
        done = 0
        while done < len(rows):
            if self._handle is None or self._parts[-1][1] == self._most:
                self._next_part()
            part, count = self._parts[-1]
            some = rows[done : done + self._most - count]
            self._write_rows(some, count + 2)
            self._parts[-1] = part, count + len(some)
            done += len(some)

    def finish(self, ending: Ending) -> None:
        self.drop()
        book = self._book(self._path.with_suffix(".draft"), ending)
        if dict(zip(PRINTED, sample_styles(book, _part(0)), strict=True)) != self._styles:
            raise ReportError("The sheets are not styled as they were when the report began.")
        if self._sheets != max(1, len(self._parts)):
            raise ReportError("There are not as many verdicts as were counted. Make the report again.")
        rows = self._parts or [(self._new_part(), 0)]
        put_rows(book, {_part(n): (part, count + 1) for n, (part, count) in enumerate(rows)}, self._path)
        for file in (book, *(part for part, _count in rows)):
            file.unlink()

    def drop(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None

    def _write_rows(self, rows: Sequence[Row], number: int) -> None:
        assert self._handle is not None
        letters, styles = self._letters, self._styles
        self._handle.writelines(
            row_of(n, letters, styles[row.line.value], _cells(row)) for n, row in enumerate(rows, number)
        )

    def _next_part(self) -> None:
        self.drop()
        part = self._new_part()
        self._handle = part.open("w", encoding="utf-8", newline="")
        self._parts.append((part, 0))

    def _new_part(self) -> Path:
        part = self._path.with_suffix(f".rows{len(self._parts)}")
        part.touch()
        return part

    def _book(self, path: Path, ending: Ending) -> Path:
        """Everything but the verdicts: of them one of each kind."""
        book = Book(path, self._report)
        book.summary()
        book.trend()
        for number in range(self._sheets):
            left = self._report.rows - number * self._most
            book.verdicts(number, min(self._most, left))
        book.about(ending)
        book.close()
        return path


def _part(number: int) -> str:
    """The name inside the book of a sheet with verdicts; summary and trend come before."""
    return f"xl/worksheets/sheet{number + 3}.xml"


def _cells(row: Row) -> list[str]:
    cells = row.cells
    said = [_cell(cells[name]) for name in PLAIN_COLUMNS]
    return [moment_cell(row.line.at), *said[:VALUE], text_cell(PRINTED[row.line.value]), *said[VALUE:]]


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return text_cell(fitting(cell))
    return "" if cell is None else number_cell(cell)


def fitting(text: str) -> str:
    """As much of a text as a cell holds."""
    return text if len(text) <= MOST_TEXT else f"{text[:MOST_TEXT]} ... (cut, see report.jsonl)"


class Book:
    """The small part of a book, cell by cell."""

    def __init__(self, path: Path, report: Report) -> None:
        self._book = xlsxwriter.Workbook(path, {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "tmpdir": str(path.parent),
        })  # fmt: skip
        self._book.set_properties({"title": "Compliance report", "author": "callsift", "company": report.org,
                                   "created": report.as_of.replace(tzinfo=None), "comments": DISCLAIMER})  # fmt: skip
        self._looks = {name: self._book.add_format({"valign": "top", **look}) for name, look in LOOKS.items()}
        self._report = report

    def close(self) -> None:
        self._book.close()

    def verdicts(self, number: int, rows: int) -> None:
        """A sheet for ``rows`` verdicts, with a sample row of each kind."""
        sheet = self._book.add_worksheet("Verdicts" if number == 0 else f"Verdicts {number + 1}")
        self._head(sheet, 0, ROW_COLUMNS)
        sheet.autofilter(0, 0, max(1, rows), len(ROW_COLUMNS) - 1)
        sheet.freeze_panes(1, 2)
        for row, value in enumerate(PRINTED, 1):
            for column, name in enumerate(ROW_COLUMNS):
                look = {"at": "moment", "value": value, "confidence": "decimal"}.get(name, "plain")
                sheet.write_number(row, column, 0, self._looks[look])

    def summary(self) -> None:
        sheet = self._book.add_worksheet("Summary")
        row = 0
        for label, text in heading(self._report):
            self._write(sheet, row, 0, label, "label")
            self._write(sheet, row, 1, text)
            row += 1
        row += 1
        self._head(sheet, row, COLUMNS)
        rows = summary_rows(self._report)
        sheet.autofilter(row, 0, row + max(1, len(rows)), len(COLUMNS) - 1)
        sheet.freeze_panes(row + 1, 3)
        for cells in rows:
            row += 1
            for column, name in enumerate(COLUMNS):
                self._write(sheet, row, column, cells[name], _look(name))
        self._silent(sheet, row + 2)

    def _silent(self, sheet: Any, row: int) -> None:
        if not self._report.silent:
            return
        self._write(sheet, row, 0, "Rules without a verdict in this period", "label")
        for number, cells in enumerate(silent_rows(self._report), row + 1):
            for column, text in zip((0, 1, 2, 5), cells, strict=True):
                self._write(sheet, number, column, text)

    def trend(self) -> None:
        sheet = self._book.add_worksheet("Trend")
        columns = {"pack": "Pack", "rule": "Rule", "title": "Title", "part": "Part", "first": "From", "last": "To",
                   "pass": "PASS", "fail": "FAIL", "na": "N/A", "unsure": "UNSURE", "rate": "Rate"}  # fmt: skip
        self._head(sheet, 0, columns)
        sheet.freeze_panes(1, 3)
        sheet.autofilter(0, 0, max(1, len(self._report.rules) * len(self._report.buckets)), len(columns) - 1)
        row = 0
        for rule in self._report.rules:
            for bucket, counts in zip(self._report.buckets, rule.trend, strict=True):
                row += 1
                cells: list[Cell] = [rule.facts.pack, rule.facts.rule, rule.facts.title, bucket.name]
                self._cells(sheet, row, 0, cells)
                sheet.write_datetime(row, 4, bucket.first, self._looks["day"])
                sheet.write_datetime(row, 5, bucket.last, self._looks["day"])
                self._cells(sheet, row, 6, [counts.passed, counts.failed, counts.not_applicable, counts.unsure])
                self._write(sheet, row, 10, counts.rate, "share")

    def about(self, ending: Ending) -> None:
        sheet = self._book.add_worksheet("About")
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 110)
        rows = [*DEFINITIONS, ("How to check this report", VERIFYING), ("Please note", DISCLAIMER)]
        rows += [(f"Model: {step}", _counted(names)) for step, names in ending.models.items()]
        rows += [("Rule engine", _counted(ending.engines))]
        rows += [
            (f"Rule {rule.facts.rule}", f"{rule.facts.source} (as of {rule.facts.source_as_of or 'no date'}; "
             f"{rule.facts.status}). Versions: " + ", ".join(f"{one.version} ({one.verdicts})" for one in rule.versions))
            for rule in self._report.rules
        ]  # fmt: skip
        for row, (label, text) in enumerate(rows):
            self._write(sheet, row, 0, label, "label")
            self._write(sheet, row, 1, text, "wrapped")

    def _head(self, sheet: Any, row: int, columns: Mapping[str, str]) -> None:
        for column, (name, title) in enumerate(columns.items()):
            sheet.set_column(column, column, WIDTHS.get(name, PLAIN))
            sheet.write_string(row, column, title, self._looks["head"])

    def _cells(self, sheet: Any, row: int, column: int, cells: Iterable[Cell]) -> None:
        for number, cell in enumerate(cells, column):
            self._write(sheet, row, number, cell)

    def _write(self, sheet: Any, row: int, column: int, cell: Cell, look: str = "plain") -> None:
        """Numbers as numbers, everything else as text; nothing for None."""
        if cell is None:
            return
        if isinstance(cell, str):
            sheet.write_string(row, column, fitting(cell), self._looks[look])
        else:
            sheet.write_number(row, column, cell, self._looks[look])


LOOKS: Mapping[str, Mapping[str, Any]] = {
    "plain": {},
    "label": {"bold": True},
    "wrapped": {"text_wrap": True},
    "head": {"bold": True, "text_wrap": True, "bg_color": "#E8ECF2", "bottom": 1},
    "share": {"num_format": "0.0 %"},
    "count": {"num_format": "#,##0"},
    "change": {"num_format": "+0.0;-0.0;0.0"},
    "decimal": {"num_format": "0.00"},
    "moment": {"num_format": "yyyy-mm-dd hh:mm:ss"},
    "day": {"num_format": "yyyy-mm-dd"},
    "PASS": {"font_color": "#1B6E3C"},
    "FAIL": {"font_color": "#A3231D", "bold": True},
    "UNSURE": {"font_color": "#7A5200"},
    "NOT_APPLICABLE": {"font_color": "#5B6470"},
}


def _look(name: str) -> str:
    if name in SHARES:
        return "share"
    return "count" if name in NUMBERS else "change" if name == "change" else "plain"


def _counted(names: Mapping[str, int]) -> str:
    return ", ".join(f"{name} ({count})" for name, count in names.items()) or "not known"


format = Xlsx()
