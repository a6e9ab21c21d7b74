"""Rows of a spreadsheet as they lie in the file (ECMA-376, SpreadsheetML), written straight to disk.

A library call for each cell takes twenty times as long. A library still makes everything around the rows: the book, its
styles, heads, filters. Sample rows in such a book say which style each cell has; then the real rows take their place.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from pipeline.reporting.errors import ReportError

EPOCH = datetime(1899, 12, 30)
DAY = 86_400.0
OLDEST = (1980, 1, 1, 0, 0, 0)  # equal reports are equal files: no clock
MARKUP = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_|^\s|\s$")
HIDDEN = re.compile(r"(_)(?=x[0-9A-Fa-f]{4}_)|([\x00-\x08\x0b-\x1f\ufffe\uffff])")
ROW = re.compile(r'<row r="(\d+)".*?</row>', re.DOTALL)
CELL = re.compile(r'<c r="[A-Z]+\d+"(?: s="(\d+)")?')
DATA, END, SIZE = "<sheetData>", "</sheetData>", re.compile(r'<dimension ref="[^"]*"/>')

Styles = tuple[str, ...]  # one for each column: ' s="3"', or nothing for the plain one


@lru_cache(maxsize=256)  # names of teams, titles of rules: the same again and again
def text_cell(text: str) -> str:
    """What stands behind the address of a cell that holds text, and only ever text."""
    if not MARKUP.search(text):
        return f' t="inlineStr"><is><t>{text}</t></is></c>'
    plain = HIDDEN.sub(_hide, text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    keep = ' xml:space="preserve"' if plain[:1].isspace() or plain[-1:].isspace() else ""
    return f' t="inlineStr"><is><t{keep}>{plain}</t></is></c>'


def number_cell(number: float) -> str:
    return f"><v>{number!r}</v></c>"


def moment_cell(moment: datetime) -> str:
    """A moment by its own clock, as days since 1900 began."""
    return f"><v>{(moment.replace(tzinfo=None) - EPOCH).total_seconds() / DAY:.10f}</v></c>"


def row_of(number: int, letters: Sequence[str], styles: Styles, cells: Sequence[str]) -> str:
    """One row; ``number`` counts from 1, an empty cell is left out."""
    said = [
        f'<c r="{letter}{number}"{style}{cell}'
        for letter, style, cell in zip(letters, styles, cells, strict=True)
        if cell
    ]
    return f'<row r="{number}">{"".join(said)}</row>'


def letters_of(columns: int) -> list[str]:
    """A, B ... Z: as many as there are columns, 26 at most."""
    return [chr(ord("A") + column) for column in range(columns)]


def sample_styles(book: Path, sheet: str) -> list[Styles]:
    """The styles of the cells of each sample row of a sheet: those below its head."""
    with zipfile.ZipFile(book) as file:
        rows = list(ROW.finditer(file.read(sheet).decode()))[1:]
    return [tuple(f' s="{style}"' if style else "" for style in CELL.findall(row[0])) for row in rows]


def put_rows(book: Path, rows: Mapping[str, tuple[Path, int]], path: Path) -> None:
    """Copy ``book`` to ``path`` with rows in the place of the samples: ``{sheet: (file with rows, the last one's number)}``."""
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            source, last = rows.get(name, (None, 0))
            before, after = _around(old.read(name).decode(), last) if source else (old.read(name), b"")
            entry = zipfile.ZipInfo(name, OLDEST)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            entry.file_size = (
                len(before) + len(after) + (source.stat().st_size if source else 0)
            )  # wide sizes where needed
            with new.open(entry, "w") as target:
                target.write(before)
                if source:
                    with source.open("rb") as handle:
                        shutil.copyfileobj(handle, target, 1 << 16)
                target.write(after)


def _around(sheet: str, last: int) -> tuple[bytes, bytes]:
    """What stands before and behind the rows of a sheet whose head is row 1."""
    begin, end = sheet.find(DATA), sheet.find(END)
    head = ROW.search(sheet, begin, end)
    if begin < 0 or end < 0 or head is None or not SIZE.search(sheet):
        raise ReportError("A sheet is not written as it was by the xlsxwriter that callsift was tested with.")
    letter = re.findall(r'<c r="([A-Z]+)1"', head[0])[-1]
    before = SIZE.sub(f'<dimension ref="A1:{letter}{max(1, last)}"/>', sheet[: head.end()])
    return before.encode(), sheet[end:].encode()


def _hide(found: re.Match[str]) -> str:
    """A letter that XML cannot hold, written as spreadsheets write it."""
    return f"_x{ord(found[0]):04X}_"
