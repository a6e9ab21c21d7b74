"""A table as CSV, with what somebody needs who finds the file later: filter, zone, versions, rows and SHA-256.

The table itself is RFC 4180 in UTF-8 and safe from formulas, so the particulars stand beside it: in headers of the answer and,
for people, in a JSON file under the same name.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from flask import Response, jsonify

from webapp.reports.formats.csv import safe

Row = Sequence[str | float | int]
BOM = "\ufeff"  # spreadsheets read UTF-8 by it


@dataclass(frozen=True, slots=True)
class About:
    """What a table is: the calls it is of (label -> text), the zone of its days and moments, versions of what made it."""

    filter: Mapping[str, str]
    zone: str
    versions: Mapping[str, str]


def csv_answer(name: str, rows: Iterable[Row], about: About, *, particulars: bool) -> Response:
    """``NAME.csv``, or with ``particulars`` the JSON that tells of it."""
    body, count = _body(rows)
    told = _told(name, body, count, about)
    if particulars:
        answer = jsonify(told)
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv.json"'
        return answer
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    wanted = "; ".join(f"{label}={text}" for label, text in about.filter.items())
    made_by = "; ".join(f"{label}={text}" for label, text in about.versions.items())
    return Response(body, mimetype="text/csv", headers={
        "Content-Disposition": f'attachment; filename="{name}.csv"',
        "Repr-Digest": f"sha-256=:{digest}:",  # RFC 9530
        "X-Callsift-Rows": str(count), "X-Callsift-Zone": _plain(about.zone), "X-Callsift-Filter": _plain(wanted),
        "X-Callsift-Versions": _plain(made_by),
    })  # fmt: skip


def program_version() -> str:
    try:
        return version("callsift")
    except PackageNotFoundError:
        return "unknown"


def _body(rows: Iterable[Row]) -> tuple[bytes, int]:
    """The bytes, and how many rows stand under the head."""
    text = io.StringIO(newline="")
    text.write(BOM)
    writer = csv.writer(text)
    count = -1
    for row in rows:
        writer.writerow([safe(cell) for cell in row])
        count += 1
    return text.getvalue().encode(), max(0, count)


def _told(name: str, body: bytes, count: int, about: About) -> dict[str, object]:
    return {
        "file": f"{name}.csv", "sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body), "rows": count,
        "filter": dict(about.filter), "zone": about.zone, "versions": dict(about.versions),
    }  # fmt: skip


def _plain(text: str) -> str:
    """Text that may stand in a header: what has no place in ASCII as ?, in one line."""
    return " ".join(text.split()).encode("ascii", "replace").decode()
