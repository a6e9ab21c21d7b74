"""Bringing the rolled-up figures up to the calls marked in the outbox, in one transaction a batch.

A mark names a call. Its cell is counted again from the calls in it, and so is the one it stood in before (its metadata may
have moved it): whatever is done twice or out of order ends the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.database import core, upserting
from webapp.figures.cells import Place, Sums, count, total
from webapp.store import SqlStore, outbox
from webapp.tables import Call, FigureCall, FigureCell, Org, OutboxRow, Ranked

BATCH = 200  # marks a transaction
LEASE = timedelta(minutes=2)
KEY = ("org_id", "team_id", "day", "whole", "queue", "agent")


def roll(store: SqlStore, zone: str) -> int:
    """Count what is marked; how many marks were taken. ``zone``: whose days the figures are of."""
    done = 0
    while _marked(store):
        with store.database.write() as session:
            taken = roll_batch(session, store.org, ZoneInfo(zone), store.clock())
        if not taken:
            break
        done += taken
    return done


def roll_batch(session: Session, org: int, zone: ZoneInfo, moment: datetime) -> int:
    """One batch of marks; 0 when another process has them in hand."""
    # Held to the end: two passes at once would count one cell from two states of the calls.
    session.execute(select(Org.id).where(Org.id == org).with_for_update(key_share=True))
    deeds = outbox.take(session, org, outbox.FIGURES, limit=BATCH, lease=LEASE, moment=moment)
    if deeds:
        names = {str(deed.payload["call"]) for deed in deeds}
        recount(session, org, _move(session, org, names, zone))
        outbox.finish(session, deeds, moment)
    return len(deeds)


def recount(session: Session, org: int, places: Iterable[Place]) -> None:
    """Count cells anew, and the days of their teams."""
    wanted = sorted(set(places))
    for place in wanted:
        _write(session, org, place, count(session, org, place), whole=False)
    for team, day in sorted({(place.team, place.day) for place in wanted}):
        _write(session, org, Place(team, day, "", ""), total(session, org, team, day), whole=True)


def _move(session: Session, org: int, names: Iterable[str], zone: ZoneInfo) -> set[Place]:
    """Put the named calls where they belong now; all cells that this touches."""
    calls = dict(
        session.execute(select(Call.id, Call.public_id).where(Call.org_id == org, Call.public_id.in_(names))).all()
    )
    before = {
        row.call_id: Place(row.team_id, row.day, row.queue, row.agent)
        for row in session.scalars(select(FigureCall).where(FigureCall.call_id.in_(calls)))
    }
    ranked = session.execute(
        select(Ranked.call_id, Ranked.team_id, Ranked.at, Ranked.queue, Ranked.agent).where(Ranked.call_id.in_(calls))
    )
    now = {row.call_id: Place(row.team_id, day_of(row.at, zone), row.queue, row.agent) for row in ranked}
    gone = set(before) - set(now)
    session.execute(delete(FigureCall).where(FigureCall.call_id.in_(gone)))
    rows = [
        {"call_id": call, "org_id": org, **_columns(place)} for call, place in now.items() if before.get(call) != place
    ]
    if rows:
        new = upserting(session)(core(FigureCall))
        columns = {name: new.excluded[name] for name in ("team_id", "day", "queue", "agent")}
        session.execute(new.on_conflict_do_update(index_elements=["call_id"], set_=columns), rows)
    return {*before.values(), *now.values()}


def day_of(moment: datetime, zone: ZoneInfo) -> str:
    """The local date of a moment."""
    return moment.astimezone(zone).date().isoformat()


def _write(session: Session, org: int, place: Place, sums: Sums, *, whole: bool) -> None:
    key = {"org_id": org, **_columns(place), "whole": whole}
    if not sums.calls:
        session.execute(delete(FigureCell).where(*(getattr(FigureCell, name) == value for name, value in key.items())))
        return
    figures: dict[str, Any] = {
        "calls": sums.calls, "seconds": sums.seconds, "score": sums.score, "square": sums.square, "counts": sums.counts(),
    }  # fmt: skip
    new = upserting(session)(core(FigureCell))
    changed = {name: new.excluded[name] for name in figures}
    session.execute(new.on_conflict_do_update(index_elements=list(KEY), set_=changed), [{**key, **figures}])


def _columns(place: Place) -> Mapping[str, Any]:
    return {"team_id": place.team, "day": place.day, "queue": place.queue, "agent": place.agent}


def _marked(store: SqlStore) -> bool:
    """Asked before asking for the right to write: nearly every pass finds nothing."""
    undone = OutboxRow.org_id == store.org, OutboxRow.kind == outbox.FIGURES, OutboxRow.done_at.is_(None)
    with store.database.read() as session:
        return session.scalar(select(OutboxRow.id).where(*undone).limit(1)) is not None
