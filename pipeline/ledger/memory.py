"""Contacts and calls in memory, answering as a database would.

Records that arrive twice count once; the order of arrival is forgotten at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeline.records import Call, Contact


class MemoryLedger:
    """A ledger without a database. ``complete`` says whether the contacts are a whole contact log."""

    def __init__(
        self, contacts: Iterable[Contact] | None = None, calls: Iterable[Call] = (), *, complete: bool | None = None
    ) -> None:
        self._contacts: set[Contact] = set(contacts or ())
        self._calls: dict[str, Call] = {}
        self._complete = contacts is not None if complete is None else complete
        for call in calls:
            self.add_call(call)

    @property
    def complete(self) -> bool:
        return self._complete

    def add_contact(self, contact: Contact) -> None:
        self._contacts.add(contact)

    def add_call(self, call: Call) -> None:
        """Remember ``call``; the same id again replaces what was known."""
        self._calls[call.id] = call

    def contacts(self, *, person: str | None = None, debt: str | None = None, account: str | None = None,
                 number: str | None = None, since: datetime | None = None, until: datetime | None = None,
                 as_of: datetime | None = None) -> list[Contact]:  # fmt: skip
        """Contacts that fit every key given, from ``since`` to before ``until``, in order of time."""
        found = [
            contact
            for contact in self._contacts
            if _fits(person, contact.person)
            and _fits(debt, contact.debt)
            and _fits(account, contact.account)
            and _fits(number, contact.number)
            and _in(contact.started_at, since, until, as_of)
        ]
        return sorted(found, key=lambda c: (c.started_at, c.recording or "", repr(c)))

    def calls(self, *, person: str | None = None, debt: str | None = None, account: str | None = None,
              number: str | None = None, since: datetime | None = None, until: datetime | None = None,
              as_of: datetime | None = None) -> list[Call]:  # fmt: skip
        """Calls that fit every key given, from ``since`` to before ``until``, in order of time; undated ones never."""
        found = [
            (call.metadata.started_at, call)
            for call in self._calls.values()
            if _fits(person, call.metadata.customer_id)
            and _fits(debt, call.metadata.debt_id)
            and _fits(account, call.metadata.account_id)
            and _fits(number, call.metadata.person_number)
            and call.metadata.started_at is not None
            and _in(call.metadata.started_at, since, until, as_of)
        ]
        return [call for _, call in sorted(found, key=lambda pair: (pair[0], pair[1].id))]


def _fits(wanted: str | None, value: str | None) -> bool:
    return wanted is None or wanted == value


def _in(moment: datetime, since: datetime | None, until: datetime | None, as_of: datetime | None) -> bool:
    return (
        (since is None or since <= moment) and (until is None or moment < until) and (as_of is None or moment <= as_of)
    )
