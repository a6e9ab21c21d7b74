"""One call for one person: what the page shows, its sound and its waveform.

Opening a call and starting to hear it are written to the audit log in the transaction that finds the call: what cannot
be written down is not shown. Without the scope's condition no call is found at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboards.desk import CallView, QueueRow
from pipeline.records import CallResult, Metadata
from pipeline.sealing.vault import Vault
from webapp.audit import write_audit
from webapp.desk.queue import as_row
from webapp.desk.scope import Scope
from webapp.store import rulebook
from webapp.store.blobs import read_result
from webapp.store.codec import decode_metadata
from webapp.tables import Audit, Call, MetadataVersion, Ranked, Result, User, VerdictRow

READ, HEARD, UNMASKED = "call.read", "audio.read", "call.unmask"
SITTING = timedelta(minutes=30)  # a player asks for many parts of one recording: that is one hearing
LOOKS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A call that this person may see, as SQL knows it."""

    row: QueueRow
    team: int
    source: str
    sealed_key: bytes
    blob: str
    files: dict[str, str]
    version: int
    made_at: datetime
    metadata: Metadata
    titles: dict[str, str]
    looked: tuple[tuple[datetime, str], ...] = ()


def find(session: Session, scope: Scope, permission: str, call_id: str) -> Found | None:
    """The call, where this person holds ``permission`` on it. Two queries."""
    found = session.execute(
        select(Ranked, Call, Result, MetadataVersion.known)
        .join(Call, Call.id == Ranked.call_id)
        .join(Result, Result.id == Ranked.result_id)
        .join(MetadataVersion, MetadataVersion.call_id == Ranked.call_id)
        .where(scope.calls(permission), Ranked.public_id == call_id, MetadataVersion.superseded_at.is_(None))
    ).one_or_none()
    if found is None:
        return None
    ranked, call, result, known = found
    rules = session.execute(select(VerdictRow.rule, VerdictRow.version).where(VerdictRow.result_id == result.id)).all()
    titles = rulebook.titles(session, call.org_id, [(rule, version) for rule, version in rules])
    return Found(
        as_row(ranked, scope), ranked.team_id, call.source, call.sealed_key, result.blob, dict(result.files), result.version,
        result.made_at, decode_metadata(known), titles,
    )  # fmt: skip


def note(session: Session, scope: Scope, action: str, call_id: str, moment: datetime) -> None:
    write_audit(session, scope.org, action, call_id, at=moment, by=scope.user)


def noted(session: Session, scope: Scope, action: str, call_id: str, moment: datetime) -> bool:
    """Whether the same was written down already in this sitting."""
    mine = Audit.org_id == scope.org, Audit.subject == call_id, Audit.user_id == scope.user, Audit.action == action
    since = Audit.at > moment - SITTING, Audit.at <= moment
    return session.scalar(select(Audit.id).where(*mine, *since).limit(1)) is not None


def looks(session: Session, scope: Scope, call_id: str) -> tuple[tuple[datetime, str], ...]:
    """Who opened or heard the call before, newest first; of a removed part heard again with which and why."""
    rows = session.execute(
        select(Audit.at, User.name, Audit.action, Audit.detail)
        .join(User, User.id == Audit.user_id)
        .where(Audit.org_id == scope.org, Audit.subject == call_id, Audit.action.in_((READ, HEARD, UNMASKED)))
        .order_by(Audit.at.desc(), Audit.id.desc())
        .limit(LOOKS)
    )
    return tuple(
        (at, f"{name}, heard again: {detail}" if action == UNMASKED else name) for at, name, action, detail in rows
    )


def as_view(found: Found, result: CallResult, *, may_listen: bool) -> CallView:
    call = result.call
    return CallView(
        found.row, found.metadata, call.parties, call.turns, result.findings, result.verdicts, result.measures,
        result.interest, call.language, result.models, call.redactions, found.version, found.made_at,
        has_audio=may_listen and "listening" in found.files, rule_titles=found.titles, looked=found.looked,
        events=call.events, source=found.source, moods=call.moods,
    )  # fmt: skip


def open_result(vault: Vault, found: Found) -> CallResult:
    return read_result(vault, found.row.id, found.blob, found.sealed_key)


def containers(head: bytes) -> str:
    """The media type of a listening copy by its first bytes."""
    kinds: Sequence[tuple[int, bytes, str]] = (
        (0, b"RIFF", "audio/wav"), (0, b"OggS", "audio/ogg"), (0, b"fLaC", "audio/flac"), (4, b"ftyp", "audio/mp4"),
        (0, b"\x1aE\xdf\xa3", "audio/webm"), (0, b"ID3", "audio/mpeg"),
    )  # fmt: skip
    return next((mime for at, magic, mime in kinds if head[at : at + len(magic)] == magic), "audio/mpeg")
