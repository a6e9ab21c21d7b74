"""report.xlsx: summary, trend and every verdict as typed cells with filters; nothing in it calculates.

Text is always written as text, whatever it begins with. Rows go straight to a temporary file (constant memory); after
a million of them a new sheet begins, because a sheet holds 1,048,576.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from pipeline.reporting.definitions import DEFINITIONS, DISCLAIMER, VERIFYING
from pipeline.reporting.records import Ending, Line, Report
from pipeline.reporting.summary import COLUMNS, NUMBERS, SHARES, Cell, printed, silent_rows, summary_rows
from webapp.reports.heading import heading
from webapp.reports.rows import RULE_COLUMNS, VERDICT_COLUMNS, rule_cells, verdict_cells
from webapp.reports.writing import Breaches

MOST_ROWS = 1_000_000  # verdicts on one sheet
MOST_TEXT = 32_000  # characters; a cell holds 32,767
ROW_COLUMNS: Mapping[str, str] = {
    name: {**RULE_COLUMNS, **VERDICT_COLUMNS}[name]
    for name in ("at", "name", "team", "agent", "queue", "direction", "pack", "rule", "title", "severity", "value",
                 "reason", "quote", "start", "confidence", "decision", "link", "source_status", "version", "call", "result")
}  # fmt: skip
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
    def __init__(self, path: Path, report: Report, most_rows: int) -> None:
        self._book = xlsxwriter.Workbook(path, {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "tmpdir": str(path.parent),
        })  # fmt: skip
        self._book.set_properties({"title": "Compliance report", "author": "callsift", "company": report.org,
                                   "created": report.as_of.replace(tzinfo=None), "comments": DISCLAIMER})  # fmt: skip
        self._looks = {name: self._book.add_format({"valign": "top", **look}) for name, look in LOOKS.items()}
        self._report, self._rules, self._most = report, rule_cells(report), most_rows
        self._summary()
        self._trend()
        self._sheets, self._row = 0, most_rows
        self._sheet: Any = None
        self._next_sheet()

    def add(self, lines: Sequence[Line]) -> None:
        for line in lines:
            if self._row == self._most:
                self._next_sheet()
            self._row += 1
            cells = self._rules[line.rule] | verdict_cells(line)
            for column, name in enumerate(ROW_COLUMNS):
                self._verdict(column, name, cells[name], line)

    def finish(self, ending: Ending) -> None:
        self._about(ending)
        self._book.close()

    def drop(self) -> None:
        self._book.close()

    def _verdict(self, column: int, name: str, cell: Cell, line: Line) -> None:
        if name == "at":
            self._sheet.write_datetime(self._row, column, line.at.replace(tzinfo=None), self._looks["moment"])
        elif name == "value":
            self._sheet.write_string(self._row, column, printed(line.value), self._looks[line.value])
        else:
            self._write(self._sheet, self._row, column, cell, "decimal" if name == "confidence" else "plain")

    def _next_sheet(self) -> None:
        self._sheets += 1
        name = "Verdicts" if self._sheets == 1 else f"Verdicts {self._sheets}"
        self._sheet, self._row = self._book.add_worksheet(name), 0
        self._head(self._sheet, 0, ROW_COLUMNS)
        left = self._report.rows - (self._sheets - 1) * self._most
        self._sheet.autofilter(0, 0, max(1, min(self._most, left)), len(ROW_COLUMNS) - 1)
        self._sheet.freeze_panes(1, 2)

    def _summary(self) -> None:
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

    def _trend(self) -> None:
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

    def _about(self, ending: Ending) -> None:
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
            text = cell if len(cell) <= MOST_TEXT else f"{cell[:MOST_TEXT]} ... (cut, see report.jsonl)"
            sheet.write_string(row, column, text, self._looks[look])
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
