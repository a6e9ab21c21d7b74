"""How far the cross-call rules look, and whose answers may change because of what happened to somebody.

A window belongs to one rule: by which keys it asks, how far back and ahead of its own call, whether the contact log counts.
What happened outside of every window of a call cannot change its verdicts, so nothing needs to be judged again there.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.records import Contact, Metadata
from rules.engine.ruleset import RuleSet
from rules.kinds.cross_call import CrossCall, Promise
from rules.kinds.cross_signal import CrossSignal
from rules.language.files import Rule

KEYS = ("person", "account", "debt", "number")
PROMISES = timedelta(days=366)  # how long a promise can wait for the call that keeps it
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Window:
    """What one rule asks of other calls: those that share a key and began from ``back`` before to ``ahead`` after its call."""

    rule: str
    keys: tuple[str, ...]
    back: timedelta = NOTHING
    ahead: timedelta = NOTHING
    log: bool = False  # whether rows of the contact log count, and whether the log covers those days
    verdict: bool = True  # False: a signal, which leaves no verdict where it was silent


@dataclass(frozen=True, slots=True)
class Mark:
    """One call or contact as the windows see it: when it began, whose it is, and which call it is (None: a row of the log)."""

    at: datetime
    keys: Mapping[str, str] = field(default_factory=dict)
    call: Hashable = None


def windows_of(ruleset: RuleSet) -> tuple[Window, ...]:
    """The windows of the cross-call rules in ``ruleset``."""
    return tuple(window for rule in ruleset.rules for window in _windows(rule) if window.keys)


def mark_of_call(metadata: Metadata, call: Hashable) -> Mark | None:
    """A call by its metadata; None where nobody says when it began: no rule can place it."""
    if metadata.started_at is None:
        return None
    whose = (metadata.customer_id, metadata.account_id, metadata.debt_id, metadata.person_number)
    return Mark(metadata.started_at, _known(whose), call)


def mark_of_contact(contact: Contact) -> Mark:
    """A row of the contact log."""
    return Mark(contact.started_at, _known((contact.person, contact.account, contact.debt, contact.number)))


def concerned(news: Iterable[Mark], others: Iterable[Mark], windows: Sequence[Window]) -> dict[Hashable, set[str]]:
    """Calls among ``others`` that have something of ``news`` in a window of theirs, with the rules that asked.

    A call is never news to itself.
    """
    placed: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark in sorted(news, key=lambda mark: mark.at):
        for pair in mark.keys.items():
            placed[pair].append(mark)
    found: dict[Hashable, set[str]] = defaultdict(set)
    for other in others:
        for window in windows:
            if any(_inside(window, other, placed.get((key, other.keys.get(key, "")), [])) for key in window.keys):
                found[other.call].add(window.rule)
    return dict(found)


def _inside(window: Window, other: Mark, marks: Sequence[Mark]) -> bool:
    first = bisect_left(marks, other.at - window.back, key=lambda mark: mark.at)
    last = bisect_right(marks, other.at + window.ahead, key=lambda mark: mark.at)
    return any(mark.call is None or mark.call != other.call for mark in marks[first:last])


def _windows(rule: Rule) -> list[Window]:
    body = rule.body
    if isinstance(body, CrossCall):
        if body.frequency is not None:
            days = max(body.frequency.days, body.frequency.quiet_days) + 1  # days of the person's wall, not of 24 hours
            return [Window(rule.id, (body.frequency.key,), timedelta(days=days), log=True)]
        if body.after_request is not None:
            return [Window(rule.id, tuple(body.after_request.key), timedelta(days=body.after_request.within_days))]
        assert body.promise is not None
        return [Window(rule.id, tuple(body.promise.key), ahead=_wait(body.promise), log=True)]
    if isinstance(body, CrossSignal):
        check = body.repeat or body.chain
        assert check is not None
        keys = (check.key,) if isinstance(check.key, str) else tuple(check.key)
        known = tuple(key for key in keys if key in KEYS)  # no ledger answers for an agent
        return [Window(rule.id, known, timedelta(days=check.days), verdict=False)]
    return []


def _wait(promise: Promise) -> timedelta:
    return max(PROMISES, timedelta(hours=promise.default_hours))


def _known(values: tuple[str | None, ...]) -> dict[str, str]:
    return {key: value for key, value in zip(KEYS, values, strict=True) if value is not None}
