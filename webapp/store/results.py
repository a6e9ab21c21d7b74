"""Committing results: the file first, then every row about the call in one transaction, under the claim's fence.

Several calls may share the transaction (one flush of the disk for all); a call whose fence has moved on is left out of
it as if it had never come. The source's quarantine copy goes with the commit: its deletion stands in the outbox.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from pipeline.failpoints import reach
from pipeline.ledger import mark_of_call
from pipeline.protocols import Job
from pipeline.records import CallResult, Evidence, Metadata
from webapp.database import core
from webapp.store import standing
from webapp.store.claims import change_held
from webapp.store.codec import decode_metadata
from webapp.store.intake import new_job
from webapp.store.originals import Originals
from webapp.store.outbox import CASES, FIGURES, INDEX, post, unlink_later
from webapp.store.ranking import from_metadata, from_result, replace_ranked
from webapp.store.texts import clean
from webapp.store.touching import Windows, touch
from webapp.tables import Call, FindingRow, JobRow, MeasureRow, MetadataVersion, PartRow, Result, VerdictRow

NEW_WORDS = ("process", "asr")  # jobs after which other calls' rules may find something else said in this one


@dataclass(frozen=True, slots=True)
class Finished:
    """A result whose file lies on disk under the content path ``blob``; ``same``: it says what the current one says."""

    job: Job
    result: CallResult
    blob: str
    same: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a result goes: its call and the keys every row about it carries."""

    call: Call
    metadata: Metadata
    version: int
    result_id: int = 0

    @property
    def keys(self) -> dict[str, int]:
        return {"org_id": self.call.org_id, "team_id": self.call.team_id}


def commit(
    session: Session, org: int, finished: Sequence[Finished], moment: datetime, windows: Windows, originals: Originals
) -> set[int]:  # fmt: skip
    """Write what still holds its fence; the ids of those jobs. Calls that new words concern are judged again."""
    mine = _mark_done(session, [item.job for item in finished], moment)
    reach("commit.fenced")
    held = [item for item in finished if item.job.id in mine]
    places = _places(session, org, [item.job.call_id for item in held]) if held else {}
    kept = [item for item in held if not item.same]
    if kept:
        results = _write_results(session, kept, [places[item.job.call_id] for item in kept], moment)
        reach("commit.results")
        _write_children(session, kept, results)
        _write_ranked(session, kept, results)
        reach("commit.rows")
        _follow_up(session, org, results, moment)
        _drop_originals(session, org, [
            place.call for item, place in zip(kept, results, strict=True)
            if not originals.keeps(item.result.call)
        ], moment)  # fmt: skip
        reach("commit.outbox")
    _rules_once_more(session, [(item.job, places[item.job.call_id]) for item in held], moment)
    heard = [places[item.job.call_id] for item in kept if item.job.kind in NEW_WORDS]
    marks = (mark_of_call(place.metadata, place.call.id) for place in heard)
    touch(session, org, [mark for mark in marks if mark is not None], windows, moment)
    return mine


def _mark_done(session: Session, jobs: Sequence[Job], moment: datetime) -> set[int]:
    done = {
        "state": "done",
        "worker": None,
        "leased_until": None,
        "changed_at": moment,
        "reason": None,
        "message": None,
        "stage": None,
    }
    return change_held(session, jobs, done)


def _places(session: Session, org: int, public_ids: Sequence[str]) -> dict[str, _Place]:
    """Locked, so that metadata told at this very moment are either seen here or see that this job is done."""
    wanted = Call.org_id == org, Call.public_id.in_(public_ids)
    calls = session.scalars(select(Call).where(*wanted).order_by(Call.id).with_for_update(key_share=True)).all()
    keys = [call.id for call in calls]
    valid = MetadataVersion.call_id.in_(keys), MetadataVersion.superseded_at.is_(None)
    known: dict[int, Any] = dict(
        session.execute(select(MetadataVersion.call_id, MetadataVersion.known).where(*valid)).all()
    )
    highest = select(Result.call_id, func.max(Result.version)).where(Result.call_id.in_(keys)).group_by(Result.call_id)
    versions = dict(session.execute(highest).all())
    return {c.public_id: _Place(c, decode_metadata(known[c.id]), versions.get(c.id, 0) + 1) for c in calls}


def _write_results(
    session: Session, kept: Sequence[Finished], places: Sequence[_Place], moment: datetime
) -> list[_Place]:
    """Close the versions before, add the new ones; the places with their result's key."""
    older = Result.call_id.in_([place.call.id for place in places]), Result.superseded_at.is_(None)
    session.execute(update(Result).where(*older).values(superseded_at=moment))
    told = select(JobRow.id, JobRow.metadata_version).where(JobRow.id.in_([item.job.id for item in kept]))
    used = dict(session.execute(told).all())
    rows = [
        {**place.keys, "call_id": place.call.id, "version": place.version, "metadata_version": used[item.job.id],
         "kind": item.job.kind, "made_at": moment, "blob": item.blob, "score": item.result.interest.score,
         "models": dict(item.result.models), "files": dict(item.result.files)}
        for item, place in zip(kept, places, strict=True)
    ]  # fmt: skip
    table = core(Result)
    new = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    ids = session.scalars(new, rows).all()
    return [_Place(place.call, place.metadata, place.version, key) for place, key in zip(places, ids, strict=True)]


def _write_children(session: Session, kept: Sequence[Finished], places: Sequence[_Place]) -> None:
    """Findings, verdicts, measures and parts of all results: one statement a table."""
    for table, of in ((FindingRow, _findings), (VerdictRow, _verdicts), (MeasureRow, _measures), (PartRow, _parts)):
        rows = [
            {**place.keys, "result_id": place.result_id, **row}
            for item, place in zip(kept, places, strict=True)
            for row in of(item.result)
        ]
        if rows:
            session.execute(insert(core(table)), rows)


def _write_ranked(session: Session, kept: Sequence[Finished], places: Sequence[_Place]) -> None:
    replace_ranked(session, [
        {**place.keys, "call_id": place.call.id, "result_id": place.result_id, "public_id": place.call.public_id,
         **from_metadata(place.call.public_id, place.metadata, place.call.added_at), **from_result(item.result)}
        for item, place in zip(kept, places, strict=True)
    ])  # fmt: skip
    version, ranker = standing.in_force_while_writing(session, places[0].call.org_id)
    standing.replace_standings(session, [
        {**place.keys, "call_id": place.call.id, "public_id": place.call.public_id, "result_id": place.result_id, "fence": 0,
         **standing.values(version, ranker, item.result.interest, item.result.findings, item.result.measures,
                           item.result.call.duration, place.call.public_id)}
        for item, place in zip(kept, places, strict=True)
    ])  # fmt: skip


def _follow_up(session: Session, org: int, places: Sequence[_Place], moment: datetime) -> None:
    """The marks for index, cases and figures."""
    marks = [(f"{p.call.public_id}:{p.version}", {"call": p.call.public_id, "version": p.version}) for p in places]
    post(session, org, INDEX, marks, moment)
    post(session, org, CASES, marks, moment)
    post(session, org, FIGURES, marks, moment)


def _drop_originals(session: Session, org: int, calls: Sequence[Call], moment: datetime) -> None:
    """The end of the quarantine copies."""
    for call in calls:
        if call.quarantine is not None:
            unlink_later(session, org, call.quarantine, moment)
            call.quarantine = None
    session.flush()


def _rules_once_more(session: Session, done: Sequence[tuple[Job, _Place]], moment: datetime) -> None:
    """Where metadata changed meanwhile."""
    for job, place in done:
        waiting = select(JobRow.id).where(JobRow.call_id == place.call.id, JobRow.state == "waiting").limit(1)
        if place.metadata != job.intake.metadata and session.scalar(waiting) is None:
            session.add(new_job(place.call, "rules", moment))
    session.flush()


def _findings(result: CallResult) -> list[dict[str, Any]]:
    return [
        {"kind": f.kind, "score": f.score, "start": f.start, "end": f.end, "why": clean(f.why),
         "evidence": _evidence(f.evidence), "facts": dict(f.facts)}
        for f in result.findings
    ]  # fmt: skip


def _verdicts(result: CallResult) -> list[dict[str, Any]]:
    return [
        {"rule": v.rule, "version": v.version, "value": str(v.value), "reason": clean(v.reason),
         "evidence": _evidence(v.evidence), "confidence": v.confidence, "basis": dict(v.basis)}
        for v in result.verdicts
    ]  # fmt: skip


def _measures(result: CallResult) -> list[dict[str, Any]]:
    return [{"name": measure.name, "value": measure.value} for measure in result.measures]


def _parts(result: CallResult) -> list[dict[str, Any]]:
    return [
        {"name": part.name, "share": part.share, "why": clean(part.why), "start": part.start}
        for part in result.interest.parts
    ]


def _evidence(evidence: Sequence[Evidence]) -> list[Mapping[str, Any]]:
    return [{"quote": clean(e.quote), "start": e.start, "end": e.end, "party": e.party} for e in evidence]
