"""The row that stands in the queue for a call: what its current result says, under what its current metadata say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.records import CallResult, Metadata
from webapp.database import core, upserting
from webapp.store.texts import clean
from webapp.tables import (
    AlertRow,
    DrawnRow,
    FindingRow,
    MeasureRow,
    MetadataVersion,
    PartRow,
    PlaceRow,
    Ranked,
    Result,
    Standing,
    SuspectRow,
    VerdictRow,
    Voiceprint,
)
from webapp.tables.calls import Call

SHORT_ID = 8  # letters of the public id that stand for a call nobody gave a name
OF_A_CALL = (MetadataVersion, Result, Ranked, Standing, PlaceRow, DrawnRow, Voiceprint, SuspectRow, AlertRow)
OF_A_RESULT = (FindingRow, MeasureRow, PartRow, VerdictRow)


def from_metadata(public_id: str, metadata: Metadata, added_at: datetime) -> dict[str, Any]:
    """The columns that metadata decide."""
    return {
        "name": clean(metadata.call_id or public_id[:SHORT_ID]),
        "at": metadata.started_at or added_at,
        "started_at": metadata.started_at,
        "direction": metadata.direction or "",
        "queue": clean(metadata.queue or ""),
        "agent": clean(metadata.agent_id or ""),
    }


def from_result(result: CallResult) -> dict[str, Any]:
    """The columns that a result decides."""
    interest = result.interest
    return {
        "duration": result.call.duration,
        "score": interest.score,
        "listen_from": next((part.start for part in interest.parts if part.start is not None), None),
        "reasons": [clean(part.why) for part in interest.parts],
        "marks": list(result.call.marks),
    }


def replace_ranked(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Put each call where it now belongs in the queue."""
    new = upserting(session)(core(Ranked))
    columns = {column.name: new.excluded[column.name] for column in core(Ranked).columns if not column.primary_key}
    session.execute(new.on_conflict_do_update(index_elements=["call_id"], set_=columns), list(rows))


def retell(session: Session, call: Call, metadata: Metadata) -> None:
    """Let the queue show newer metadata at once; the rules follow when they have run again."""
    columns = from_metadata(call.public_id, metadata, call.added_at)
    session.execute(update(Ranked).where(Ranked.call_id == call.id).values(**columns))


def move_team(session: Session, call: Call, team: int) -> None:
    """Every row about a call carries its team: all of them move in one transaction."""
    if call.team_id == team:
        return
    call.team_id = team
    for table in OF_A_CALL:
        session.execute(update(table).where(table.call_id == call.id).values(team_id=team))
    results = select(Result.id).where(Result.call_id == call.id)
    for child in OF_A_RESULT:
        session.execute(update(child).where(child.result_id.in_(results)).values(team_id=team))
