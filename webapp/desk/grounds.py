"""Why a call stands behind a figure: the words of the very thing that was counted, and the second to hear it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboards.desk import QueueRow
from webapp.tables import FindingRow, PartRow, Ranked, VerdictRow

Ground = tuple[str, float | None]  # why, and seconds from the start of the call where it can be heard


def grounded(session: Session, org: int, rows: Sequence[QueueRow], kind: str, name: str, value: str) -> list[QueueRow]:
    """These calls with the reason and second of one finding, verdict or reason instead of those that rank them highest.

    A row that does not tell its viewer how the call was judged stays as it is.
    """
    wanted = of_kind(kind, name, value)
    if wanted is None or not rows:
        return list(rows)
    inside = Ranked.org_id == org, Ranked.public_id.in_([row.id for row in rows if row.judged])
    told: dict[str, Ground] = {}
    for found in session.execute(wanted.where(*inside)):
        told.setdefault(found.public_id, ground(found))
    return [_with(row, told) for row in rows]


def of_kind(kind: str, name: str, value: str) -> Any:
    """Public id, why, start and evidence of what a figure counts, best first; None for a figure that counts whole calls."""
    call: Any = Ranked.public_id
    if kind == "verdict":
        table: Any = VerdictRow
        wanted = select(call, table.reason.label("why"), table.evidence).where(table.rule == name, table.value == value)
    elif kind == "finding":
        table = FindingRow
        wanted = select(call, table.why, table.start).where(table.kind == name).order_by(table.start)
    elif kind == "reason":
        table = PartRow
        wanted = select(call, table.why, table.start).where(table.name == name)
    else:
        return None
    return wanted.select_from(Ranked).join(table, table.result_id == Ranked.result_id).order_by(table.id)


def ground(found: Any) -> Ground:
    """A verdict is heard where its first evidence with a place in time begins, as in reports."""
    known: Mapping[str, Any] = found._mapping
    if "start" in known:
        return found.why, found.start
    return found.why, next((one["start"] for one in found.evidence if one["end"] > 0), None)


def _with(row: QueueRow, told: Mapping[str, Ground]) -> QueueRow:
    if row.id not in told:
        return row
    why, start = told[row.id]
    return replace(row, reasons=(why,), listen_from=start)
