"""Doing calls again: asr, analyze or rules, from the files of their current result. Always a new version beside the old."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from pipeline.protocols import ALONE
from rules.errors import CallsiftError
from webapp.store.texts import clean
from webapp.tables import Call, JobRow, Ranked

COVERED_BY = {  # a waiting job of these kinds does the wanted one as well
    "rules": ("rules", "analyze", "asr", "process"),
    "analyze": ("analyze", "asr", "process"),
    "asr": ("asr", "process"),
}


class RedoError(CallsiftError):
    """A redo that names a kind or a call that does not exist."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which calls: by public id or beginning of one, by start of the call, by queue. Empty means all."""

    ids: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    queues: tuple[str, ...] = ()


def redo(session: Session, org: int, kind: str, chosen: Chosen, moment: datetime) -> int:
    """One waiting job for each chosen call that has a result and none waiting that covers it. Returns how many."""
    if kind not in COVERED_BY:
        raise RedoError(f'There is no redo of "{kind}". Choose one of {", ".join(COVERED_BY)}.')
    wanted = [Ranked.org_id == org]
    if kind == "asr":  # words from elsewhere are not heard again by a recogniser
        wanted.append(Ranked.call_id.in_(select(Call.id).where(Call.org_id == org, Call.suffix.not_like(f"%{ALONE}"))))
    if chosen.ids:
        wanted.append(Ranked.call_id.in_(_keys(session, org, chosen.ids)))
    if chosen.since:
        wanted.append(Ranked.at >= chosen.since)
    if chosen.until:
        wanted.append(Ranked.at < chosen.until)
    if chosen.queues:
        wanted.append(Ranked.queue.in_(chosen.queues))
    covered = exists().where(
        JobRow.call_id == Ranked.call_id, JobRow.state == "waiting", JobRow.kind.in_(COVERED_BY[kind])
    )
    calls = session.execute(select(Ranked.call_id, Ranked.team_id).where(*wanted, ~covered)).all()
    return _add(session, org, kind, [(call, team) for call, team in calls], moment)


def queue(session: Session, org: int, kind: str, calls: Sequence[int], moment: datetime) -> int:
    """One waiting job for each call of the organisation, by key; how many."""
    rows = session.execute(
        select(Call.id, Call.team_id).where(Call.org_id == org, Call.id.in_(calls)).order_by(Call.id)
    )
    return _add(session, org, kind, [(call, team) for call, team in rows], moment)


def _add(session: Session, org: int, kind: str, calls: Sequence[tuple[int, int]], moment: datetime) -> int:
    fixed = {"org_id": org, "kind": kind, "state": "waiting", "attempt": 0, "fence": 0, "alone": False}
    times = {"not_before": moment, "created_at": moment, "changed_at": moment}
    if calls:
        session.execute(insert(JobRow), [{**fixed, **times, "call_id": call, "team_id": team} for call, team in calls])
    return len(calls)


def _keys(session: Session, org: int, ids: Sequence[str]) -> list[int]:
    found: list[int] = []
    for begin in ids:
        like = Ranked.public_id.startswith(clean(begin), autoescape=True)
        keys = session.scalars(select(Ranked.call_id).where(Ranked.org_id == org, like).limit(2)).all()
        if len(keys) != 1:
            raise RedoError(
                f'"{begin}" is the beginning of {"no" if not keys else "more than one"} call with a result.'
            )
        found += keys
    return found
