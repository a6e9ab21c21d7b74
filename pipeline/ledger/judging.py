"""Rules over many calls, and which calls must be judged again when one more arrives.

A new or changed call can change the verdicts of later calls of the same person, account, debt or number (they count it, or
must honour what was asked in it), and of earlier ones that promised it; how far that goes, the windows of the rules say.
Judging those again makes the order of arrival irrelevant.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pipeline.ledger.facts import as_span, call_facts
from pipeline.ledger.history import LedgerHistory
from pipeline.ledger.windows import Mark, Window, concerned, mark_of_call
from pipeline.protocols import Heard, Ledger, Meaning
from pipeline.records import Call, Evidence
from rules.engine.judging import Judgement, examine
from rules.engine.ruleset import RuleSet
from rules.facts import Stretch

ACROSS = frozenset({"cross_call", "cross_signal"})


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


def touched(call: Call, ledger: Ledger, windows: Sequence[Window]) -> list[str]:
    """Ids of the other calls whose cross-call verdicts may change because of ``call``, in order of time.

    :param windows: of the rules in force, see `windows_of`.
    """
    news = mark_of_call(call.metadata, call.id)
    if news is None or not windows:
        return []
    others = {mark.call: mark for mark in _related(news, ledger, windows)}
    found = concerned([news], others.values(), windows)
    return sorted((str(id) for id in found), key=lambda id: (others[id].at, id))


def _related(news: Mark, ledger: Ledger, windows: Sequence[Window]) -> Iterable[Mark]:
    """Calls that share a key and are near enough for some window."""
    since = news.at - max(window.ahead for window in windows)
    until = news.at + max(window.back for window in windows) + timedelta(seconds=1)  # ledgers leave the end out
    for key in sorted({key for window in windows for key in window.keys} & set(news.keys)):
        whose: dict[str, Any] = {key: news.keys[key]}
        for other in ledger.calls(**whose, since=since, until=until):
            mark = mark_of_call(other.metadata, other.id)
            if mark is not None:
                yield mark
