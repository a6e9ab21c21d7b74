"""Rows out of CSV and JSON files, each knowing where it stands, for metadata and contact logs alike.

Nothing is guessed twice: a column named twice, a key said twice, a row that is too long are errors with their place. The
delimiter of a CSV file is the one of comma, semicolon, tab and bar that its first line holds most of.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadMetadata

LARGEST = 256 << 20  # bytes
DELIMITERS = ",;\t|"
JSON_LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Row:
    """One record: its values by column, as text (CSV) or as JSON has them, and its place ("calls.csv: row 3")."""

    values: Mapping[str, Any]
    place: str

    def error(self, column: str, value: object, expected: str) -> BadMetadata:
        """What every error about a value says."""
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        return BadMetadata(f'{self.place}, column "{column}": "{shown[:80]}" cannot be used; expected {expected}.')


def read_rows(path: Path) -> list[Row]:
    """All rows of a CSV, JSON (an object or a list of objects) or JSON-lines file; raises BadMetadata."""
    try:
        if path.stat().st_size > LARGEST:
            raise BadMetadata(f"{path}: larger than {LARGEST >> 20} MB. Split it.")
        data = path.read_bytes()
    except OSError as error:
        raise BadMetadata(f"{path}: cannot be read: {error.strerror}.") from error
    return parse_rows(data, str(path))


def parse_rows(data: bytes, name: str) -> list[Row]:
    """The same for the bytes of a file called ``name``; the kind is told by the name's ending, else by the first byte."""
    text = _text(data, name)
    ending = Path(name).suffix.lower()
    if ending in JSON_LINES:
        lines = enumerate(text.splitlines(), 1)
        return [row for number, line in lines if line.strip() for row in _json_rows(line, f"{name}: line {number}")]
    if ending == ".json" or (ending not in (".csv", ".tsv", ".txt") and text.lstrip()[:1] in ("{", "[")):
        return _json_rows(text, name)
    return list(_csv_rows(text, name))


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise BadMetadata(f"{name}: line {line} is not UTF-8 text. Save the file as UTF-8.") from error


def _json_rows(text: str, name: str) -> list[Row]:
    try:
        document = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, name), parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BadMetadata(f"{name}: line {error.lineno}, column {error.colno}: not JSON: {error.msg}.") from error
    except (RecursionError, ValueError) as error:
        raise BadMetadata(f"{name}: not usable JSON: {error}.") from error
    if isinstance(document, dict):
        return [Row(document, name)]
    if isinstance(document, list) and all(isinstance(item, dict) for item in document):
        return [Row(item, f"{name}: entry {number}") for number, item in enumerate(document, 1)]
    raise BadMetadata(f"{name}: expected an object or a list of objects.")


def _object(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise BadMetadata(f'{name}: the key "{key}" is there twice; leave one.')
        found[key] = value
    return found


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is not a number")


def _csv_rows(text: str, name: str) -> Iterator[Row]:
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells, name)
                continue
            yield _row(columns, cells, f"{name}: row {reader.line_num}")
    except csv.Error as error:
        raise BadMetadata(f"{name}: row {reader.line_num}: not CSV: {error}.") from error
    if columns is None:
        raise BadMetadata(f"{name}: the file is empty; expected a first line with the names of the columns.")


def _columns(cells: list[str], name: str) -> list[str]:
    columns = [cell.strip() for cell in cells]
    for number, column in enumerate(columns, 1):
        if not column:
            raise BadMetadata(f"{name}: column {number} has no name in the first line.")
        if columns.count(column) > 1:
            raise BadMetadata(f'{name}: the column "{column}" is there twice; leave one.')
    return columns


def _row(columns: list[str], cells: list[str], place: str) -> Row:
    if len(cells) != len(columns):
        raise BadMetadata(
            f"{place} has {len(cells)} cells, the first line names {len(columns)} columns. "
            "A cell that holds the delimiter must be in double quotes."
        )
    return Row(dict(zip(columns, cells, strict=True)), place)
