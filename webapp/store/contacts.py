"""The contact log: attempts to reach a person, never doubled, however often the same log comes in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pipeline.ledger import mark_of_contact
from pipeline.records import Contact
from webapp.database import insert_new
from webapp.store.texts import clean
from webapp.store.touching import Windows, covered_span, touch, touch_covered
from webapp.tables import ContactRow

IDENTITY = ("person", "direction", "debt", "account", "number")
LATER = ("campaign", "outcome", "recording")  # what a log may learn later about the same attempt
AT_ONCE = 500


def add(
    session: Session, org: int, contacts: Sequence[Contact], source: str, moment: datetime, windows: Windows
) -> int:
    """Add what is new; an attempt told again with more known of it becomes its next version. How many were new.

    Calls whose verdicts may change because of it are judged again.
    """
    before = covered_span(session, org)
    rows = {row["identity"]: row for row in (_row(org, contact, clean(source), moment) for contact in contacts)}
    ordered = [rows[identity] for identity in sorted(rows)]  # always in one order: two logs never wait in a circle
    told = [_add(session, org, ordered[i : i + AT_ONCE], moment) for i in range(0, len(ordered), AT_ONCE)]
    news = [mark_of_contact(_contact(row)) for _count, changed in told for row in changed]
    touch(session, org, news, windows, moment)
    touch_covered(session, org, before, windows, moment)
    return sum(count for count, _changed in told)


def identity(contact: Contact) -> str:
    """What makes two rows the same attempt: who, when, which way, about what."""
    parts = [contact.started_at.astimezone(UTC).isoformat(), *(getattr(contact, name) or "" for name in IDENTITY)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def as_contact(row: ContactRow) -> Contact:
    """The record, its start in UTC."""
    return _contact({name: getattr(row, name) for name in ("started_at", *IDENTITY, *LATER)})


def _contact(row: Mapping[str, Any]) -> Contact:
    return Contact(**{name: row[name] for name in ("started_at", *IDENTITY, *LATER)})


def _add(
    session: Session, org: int, rows: Sequence[dict[str, Any]], moment: datetime
) -> tuple[int, list[dict[str, Any]]]:
    """How many attempts are new, and all rows that say something new."""
    wanted = ContactRow.identity.in_([row["identity"] for row in rows])
    valid = select(ContactRow).where(ContactRow.org_id == org, wanted, ContactRow.superseded_at.is_(None))
    valid = valid.order_by(ContactRow.identity)
    known = {row.identity: row for row in session.scalars(valid.with_for_update())}
    new = [row for row in rows if row["identity"] not in known]
    more = [(known[row["identity"]], row) for row in rows if row["identity"] in known]
    more = [(before, row) for before, row in more if _tells_more(before, row)]
    closed = update(ContactRow).where(ContactRow.id.in_([before.id for before, _row in more]))
    session.execute(closed.values(superseded_at=moment))
    changed = [*new, *(_next(before, row) for before, row in more)]
    return len(insert_new(session, ContactRow, changed)) - len(more), changed


def _row(org: int, contact: Contact, source: str, moment: datetime) -> dict[str, Any]:
    offset = contact.started_at.utcoffset()
    assert offset is not None, "a contact's start carries its zone"
    texts = {name: clean(value) if (value := getattr(contact, name)) else None for name in (*IDENTITY, *LATER)}
    return {"org_id": org, "identity": identity(contact), "version": 1, "at": moment, "source": source,
            "started_at": contact.started_at, "offset": int(offset.total_seconds()), **texts}  # fmt: skip


def _tells_more(known: ContactRow, row: dict[str, Any]) -> bool:
    return any(row[name] is not None and row[name] != getattr(known, name) for name in LATER)


def _next(known: ContactRow, row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] if row[name] is not None else getattr(known, name) for name in LATER}
    return {**row, **kept, "version": known.version + 1}
