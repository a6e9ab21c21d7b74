"""Voiceprints erased by themselves: of one call, or of everything a customer has said, and not made again.

The withdrawal is told like a later sidecar, so it stands in the call's history; then the vectors go and the cases that
compared them are built again. The calls, their words and their recordings stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from pipeline.protocols import Intake
from pipeline.records import Metadata
from webapp.audit import write_audit
from webapp.store import SqlStore
from webapp.store.outbox import CASES, post
from webapp.tables import Call, MetadataVersion, Voiceprint

FORGOTTEN = "voice.erase"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """``calls`` that may have no voiceprint any more, and how many voiceprints were there."""

    calls: int
    voices: int


def forget_voices(store: SqlStore, *, calls: Sequence[str] = (), customer: str | None = None) -> Forgotten:
    """Take back the consent and erase the vectors, both for good; safe to repeat.

    :param calls: public ids, or beginnings of them.
    :param customer: the customer's id, as metadata give it.
    """
    if not calls and customer is None:
        raise ValueError("Whose voice? Name calls or a customer.")
    with store.database.read() as session:
        found = _chosen(session, store.org, calls, customer)
    for call in found:  # first the consent: a pass of the worker in between makes nothing new
        refused = Metadata(call_id=call.recorder_id or None, consent_voiceprint=False)
        store.add(Intake(call.sha256, call.size, call.source, call.suffix, refused, "", call.sealed_key))
    moment = store.clock()
    with store.database.write() as session:
        voices = 0
        for call in found:
            gone = session.execute(delete(Voiceprint).where(Voiceprint.call_id == call.id).returning(Voiceprint.id))
            erased = len(gone.all())
            voices += erased
            why = "consent to a voiceprint taken back; voiceprints erased: "
            write_audit(session, store.org, FORGOTTEN, call.public_id, at=moment, detail=f"{why}{erased}")
        marks = [(f"{c.public_id}:voice:{moment.isoformat()}", {"call": c.public_id}) for c in found]
        post(session, store.org, CASES, marks, moment)
    return Forgotten(len(found), voices)


def _chosen(session: Session, org: int, calls: Sequence[str], customer: str | None) -> list[Call]:
    named: list[ColumnElement[bool]] = [Call.public_id.startswith(one, autoescape=True) for one in calls if one]
    if customer is not None:
        named.append(MetadataVersion.person == customer)
    wanted = (
        select(Call)
        .join(MetadataVersion, MetadataVersion.call_id == Call.id)
        .where(Call.org_id == org, MetadataVersion.superseded_at.is_(None), or_(*named))
    )
    found = list(session.scalars(wanted.order_by(Call.id)).unique())
    session.expunge_all()
    return found
