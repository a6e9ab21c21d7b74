"""Rules over many calls, and which calls must be judged again when one more arrives.

A new or changed call can change the verdicts of later calls of the same person, account, debt or number (they count it, or
must honour what was asked in it), and of earlier ones that promised it. Judging those again makes the order of arrival
irrelevant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.ledger.facts import as_span, call_facts
from pipeline.ledger.history import LedgerHistory
from pipeline.protocols import Heard, Ledger, Meaning
from pipeline.records import Call, Evidence
from rules.engine.judging import Judgement, examine
from rules.engine.ruleset import RuleSet
from rules.facts import Stretch

ACROSS = frozenset({"cross_call", "cross_signal"})
PROMISES = timedelta(days=31)  # how long a promise can wait for the call that keeps it


def across_rules(ruleset: RuleSet) -> RuleSet:
    """The part of a rule set that needs the ledger."""
    return ruleset.only(ids=[rule.id for rule in ruleset.rules if rule.kind.name in ACROSS])


@dataclass(frozen=True, slots=True)
class BySound:
    """The pipeline's second look, as the rules ask for it."""

    heard: Heard

    def find(self, phrases: Sequence[str], span: Stretch, party: str | None = None) -> tuple[float, Evidence | None]:
        return self.heard.find(phrases, as_span(span), party)


def judge_call(
    call: Call,
    ruleset: RuleSet,
    *,
    heard: Heard | None = None,
    ledger: Ledger | None = None,
    meaning: Meaning | None = None,
    as_of: datetime | None = None,
) -> Judgement:
    """Verdicts and signals of ``ruleset`` for one call of the pipeline, with all it may be judged with."""
    return examine(
        call_facts(call),
        ruleset,
        heard=None if heard is None else BySound(heard),
        ledger=None if ledger is None else LedgerHistory(ledger),
        meaning=meaning,
        as_of=as_of,
        models=None if meaning is None else {"model.meaning": meaning.name},
    )


def judge_across(call: Call, ledger: Ledger, across: RuleSet, *, as_of: datetime | None = None) -> Judgement:
    """Verdicts and signals of the cross-call rules for one call. ``across``: see `across_rules`."""
    return judge_call(call, across, ledger=ledger, as_of=as_of)


def touched(call: Call, ledger: Ledger) -> list[str]:
    """Ids of the other calls whose cross-call verdicts may change because of ``call``, in order of time."""
    began = call.metadata.started_at
    if began is None:
        return []
    found: dict[str, datetime] = {}
    for other in _related(call, ledger, began - PROMISES):
        moment = other.metadata.started_at
        if other.id != call.id and moment is not None:
            found[other.id] = moment
    return sorted(found, key=lambda id: (found[id], id))


def _related(call: Call, ledger: Ledger, since: datetime) -> Iterable[Call]:
    """Calls that share a key with ``call``. What comes later may look back for years, so nothing bounds it."""
    metadata = call.metadata
    if metadata.customer_id is not None:
        yield from ledger.calls(person=metadata.customer_id, since=since)
    if metadata.account_id is not None:
        yield from ledger.calls(account=metadata.account_id, since=since)
    if metadata.debt_id is not None:
        yield from ledger.calls(debt=metadata.debt_id, since=since)
    if metadata.person_number is not None:
        yield from ledger.calls(number=metadata.person_number, since=since)
