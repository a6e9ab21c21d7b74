"""The contact log: every attempt to reach a person, with or without a recording, from CSV or JSON.

Columns: person, started_at (also called start; with its zone), direction; debt, account, number, campaign, outcome,
recording may be empty. Rows that cannot be read are told one by one and do not keep the others out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import BadMetadata
from pipeline.ingest.fields import Reader, direction, moment, number, text
from pipeline.ingest.mapping import Columns
from pipeline.ingest.tables import Row, read_rows
from pipeline.records import Contact

READERS: Mapping[str, Reader] = {
    "person": text, "started_at": moment, "direction": direction, "debt": text, "account": text, "number": number,
    "campaign": text, "outcome": text, "recording": text,
}  # fmt: skip
REQUIRED = ("person", "started_at", "direction")
ALIASES = {"start": "started_at"}


@dataclass(frozen=True, slots=True)
class ContactLog:
    """What could be read, what could not (place, column, value, what is expected), and columns nobody uses."""

    contacts: list[Contact]
    errors: list[str]
    unused: tuple[str, ...]


def read_contacts(path: Path, columns: Columns | None = None, zone: str | None = None) -> ContactLog:
    """Raises BadMetadata when the file as a whole cannot be read; ``zone`` is that of times without one."""
    columns = columns or Columns()
    rows = [_aliased(columns.renamed(row)) for row in read_rows(path)]
    contacts, errors = [], []
    for row in rows:
        try:
            contacts.append(_contact(row, columns, zone))
        except BadMetadata as error:
            errors.append(str(error))
    unused = dict.fromkeys(name for row in rows for name in row.values if name not in READERS)
    return ContactLog(contacts, errors, tuple(unused))


def _contact(row: Row, columns: Columns, zone: str | None) -> Contact:
    found = {}
    reading = columns.reading(zone)
    for name, reader in READERS.items():
        value = row.values.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            if name in REQUIRED:
                raise BadMetadata(f'{row.place}: the column "{columns.theirs(name)}" is empty or missing.')
            continue
        try:
            found[name] = reader(value, name, reading)
        except ValueError as error:
            raise row.error(columns.theirs(name), value, str(error)) from error
    return Contact(**found)


def _aliased(row: Row) -> Row:
    names = {alias: ours for alias, ours in ALIASES.items() if alias in row.values and ours not in row.values}
    return replace(row, values={names.get(name, name): value for name, value in row.values.items()})
