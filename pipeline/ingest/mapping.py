"""The mapping file: how the columns of a foreign export are called here.

    columns:
      call_id: Interaction ID
      started_at: {column: Start, format: "%d.%m.%Y %H:%M:%S"}     # strptime, or: epoch
      direction: {column: Dir, values: {I: inbound, O: outbound}}
      file: Recording                  # which recording a row of a table is about
    defaults: {call_type: service}     # where the file says nothing
    zone: Europe/Berlin                # of times without one; before the setting of that name
    region: DE                         # of telephone numbers without country code

YAML 1.2, plain data only: keys said twice, anchors, aliases and tags are refused.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipeline.errors import BadMetadata
from pipeline.ingest import fields
from pipeline.ingest.tables import Row

LARGEST = 1 << 20
FILE = "file"  # the column of a table that names the recording
KEYS = ("columns", "defaults", "zone", "region")


@dataclass(frozen=True, slots=True)
class Columns:
    """Foreign columns by our names, and what their values mean. The empty one takes columns as they are named."""

    named: Mapping[str, str] = field(default_factory=dict)  # ours -> theirs
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # ours -> {theirs: ours}
    formats: Mapping[str, str] = field(default_factory=dict)  # ours -> strptime format or "epoch"
    defaults: Mapping[str, Any] = field(default_factory=dict)
    zone: str | None = None
    region: str | None = None

    def theirs(self, name: str) -> str:
        return self.named.get(name, name)

    def renamed(self, row: Row) -> Row:
        """The row under our names; columns that nobody mapped keep their own."""
        mapped = {theirs for ours, theirs in self.named.items() if ours != theirs}
        values = {name: value for name, value in row.values.items() if name not in mapped}
        for ours, theirs in self.named.items():
            if theirs in row.values:
                values[ours] = self._meant(ours, row.values[theirs])
        empty = [name for name in self.defaults if values.get(name) in (None, "")]
        return replace(row, values={**values, **{name: self.defaults[name] for name in empty}})

    def reading(self, zone: str | None) -> fields.Reading:
        return fields.Reading(self.zone or zone, self.region, self.formats)

    def _meant(self, name: str, value: Any) -> Any:
        return self.values.get(name, {}).get(str(value).strip(), value)


def read_mapping(path: Path, known: Collection[str]) -> Columns:
    """A mapping file for the fields ``known``; raises BadMetadata with the line where there is one."""
    document = _document(path)
    _only(document, KEYS, str(path))
    named, values, formats = {}, {}, {}
    for ours, entry in _table(document, "columns", path).items():
        _only({ours: entry}, [*known, FILE], f"{path}: columns")
        named[ours], values[ours], formats[ours] = _column(ours, entry, path)
    defaults = _table(document, "defaults", path)
    _only(defaults, known, f"{path}: defaults")
    return Columns(
        named, {k: v for k, v in values.items() if v}, {k: v for k, v in formats.items() if v}, defaults,
        _zone(document.get("zone"), path), _region(document.get("region"), path),
    )  # fmt: skip


def _column(ours: str, entry: Any, path: Path) -> tuple[str, dict[str, Any], str | None]:
    """Name of the column there, meanings of its values, format of its times."""
    if isinstance(entry, str):
        entry = {"column": entry}
    if not isinstance(entry, dict) or not isinstance(entry.get("column"), str):
        raise BadMetadata(f"{path}: columns: {ours}: expected the name of a column, or {{column: NAME, ...}}.")
    _only(entry, ("column", "values", "format"), f"{path}: columns: {ours}")
    values, written = entry.get("values", {}), entry.get("format")
    if not isinstance(values, dict) or not isinstance(written, str | None):
        raise BadMetadata(f"{path}: columns: {ours}: values must be a table of theirs: ours, format a text.")
    return entry["column"], {str(theirs): meant for theirs, meant in values.items()}, written


def _document(path: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML  # 50 ms, and only where there is a mapping
    from ruamel.yaml.error import YAMLError

    try:
        text = path.read_text(encoding="utf-8")
        if len(text) > LARGEST:
            raise BadMetadata(f"{path}: larger than a mapping can be.")
        yaml = YAML(typ="safe", pure=True)
        for event in yaml.parse(text):
            if getattr(event, "anchor", None) or getattr(event, "tag", None):
                raise BadMetadata(
                    f"{path}: line {event.start_mark.line + 1}: anchors, aliases and tags are not taken here."
                )
        document = yaml.load(text)
    except OSError as error:
        raise BadMetadata(f"{path}: cannot be read: {error.strerror}.") from error
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise BadMetadata(f"{path}: not usable YAML: {' '.join(str(error).split())[:300]}") from error
    if not isinstance(document, dict):
        raise BadMetadata(f"{path}: expected a table with {', '.join(KEYS)}.")
    return document


def _table(document: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    table = document.get(key) or {}
    if not isinstance(table, dict):
        raise BadMetadata(f"{path}: {key}: expected a table.")
    return table


def _only(table: Mapping[str, Any], known: Collection[str], where: str) -> None:
    for key in table:
        if key not in known:
            close = difflib.get_close_matches(str(key), known, n=1)
            hint = f' Did you mean "{close[0]}"?' if close else f" Known: {', '.join(known)}."
            raise BadMetadata(f'{where}: there is no "{key}".{hint}')


def _zone(value: Any, path: Path) -> str | None:
    try:
        return None if value is None else fields.zone(value, "zone", fields.Reading())
    except ValueError as error:
        raise BadMetadata(f'{path}: zone: "{value}" cannot be used; expected {error}.') from error


def _region(value: Any, path: Path) -> str | None:
    if value is None or (isinstance(value, str) and len(value) == 2 and value.isalpha()):
        return value and value.upper()
    raise BadMetadata(f'{path}: region: "{value}" cannot be used; expected a two-letter country code, like DE.')
