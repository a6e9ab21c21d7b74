"""What is said about one recording, typed: a row of a sidecar or table, and what its name tells.

Every field is optional and read by pipeline.ingest.fields; columns nobody knows are kept as text in ``extra``. That is
where card numbers and codes turn up that no recorder should export: they are taken out before anything is stored.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields as dataclass_fields
from dataclasses import replace
from typing import Any

from pipeline.errors import BadMetadata
from pipeline.ingest.fields import READERS
from pipeline.ingest.mapping import FILE, Columns
from pipeline.ingest.tables import Row
from pipeline.records import Metadata

NOTES = "notes"  # key in ``extra`` under which stands what was assumed
MOST_EXTRA, LONGEST_EXTRA, LONGEST_KEY = 200, 2000, 100
SECRET = re.compile(
    r"\b(cvv2?|cvc2?|cav2?|csc|pin|ssn|social.?security.*|card.?(code|verification.*)|pass(word|code))\b", re.I
)
CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")


def metadata_of(row: Row, columns: Columns, zone: str | None) -> Metadata:
    """The row as Metadata; raises BadMetadata naming place, column, value and what is expected.

    ``zone`` is the one of times without a zone, where the mapping names none; using it leaves a note in ``extra``.
    """
    renamed, reading = columns.renamed(row), columns.reading(zone)
    known: dict[str, Any] = {}
    extra: dict[str, str] = {}
    for name, value in renamed.values.items():
        if _is_empty(value) or name == FILE:
            continue
        if name not in READERS:
            extra[_key(name, row)] = _kept(name, value)
            continue
        try:
            known[name] = READERS[name](value, name, reading)
        except ValueError as error:
            raise row.error(columns.theirs(name), value, str(error)) from error
    if len(extra) > MOST_EXTRA:
        raise BadMetadata(f"{row.place}: {len(extra)} columns that nobody knows; at most {MOST_EXTRA} are kept.")
    return Metadata(**known, extra={**extra, **({NOTES: "; ".join(reading.notes)} if reading.notes else {})})


def together(first: Metadata, then: Metadata) -> Metadata:
    """``first``, completed by what only ``then`` says."""
    said = {field.name: getattr(first, field.name) for field in dataclass_fields(Metadata) if field.name != "extra"}
    return replace(
        then,
        **{name: value for name, value in said.items() if value not in (None, ())},
        extra={**then.extra, **first.extra},
    )


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _key(name: str, row: Row) -> str:
    key = "".join(c for c in str(name) if c.isprintable()).strip()
    if not key or len(key) > LONGEST_KEY:
        raise BadMetadata(f"{row.place}: a column without a usable name (at most {LONGEST_KEY} characters).")
    return key


def _kept(name: str, value: Any) -> str:
    """Text of a column nobody mapped, without secrets that must not be kept."""
    if SECRET.search(re.sub(r"[_.]|(?<=[a-z])(?=[A-Z])", " ", str(name))):
        return "[REMOVED]"
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return without_card("".join(c for c in shown if c.isprintable() or c in "\n\t").strip()[:LONGEST_EXTRA])


def without_card(text: str) -> str:
    """``text`` with a typed word in place of every written card number."""
    return CARD.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    digits = [int(digit) for digit in re.sub(r"\D", "", found[0])]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return "[CARD_NUMBER]" if (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0 else found[0]
