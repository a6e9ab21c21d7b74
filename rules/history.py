"""The past of a person, account, debt or number, held in memory.

What examples, tests and single runs use; a database can answer the same questions. Nothing depends on the order in which
contacts and calls arrived: answers are sorted by time, then by identity.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from rules.facts import CallFacts, ContactFacts

KEYS = {"person": "customer_id", "account": "account_id", "debt": "debt_id", "number": "person_number",
        "agent": "agent_id"}  # fmt: skip


@dataclass(frozen=True)
class MemoryHistory:
    """``contact_log`` is None where there is no contact log: then counts are lower bounds."""

    contact_log: tuple[ContactFacts, ...] | None = None
    recorded: tuple[CallFacts, ...] = ()

    @property
    def complete(self) -> bool:
        return self.contact_log is not None

    @cached_property
    def digest(self) -> str:
        rows = sorted(repr(row) for row in self.contact_log or ())
        calls = sorted(f"{call.id}|{sorted(call.metadata.items(), key=str)}|{_words(call)}" for call in self.recorded)
        return hashlib.sha256("\n".join([str(self.complete), *rows, "--", *calls]).encode()).hexdigest()

    def contacts(
        self, key: str, value: str, *, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> Sequence[ContactFacts]:
        """Contacts of ``value`` from ``since`` to before ``until``, in order of time."""
        rows = [row for row in self.contact_log or () if getattr(row, key) == value]
        return sorted(
            (row for row in rows if since <= row.started_at < until and _known(row.started_at, as_of)),
            key=lambda row: (row.started_at, row.recording or "", repr(row)),
        )

    def calls(
        self, key: str, value: str, *, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> Sequence[CallFacts]:
        """Recorded calls of ``value`` from ``since`` to before ``until``, in order of time."""
        found = [call for call in self.recorded if call.metadata.get(KEYS[key]) == value]
        placed = [(started, call) for call in found if (started := started_at(call)) is not None]
        kept = [(t, call) for t, call in placed if since <= t < until and _known(t, as_of)]
        return [call for _, call in sorted(kept, key=lambda item: (item[0], item[1].id))]


def started_at(call: CallFacts) -> datetime | None:
    """When the call began, with its zone; None when the metadata does not say."""
    value = call.metadata.get("started_at")
    return value if isinstance(value, datetime) and value.tzinfo is not None else None


def _known(moment: datetime, as_of: datetime | None) -> bool:
    return as_of is None or moment <= as_of


def _words(calls: CallFacts) -> str:
    return " ".join(word.text for turn in calls.turns for word in turn.words)


def history_of(contacts: Iterable[ContactFacts] | None, calls: Iterable[CallFacts] = ()) -> MemoryHistory:
    """A history of these rows; None for ``contacts`` means that there is no contact log."""
    return MemoryHistory(None if contacts is None else tuple(contacts), tuple(calls))
