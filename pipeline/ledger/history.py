"""The pipeline's ledger, as the rules ask it.

Everything that was answered goes into the digest: a verdict's basis names exactly the past it rests on, and a later call of
somebody else does not change it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pipeline.ledger.facts import call_facts, contact_facts
from pipeline.protocols import Ledger
from pipeline.records import Call
from rules.engine.basis import transcript_digest
from rules.facts import CallFacts, ContactFacts


class LedgerHistory:
    """Answers of one ledger for the judgement of one call."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._answers: set[str] = set()
        self._facts: dict[str, tuple[Call, CallFacts]] = {}

    @property
    def complete(self) -> bool:
        return self._ledger.complete

    @property
    def digest(self) -> str:
        """SHA-256 over everything answered so far, in an order that does not depend on the questions'."""
        lines = [f"complete={self.complete}", *sorted(self._answers)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def contacts(
        self, key: str, value: str, *, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> Sequence[ContactFacts]:
        if key == "agent":
            return []
        found = self._ledger.contacts(**{key: value}, since=since, until=until, as_of=as_of)
        rows = [contact_facts(contact) for contact in found]
        self._answers.update(repr(row) for row in rows)
        return rows

    def calls(
        self, key: str, value: str, *, since: datetime, until: datetime, as_of: datetime | None = None
    ) -> Sequence[CallFacts]:
        if key == "agent":
            return []
        found = self._ledger.calls(**{key: value}, since=since, until=until, as_of=as_of)
        facts = [self._known(call) for call in found]
        self._answers.update(f"{f.id}|{f.metadata.get('started_at')}|{transcript_digest(f)}" for f in facts)
        return facts

    def _known(self, call: Call) -> CallFacts:
        """The facts of a call, the same object each time, so that its words are looked at once."""
        kept = self._facts.get(call.id)
        if kept is None or kept[0] is not call:
            kept = self._facts[call.id] = (call, call_facts(call))
        return kept[1]
