"""Taking recordings in: one row and one job a recording, however often and from however many sides it comes.

Key is (organisation, bytes, the recorder's call id or none). A recording first seen without an id is given one by a
later sidecar; it stays the same call. Metadata are merged: what a later sidecar does not say stays as it was, and one
that says nothing new makes no version.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from pipeline.failpoints import reach
from pipeline.files import FileDamaged
from pipeline.ledger import mark_of_call
from pipeline.protocols import Added, Intake, Retry
from pipeline.records import Metadata
from pipeline.sealing.errors import KeyUnknown, SealBroken
from webapp.database import insert_new
from webapp.store.codec import decode_metadata, encode_metadata
from webapp.store.outbox import FIGURES, INDEX, post, unlink_later
from webapp.store.ranking import move_team, retell
from webapp.store.texts import clean
from webapp.store.touching import Windows, touch
from webapp.tables import Call, JobRow, MetadataVersion, Refusal, Result
from webapp.tables.base import new_public_id
from webapp.teams import DEFAULT_TEAM, team_key

LOST = tuple(error.__name__ for error in (FileDamaged, SealBroken, KeyUnknown))  # reasons of a job whose copy is no use


def add(session: Session, org: int, intake: Intake, moment: datetime, windows: Windows) -> Added:
    """Take a recording in; see `Store.add`. An attempt or metadata that others' verdicts rest on has those judged again."""
    intake = replace(intake, metadata=_cleaned(intake.metadata))
    _one_at_a_time(session, org, intake.sha256)
    call = _known(session, org, intake)
    if call is None:
        return Added(_add_new(session, org, intake, moment, windows), "new")
    if intake.quarantine and intake.quarantine != call.quarantine and not _take_copy(session, call, intake, moment):
        unlink_later(session, org, intake.quarantine, moment)  # a second copy of what is already here
    changed = _tell(session, call, intake.metadata, moment, windows)
    return Added(call.public_id, "new_metadata" if changed else "known")


def refuse(
    session: Session, org: int, source: str, sha256: str | None, reason: str, message: str, moment: datetime, *,
    team: str | None = None, copy: Intake | None = None,
) -> str:  # fmt: skip
    """Remember a recording that could not be taken; the same one again renews the row. Returns its public id."""
    key = {"org_id": org, "source": clean(source), "sha256": sha256 or ""}
    told = {"reason": reason, "message": clean(message), "state": "refused", "at": moment,
            "team_id": team_key(session, org, team or DEFAULT_TEAM, moment)}  # fmt: skip
    if not insert_new(session, Refusal, [{**key, **told, "public_id": new_public_id(), "uploaded": False}]):
        session.execute(update(Refusal).filter_by(**key).values(**told))
    row = session.scalars(select(Refusal).filter_by(**key).with_for_update()).one()
    if copy is not None:
        _keep_refused(session, row, replace(copy, metadata=_cleaned(copy.metadata)), moment)
    return row.public_id


def _keep_refused(session: Session, row: Refusal, copy: Intake, moment: datetime) -> None:
    """The sealed copy of an upload stays with its refusal; a second one of the same upload is dropped."""
    if row.quarantine is not None:
        unlink_later(session, row.org_id, copy.quarantine, moment)
        return
    row.uploaded, row.quarantine, row.sealed_key = True, copy.quarantine, copy.sealed_key
    row.copy = {"size": copy.size, "suffix": copy.suffix, "known": encode_metadata(copy.metadata)}


def retries(session: Session, org: int) -> list[Retry]:
    """Refused recordings that somebody wants tried again, oldest first."""
    rows = session.scalars(select(Refusal).where(Refusal.org_id == org, Refusal.state == "retry").order_by(Refusal.id))
    return [Retry(row.public_id, row.source, _copy_of(row)) for row in rows]


def _copy_of(row: Refusal) -> Intake | None:
    if row.quarantine is None or row.sealed_key is None or row.copy is None:
        return None
    known = decode_metadata(row.copy["known"])
    return Intake(row.sha256, row.copy["size"], row.source, row.copy["suffix"], known, row.quarantine, row.sealed_key)


def merged(known: Metadata, told: Metadata) -> Metadata:
    """``known`` with everything that ``told`` says."""
    said = {
        field.name: value for field in fields(Metadata) if (value := getattr(told, field.name)) not in (None, (), {})
    }
    if "extra" in said:
        said["extra"] = {**known.extra, **told.extra}
    return replace(known, **said)


def _one_at_a_time(session: Session, org: int, sha256: str) -> None:
    """On PostgreSQL, wait for others who take in the same bytes; on SQLite writers are alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        lock = int.from_bytes(hashlib.sha256(f"{org}:{sha256}".encode()).digest()[:8], signed=True)
        session.execute(select(func.pg_advisory_xact_lock(lock)))


def _known(session: Session, org: int, intake: Intake) -> Call | None:
    """The call these bytes belong to: same id; else one without an id; without an id, whichever came first."""
    wanted_bytes = select(Call).where(Call.org_id == org, Call.sha256 == intake.sha256).order_by(Call.id)
    # Locked, as results.commit does: metadata told while a worker commits are seen by one of the two.
    same = session.scalars(wanted_bytes.with_for_update(key_share=True)).all()
    wanted = intake.metadata.call_id
    if wanted is None:
        return next((call for call in same if not call.recorder_id), same[0] if same else None)
    return next((call for name in (wanted, "") for call in same if call.recorder_id == name), None)


def _add_new(session: Session, org: int, intake: Intake, moment: datetime, windows: Windows) -> str:
    metadata = intake.metadata
    team = team_key(session, org, metadata.team or DEFAULT_TEAM, moment)
    call = Call(
        org_id=org, team_id=team, public_id=new_public_id(), sha256=intake.sha256, recorder_id=metadata.call_id or "",
        size=intake.size, source=clean(intake.source), suffix=intake.suffix, quarantine=intake.quarantine or None,
        sealed_key=intake.sealed_key, metadata_version=1, added_at=moment,
    )  # fmt: skip
    session.add(call)
    session.flush()
    reach("add.call")
    session.add(_version(call, metadata, moment))
    session.add(new_job(call, "process", moment))
    _settle(session, org, intake, moment)
    session.flush()
    _touch_others(session, call, [metadata], windows, moment)  # an attempt counts before it has been heard
    reach("add.job")
    return call.public_id


def new_job(call: Call, kind: str, moment: datetime) -> JobRow:
    """A job that waits for a worker."""
    ids = {"org_id": call.org_id, "team_id": call.team_id, "call_id": call.id}
    return JobRow(**ids, kind=kind, state="waiting", not_before=moment, created_at=moment, changed_at=moment)


def _take_copy(session: Session, call: Call, intake: Intake, moment: datetime) -> bool:
    """A call without a result starts again from the new copy, where its own grew too old or cannot be read."""
    if _has_result(session, call) or (call.quarantine is not None and not _is_lost(session, call)):
        return False
    if call.quarantine is not None:
        unlink_later(session, call.org_id, call.quarantine, moment)
    call.quarantine, call.sealed_key, call.added_at = intake.quarantine, intake.sealed_key, moment
    parked = update(JobRow).where(JobRow.call_id == call.id, JobRow.kind == "process", JobRow.state == "parked")
    session.execute(parked.values(state="waiting", attempt=0, not_before=moment, changed_at=moment))
    return True


def _has_result(session: Session, call: Call) -> bool:
    return bool(session.scalar(select(exists().where(Result.call_id == call.id))))


def _is_lost(session: Session, call: Call) -> bool:
    """Whether it was given up because its sealed copy cannot be read any more."""
    parked = JobRow.call_id == call.id, JobRow.kind == "process", JobRow.state == "parked", JobRow.reason.in_(LOST)
    return bool(session.scalar(select(exists().where(*parked))))


def _tell(session: Session, call: Call, told: Metadata, moment: datetime, windows: Windows) -> bool:
    """Add a version of the metadata where ``told`` says something new, and have the rules run again."""
    valid = MetadataVersion.call_id == call.id, MetadataVersion.superseded_at.is_(None)
    before = session.scalars(select(MetadataVersion).where(*valid)).one()
    known = decode_metadata(before.known)
    metadata = merged(known, told)
    if metadata == known:
        return False
    before.superseded_at = moment
    session.flush()
    call.metadata_version += 1
    call.recorder_id = metadata.call_id or ""
    move_team(session, call, team_key(session, call.org_id, metadata.team or DEFAULT_TEAM, moment))
    session.add(_version(call, metadata, moment))
    retell(session, call, metadata)
    mark = (f"{call.public_id}:m{call.metadata_version}", {"call": call.public_id})
    for kind in (INDEX, FIGURES):
        post(session, call.org_id, kind, [mark], moment)
    _run_rules_again(session, call, moment)
    session.flush()
    _touch_others(session, call, [known, metadata], windows, moment)
    reach("add.metadata")
    return True


def _run_rules_again(session: Session, call: Call, moment: datetime) -> None:
    """A job that has not begun will read the new metadata itself; anything else needs a new one."""
    waiting = select(JobRow.id).where(JobRow.call_id == call.id, JobRow.state == "waiting")
    started = select(JobRow.id).where(JobRow.call_id == call.id, JobRow.state.in_(("running", "done")))
    if session.scalar(waiting.limit(1)) is None and session.scalar(started.limit(1)) is not None:
        session.add(new_job(call, "rules", moment))


def _touch_others(
    session: Session, call: Call, versions: Sequence[Metadata], windows: Windows, moment: datetime
) -> None:
    """Both for whom the call was and for whom it is now."""
    marks = (mark_of_call(metadata, call.id) for metadata in versions)
    touch(session, call.org_id, [mark for mark in marks if mark is not None], windows, moment)


def _version(call: Call, metadata: Metadata, moment: datetime) -> MetadataVersion:
    return MetadataVersion(
        org_id=call.org_id, team_id=call.team_id, call_id=call.id, version=call.metadata_version, at=moment,
        known=encode_metadata(metadata), started_at=metadata.started_at, person=metadata.customer_id,
        account=metadata.account_id, debt=metadata.debt_id, number=metadata.person_number,
    )  # fmt: skip


def _settle(session: Session, org: int, intake: Intake, moment: datetime) -> None:
    """What was refused once and has now been taken needs nobody's attention any more, and no copy of its own."""
    same = Refusal.org_id == org, Refusal.sha256 == intake.sha256
    drop_refused_copies(session, org, same, moment)
    session.execute(update(Refusal).where(*same).values(state="settled"))


def drop_refused_copies(session: Session, org: int, which: Sequence[ColumnElement[bool]], moment: datetime) -> int:
    """Have the sealed copies of some refused uploads deleted; how many there were."""
    rows = session.scalars(select(Refusal).where(*which, Refusal.quarantine.is_not(None)).with_for_update()).all()
    for row in rows:
        assert row.quarantine is not None
        unlink_later(session, org, row.quarantine, moment)
        row.quarantine = row.sealed_key = row.copy = None
    session.flush()
    return len(rows)


def _cleaned(metadata: Metadata) -> Metadata:
    texts: dict[str, Any] = {
        field.name: clean(value)
        for field in fields(Metadata)
        if isinstance(value := getattr(metadata, field.name), str)
    }
    return replace(metadata, **texts, extra={clean(key): clean(value) for key, value in metadata.extra.items()})


def needs_no_copy(session: Session, org: int, sha256: str, call_id: str | None) -> bool:
    """Whether these bytes, under this id of the recorder, are a call that has a result already, or a sealed copy that was not
    found lost or damaged."""
    name = [Call.recorder_id.in_((call_id, ""))] if call_id else []
    same = session.scalars(select(Call).where(Call.org_id == org, Call.sha256 == sha256, *name)).all()
    named = [call for call in same if call.recorder_id == (call_id or "")] or same
    return bool(named) and all(
        (call.quarantine is not None and not _is_lost(session, call)) or _has_result(session, call) for call in named
    )
