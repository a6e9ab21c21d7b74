"""What a rule may ask of other calls and contacts, in the person's own days.

Recorded calls count as contacts too, once each: a contact log that misses a recorded call must not make it disappear. All
answers look only at what began before the call that is judged, so the order in which calls arrive cannot matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rules.engine.hits import Hit
from rules.engine.view import CallView
from rules.engine.zones import local_times
from rules.facts import CallFacts, ContactFacts
from rules.history import KEYS, started_at
from rules.language.schema import Said
from rules.records import Evidence


@dataclass(frozen=True, slots=True)
class Attempt:
    """One contact, from the log or from a recording."""

    started_at: datetime
    direction: str
    outcome: str | None
    recording: str | None
    call: CallFacts | None = None  # where it was recorded and is in the ledger

    @property
    def name(self) -> str:
        return self.recording or f"contact at {self.started_at.isoformat()}"


@dataclass(frozen=True, slots=True)
class Earlier:
    """A place in another call."""

    call: CallFacts
    hit: Hit

    @property
    def evidence(self) -> Evidence:
        """The quote, with the call it comes from instead of a party."""
        found = self.hit.evidence
        return Evidence(found.quote, found.start, found.end, f"{self.call.id}/{found.party}")


def key_value(call: CallFacts, key: str) -> str | None:
    """The call's person, account, debt, number or agent."""
    value = call.metadata.get(KEYS[key])
    return None if value is None else str(value)


def attempts(view: CallView, key: str, value: str, since: datetime, until: datetime) -> list[Attempt]:
    """Contacts and recorded calls, each once, in order of time. The call that is judged is not among them."""
    assert view.history is not None
    own = view.call.metadata.get("call_id") or view.call.id
    logged = view.history.contacts(key, value, since=since, until=until, as_of=view.as_of)
    found = {_identity(row.recording, row.started_at): _of_row(row) for row in logged if row.recording != own}
    for call in view.history.calls(key, value, since=since, until=until, as_of=view.as_of):
        began = started_at(call)
        name = str(call.metadata.get("call_id") or call.id)
        if began is None or name == own:
            continue
        attempt = Attempt(began, str(call.metadata.get("direction") or ""), call.metadata.get("outcome"), name, call)
        known = next((key for key, other in found.items() if _same(attempt, other)), None)
        if known is None:
            found[name] = attempt
        else:  # the log knows how it ended, the recording what was said
            found[known] = replace(attempt, outcome=found[known].outcome or attempt.outcome)
    return sorted(found.values(), key=lambda a: (a.started_at, a.name))


def _identity(recording: str | None, moment: datetime) -> str:
    return recording or moment.isoformat()


def _of_row(row: ContactFacts) -> Attempt:
    return Attempt(row.started_at, row.direction, row.outcome, row.recording)


def _same(a: Attempt, b: Attempt) -> bool:
    """One attempt seen twice: the same recording, or the same direction within a minute."""
    if a.recording and b.recording:
        return a.recording == b.recording
    return a.direction == b.direction and abs(a.started_at - b.started_at) <= timedelta(minutes=1)


def local_day(view: CallView, moment: datetime) -> date:
    """The date of ``moment`` where the person is; in the zone of the recorder where that is not known."""
    times = local_times({**view.call.metadata, "started_at": moment})
    if times:
        return next(iter(times.values())).date()
    began = started_at(view.call)
    return moment.astimezone(began.tzinfo if began is not None else ZoneInfo("UTC")).date()


def earlier_calls(view: CallView, key: str, days: float) -> list[CallFacts]:
    """Recorded calls of the same person, account, debt or number in the ``days`` before this call."""
    began, value = started_at(view.call), key_value(view.call, key)
    if view.history is None or began is None or value is None:
        return []
    own = view.call.metadata.get("call_id") or view.call.id
    found = view.history.calls(key, value, since=began - timedelta(days=days), until=began, as_of=view.as_of)
    return [call for call in found if (call.metadata.get("call_id") or call.id) != own]


def earlier_hits(view: CallView, said: Said, key: str, days: float) -> Iterator[Earlier]:
    """Where ``said`` was said in earlier calls, the latest call first."""
    for call in reversed(earlier_calls(view, key, days)):
        for hit in view.beside(call).hits(said):
            yield Earlier(call, hit)
