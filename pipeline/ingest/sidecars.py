"""What is known about a recording before it is heard: sidecar, table of its folder, table given, file name; in this order.

A sidecar has the recording's name with ``.json`` or ``.csv`` (``a.wav`` -> ``a.json`` or ``a.wav.json``). A table is
``metadata.csv``, ``metadata.json`` or ``metadata.jsonl`` in the recording's folder, or a file given by hand; its column
``file`` names the recording. Where several say the same field, the one nearest to the recording counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from pipeline.errors import BadMetadata
from pipeline.ingest.mapping import FILE, Columns
from pipeline.ingest.metadata import metadata_of, together
from pipeline.ingest.names import NamePattern
from pipeline.ingest.tables import Row, parse_rows, read_rows
from pipeline.ingest.transcripts import Companions, look
from pipeline.records import Metadata

ENDINGS = (".json", ".csv")
TABLES = ("metadata.csv", "metadata.json", "metadata.jsonl")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows about many recordings, by the name of the file, with or without folder and ending."""

    rows: Sequence[Row]
    by_name: dict[str, Row]

    def about(self, path: Path) -> Row | None:
        """The row about a recording; a table of one row without the column ``file`` is about any."""
        for name in (path.as_posix(), path.name, path.stem):
            if name in self.by_name:
                return self.by_name[name]
        return self.rows[0] if len(self.rows) == 1 and not self.by_name else None


def read_table(path: Path, columns: Columns) -> Table:
    """Raises BadMetadata, also when two rows are about one recording."""
    rows = read_rows(path)
    by_name: dict[str, Row] = {}
    for row in rows:
        named = columns.renamed(row).values.get(FILE)
        if named is None:
            if len(rows) > 1:
                raise BadMetadata(
                    f'{row.place}: no column "{columns.theirs(FILE)}" says which recording this row is about.'
                )
            continue
        name = PurePath(str(named).strip().replace("\\", "/")).as_posix()
        if name in by_name:
            raise BadMetadata(f"{row.place} and {by_name[name].place} are both about {name}; leave one.")
        by_name[name] = row
    return Table(rows, by_name)


@dataclass
class Describer:
    """Collects what is said about recordings. Tables of folders are read once for as long as it lives."""

    columns: Columns = Columns()  # noqa: RUF009 (frozen)
    zone: str | None = None
    pattern: NamePattern | None = None
    table: Table | None = None
    companions: Companions = field(default_factory=Companions)
    _tables: dict[Path, Table | None] = field(default_factory=dict)

    def of_file(self, path: Path) -> Metadata:
        """Raises BadMetadata when anything said about the recording cannot be read."""
        rows = [_sidecar_row(path), self._folder_row(path), self.table.about(path) if self.table else None]
        return self._merged([*rows, self._name_row(path.name)])

    def of_stream(self, name: str, sidecar: tuple[str, bytes] | None) -> Metadata:
        """The same for a recording that came through the web, with its sidecar's name and bytes."""
        row = _only_row(parse_rows(sidecar[1], sidecar[0]), sidecar[0]) if sidecar else None
        return self._merged([row, self._name_row(name)])

    def _merged(self, rows: Iterable[Row | None]) -> Metadata:
        merged = Metadata()
        for row in rows:
            if row is not None:
                merged = together(merged, metadata_of(row, self.columns, self.zone))
        return merged

    def _name_row(self, name: str) -> Row | None:
        return self.pattern.row(name) if self.pattern else None

    def _folder_row(self, path: Path) -> Row | None:
        folder = path.parent
        if folder not in self._tables:
            found = [folder / name for name in TABLES if (folder / name).is_file()]
            self._tables[folder] = read_table(found[0], self.columns) if found else None
        table = self._tables[folder]
        return table.about(path) if table else None


def sidecar_of(path: Path) -> Path | None:
    """The file beside a recording that describes it; one that is a transcript describes nothing."""
    candidates = [
        place for ending in ENDINGS for place in (path.with_suffix(ending), path.with_name(path.name + ending))
    ]
    files = (place for place in candidates if place != path and place.is_file() and not place.is_symlink())
    return next((place for place in files if place.suffix.lower() == ".csv" or not look(place).transcript), None)


def _sidecar_row(path: Path) -> Row | None:
    sidecar = sidecar_of(path)
    return _only_row(read_rows(sidecar), str(sidecar)) if sidecar else None


def _only_row(rows: Sequence[Row], name: str) -> Row:
    if len(rows) != 1:
        raise BadMetadata(f"{name}: a sidecar describes one recording, but here are {len(rows)} rows.")
    return rows[0]
