"""The history of a person, a debt, an account or a number, as it was known at a moment.

Contacts come from the contact log and, where no log names them, from the calls themselves. Every read takes ``as_of``:
what was learnt later does not exist for it, so that a verdict can be made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from pipeline.records import Call, Contact
from pipeline.sealing.vault import Vault
from webapp.database import Database, now
from webapp.store.blobs import read_result
from webapp.store.codec import decode_metadata
from webapp.store.contacts import as_contact
from webapp.store.versions import valid_at
from webapp.tables import Call as CallRow
from webapp.tables import ContactRow, MetadataVersion, Result

SAME = timedelta(seconds=60)  # a call that starts this close to a logged contact of its person is that contact


@dataclass(slots=True)
class SqlLedger:
    """The `Ledger` over SQL. ``complete`` speaks of the time this ledger was asked about, so take one for each call judged."""

    database: Database
    org: int
    vault: Vault
    _asked: list[tuple[date | None, date | None, datetime | None]] = field(default_factory=list)

    def contacts(
        self, *, person: str | None = None, debt: str | None = None, account: str | None = None,
        number: str | None = None, since: datetime | None = None, until: datetime | None = None,
        as_of: datetime | None = None,
    ) -> list[Contact]:  # fmt: skip
        """Attempts from ``since`` (inclusive) to ``until`` (exclusive), oldest first; what is not asked for is not filtered."""
        wanted = {"person": person, "debt": debt, "account": account, "number": number}
        self._asked.append((since.date() if since else None, until.date() if until else None, as_of))
        with self.database.read() as session:
            logged = self._logged(session, wanted, since, until, as_of)
            spoken = [_contact(row) for row in self._versions(session, wanted, since, until, as_of)]
        unlogged = [c for c in spoken if c is not None and not any(_same(c, other) for other in logged)]
        return sorted([*logged, *unlogged], key=lambda contact: contact.started_at)

    def calls(
        self, *, person: str | None = None, debt: str | None = None, account: str | None = None,
        number: str | None = None, since: datetime | None = None, until: datetime | None = None,
        as_of: datetime | None = None,
    ) -> list[Call]:  # fmt: skip
        """Calls with a result, oldest first, with the metadata and the words that were valid at ``as_of``."""
        wanted = {"person": person, "debt": debt, "account": account, "number": number}
        with self.database.read() as session:
            rows = self._versions(session, wanted, since, until, as_of)
            blobs = self._blobs(session, [row.call_id for row in rows], as_of)
        return [
            replace(read_result(self.vault, *blobs[row.call_id]).call, metadata=decode_metadata(row.known))
            for row in rows
            if row.call_id in blobs
        ]

    @property
    def complete(self) -> bool:
        """True when a contact log covers every time asked for, by days (UTC); before anything was asked, False."""
        return bool(self._asked) and all(self._covered(*asked) for asked in self._asked)

    def _covered(self, since: date | None, until: date | None, as_of: datetime | None) -> bool:
        span = select(func.min(ContactRow.started_at), func.max(ContactRow.started_at)).where(
            ContactRow.org_id == self.org, *valid_at(ContactRow.at, ContactRow.superseded_at, as_of)
        )
        with self.database.read() as session:
            first, last = session.execute(span).one()
        return first is not None and first.date() <= (since or first.date()) and last.date() >= (until or now().date())

    def _logged(
        self, session: Session, wanted: Mapping[str, str | None], since: datetime | None, until: datetime | None,
        as_of: datetime | None,
    ) -> list[Contact]:  # fmt: skip
        found = _conditions(ContactRow, wanted, since, until)
        valid = valid_at(ContactRow.at, ContactRow.superseded_at, as_of)
        rows = session.scalars(
            select(ContactRow).where(ContactRow.org_id == self.org, *found, *valid).order_by(ContactRow.started_at)
        )
        return [as_contact(row) for row in rows]

    def _versions(
        self, session: Session, wanted: Mapping[str, str | None], since: datetime | None, until: datetime | None,
        as_of: datetime | None,
    ) -> list[MetadataVersion]:  # fmt: skip
        valid = valid_at(MetadataVersion.at, MetadataVersion.superseded_at, as_of)
        rows = select(MetadataVersion).where(
            MetadataVersion.org_id == self.org, *_conditions(MetadataVersion, wanted, since, until), *valid
        )
        return list(session.scalars(rows.order_by(MetadataVersion.started_at, MetadataVersion.call_id)))

    def _blobs(self, session: Session, calls: list[int], as_of: datetime | None) -> dict[int, tuple[str, str, bytes]]:
        valid = valid_at(Result.made_at, Result.superseded_at, as_of)
        rows = select(Result.call_id, CallRow.public_id, Result.blob, CallRow.sealed_key).join(
            CallRow, CallRow.id == Result.call_id
        )
        return {
            row[0]: (row[1], row[2], row[3]) for row in session.execute(rows.where(Result.call_id.in_(calls), *valid))
        }


def _conditions(
    table: Any, wanted: Mapping[str, str | None], since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    found = [getattr(table, name) == value for name, value in wanted.items() if value is not None]
    found += [table.started_at >= since] if since else []
    return found + ([table.started_at < until] if until else [])


def _contact(row: MetadataVersion) -> Contact | None:
    """The attempt that a call itself is, where its metadata tell who and when."""
    metadata = decode_metadata(row.known)
    if metadata.started_at is None or metadata.customer_id is None:
        return None
    return Contact(
        metadata.customer_id, row.started_at or metadata.started_at, metadata.direction or "outbound", metadata.debt_id,
        metadata.account_id, metadata.person_number, metadata.campaign, None, metadata.call_id,
    )  # fmt: skip


def _same(call: Contact, logged: Contact) -> bool:
    if call.recording is not None and call.recording == logged.recording:
        return True
    return call.person == logged.person and abs(call.started_at - logged.started_at) <= SAME
