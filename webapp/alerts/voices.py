"""Voiceprints of calls with signs of fraud, kept only where the setting and the caller's consent allow it.

They are made from the listening copy, before the cases that want to compare them; where a call is not allowed to have any
(the consent was taken back, the setting went off for good), those it has are erased.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from pipeline.sealing.vault import listening
from rules.errors import CallsiftError
from webapp.alerts.signs import SIGNAL
from webapp.database import insert_new
from webapp.store import SqlStore
from webapp.store.codec import decode_metadata
from webapp.store.outbox import CASES
from webapp.tables import Call, FindingRow, MetadataVersion, OutboxRow, Ranked, Result, Voiceprint

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A call whose voices may be kept."""

    key: int
    team: int
    public_id: str
    sealed_key: bytes
    listening: str


def keep_voices(store: SqlStore) -> int:
    """Voiceprints of the marked calls that have none yet and may have some; how many were made."""
    with store.database.write() as session:
        wanted = _wanted(session, store.org)
    return sum(_keep(store, one) for one in wanted)


def _wanted(session: Session, org: int) -> list[_Wanted]:
    """Also erases what must not be kept any more."""
    marked = select(OutboxRow.payload).where(
        OutboxRow.org_id == org, OutboxRow.kind == CASES, OutboxRow.done_at.is_(None)
    )
    names = {str(payload["call"]) for payload in session.scalars(marked)}
    signs = select(FindingRow.result_id).where(
        FindingRow.result_id == Ranked.result_id, FindingRow.kind.startswith(SIGNAL)
    )
    rows = session.execute(
        select(Call, Ranked.team_id, Result.files, MetadataVersion.known)
        .join(Ranked, Ranked.call_id == Call.id)
        .join(Result, Result.id == Ranked.result_id)
        .join(MetadataVersion, MetadataVersion.call_id == Call.id)
        .where(
            Call.org_id == org, Call.public_id.in_(names), MetadataVersion.superseded_at.is_(None), signs.exists()
        )
    ).all()  # fmt: skip
    have = set(session.scalars(select(Voiceprint.call_id).where(Voiceprint.call_id.in_([row[0].id for row in rows]))))
    allowed = {row[0].id for row in rows if decode_metadata(row[3]).consent_voiceprint is True}
    session.execute(delete(Voiceprint).where(Voiceprint.call_id.in_(have - allowed)))
    return [
        _Wanted(call.id, team, call.public_id, call.sealed_key, files["listening"])
        for call, team, files, _known in rows
        if call.id in allowed - have and "listening" in files
    ]


def _keep(store: SqlStore, wanted: _Wanted) -> int:
    from pipeline.cases.voices import as_bytes, voices_of  # torch: only where voices are allowed at all

    result = store.result(wanted.public_id)
    if result is None:
        return 0
    try:
        with store.vault.open(wanted.listening, wanted.sealed_key, listening(wanted.public_id)) as reader:
            voices = voices_of(result.call, reader.read(0, reader.size))
    except (CallsiftError, OSError, EOFError) as error:
        log.warning("no voiceprint of call %s: %s", wanted.public_id, error)
        return 0
    moment = store.clock()
    rows = [
        {"org_id": store.org, "team_id": wanted.team, "call_id": wanted.key, "party": voice.party, "model": voice.model,
         "vector": as_bytes(voice), "made_at": moment}
        for voice in voices
    ]  # fmt: skip
    with store.database.write() as session:
        return len(insert_new(session, Voiceprint, rows))
