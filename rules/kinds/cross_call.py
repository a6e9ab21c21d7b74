"""Duties that one call cannot show: how often somebody is called, whether a request was honoured, a promise kept.

Without a ledger nothing can be said, and counts without a contact log are lower bounds: they may break a limit but never
prove that it was kept. Days are days where the person is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from pydantic import Field, model_validator

from rules.engine.dues import due_after
from rules.engine.outcomes import Outcome, failed, not_applicable, passed, unsure
from rules.engine.past import Attempt, Earlier, attempts, earlier_hits, key_value, local_day
from rules.engine.view import CallView
from rules.engine.zones import local_times
from rules.history import started_at
from rules.language.schema import RuleBase, Said, Strict
from rules.records import Evidence, Value

Key = Literal["person", "account", "debt", "number"]


class Frequency(Strict):
    """At most so many outbound calls in a row of days, and none for some days after a conversation."""

    key: Key = "debt"
    at_most: int = Field(7, ge=1, le=1000)
    days: int = Field(7, ge=1, le=366)
    quiet_days: int = Field(7, ge=0, le=366, description="Days after a conversation; its own day is day one.")
    talked: list[str] = Field(default=["talked", "conversation", "right_party", "connected", "answered"])
    talk: Said | None = Field(None, description="What must be said in a recorded call to make it a conversation.")
    not_counted: list[str] = Field(default=["not_connected", "failed", "wrong_number", "consented"])


class Slot(Strict):
    """Words that name hours, and the hours."""

    said: Said
    since: time
    until: time


class AfterRequest(Strict):
    """A request in an earlier call that this call must honour."""

    request: Said
    key: list[Key] = Field(default=["number", "person"])
    within_days: float = Field(3650, gt=0, description="How far back requests count.")
    grace_days: float = Field(0, ge=0, description="Days after the request in which a call is no breach yet.")
    lifted_by: Said | None = Field(None, description="Said in a later call, it takes the request back.")
    slots: list[Slot] = Field(default=[], description="The request is about hours: only calls in them are breaches.")


class Promise(Strict):
    """A promise in this call that a later contact must keep."""

    promise: Said
    key: list[Key] = Field(default=["person", "account", "number"])
    default_hours: float = Field(48, gt=0, description="When it is due if no time was said.")


class CrossCall(RuleBase):
    """Exactly one of the checks."""

    kind: Literal["cross_call"]
    frequency: Frequency | None = None
    after_request: AfterRequest | None = None
    promise: Promise | None = None

    @model_validator(mode="after")
    def _has_one_check(self) -> CrossCall:
        if sum(check is not None for check in (self.frequency, self.after_request, self.promise)) != 1:
            raise ValueError("needs exactly one of frequency, after_request and promise")
        return self


@dataclass(frozen=True)
class CrossCallKind:
    """PASS, FAIL or UNSURE by the ledger."""

    name: str = "cross_call"
    model: type[CrossCall] = CrossCall
    signals: bool = False

    def judge(self, rule: CrossCall, view: CallView) -> Outcome:
        began = started_at(view.call)
        if rule.promise is not None:
            return _promise(rule.promise, view, began)
        if view.history is None:
            return unsure("there is no ledger of other calls")
        if began is None:
            return unsure("the metadata does not say when the call began")
        if rule.frequency is not None:
            return _frequency(rule.frequency, view, began)
        assert rule.after_request is not None
        return _after_request(rule.after_request, view, began)


kind = CrossCallKind()


def _frequency(check: Frequency, view: CallView, began: datetime) -> Outcome:
    value = key_value(view.call, check.key)
    if value is None:
        return unsure(f"the metadata does not name the {check.key}")
    today = local_day(view, began)
    span = max(check.days, check.quiet_days)
    past = attempts(view, check.key, value, began - timedelta(days=span + 1), began)
    counted = [a for a in past if a.direction == "outbound" and a.outcome not in check.not_counted
               and (today - local_day(view, a.started_at)).days < check.days]  # fmt: skip
    recent = [a for a in past if (today - local_day(view, a.started_at)).days < check.quiet_days]
    talks = [attempt for attempt in recent if _talked(check, view, attempt)]
    if talks:
        return _broken(f"a call within {check.quiet_days} days after a conversation", talks[-1:])
    if len(counted) + 1 > check.at_most:
        return _broken(
            f"call {len(counted) + 1} within {check.days} days, {check.at_most} are presumed lawful", counted
        )
    assert view.history is not None
    if not view.history.complete:
        return unsure(f"call {len(counted) + 1} of those known, but there is no contact log")
    return passed(f"call {len(counted) + 1} within {check.days} days, and no conversation before")


def _talked(check: Frequency, view: CallView, attempt: Attempt) -> bool:
    """Whether the attempt was a conversation: by what was said where it was recorded, else by its outcome."""
    if check.talk is None or attempt.call is None or attempt.outcome in ("talked", "conversation", "right_party"):
        return attempt.outcome in check.talked
    return bool(view.beside(attempt.call).hits(check.talk))


def _broken(what: str, calls: list[Attempt]) -> Outcome:
    evidence = tuple(Evidence(f"{a.started_at.isoformat()} {a.direction} {a.outcome or ''}".strip(), 0.0, 0.0, a.name)
                     for a in calls)  # fmt: skip
    return Outcome(Value.FAIL, f"presumption: {what}", evidence)


def _after_request(check: AfterRequest, view: CallView, began: datetime) -> Outcome:
    keys = [key for key in check.key if key_value(view.call, key) is not None]
    if not keys:
        return unsure(f"the metadata does not name the {' or the '.join(check.key)}")
    requests = _requests(check, view, began, keys)
    breaches = [request for request in requests if _in_slot(check, view, request)]
    if breaches and breaches[0].hit.firm:
        when = started_at(breaches[0].call)
        return Outcome(Value.FAIL, f"it was asked for on {when:%Y-%m-%d} in call {breaches[0].call.id}",
                       tuple(b.evidence for b in breaches[:3]))  # fmt: skip
    if breaches:
        outcome = unsure("it may have been asked for in an earlier call", [breaches[0].hit])
        return Outcome(outcome.value, outcome.reason, (breaches[0].evidence,), outcome.confidence)
    if requests:
        return passed("it was asked for, and this call keeps to it")
    return passed("no earlier call asks for it")


def _requests(check: AfterRequest, view: CallView, began: datetime, keys: list[Key]) -> list[Earlier]:
    """Requests that hold when this call begins, firm ones first."""
    found: list[Earlier] = []
    for key in keys:
        for request in earlier_hits(view, check.request, key, check.within_days):
            when = started_at(request.call)
            if when is not None and began - when >= timedelta(days=check.grace_days) and request not in found:
                found.append(request)
    if check.lifted_by is not None:
        lifts = [lift for key in keys for lift in earlier_hits(view, check.lifted_by, key, check.within_days)]
        found = [request for request in found if not any(_later(lift, request) for lift in lifts)]
    return sorted(found, key=lambda request: (not request.hit.firm, str(started_at(request.call)), request.call.id))


def _later(lift: Earlier, request: Earlier) -> bool:
    """Whether the lift came after the request, in the same call or a later one."""
    a, b = started_at(lift.call), started_at(request.call)
    assert a is not None
    assert b is not None
    return (a, lift.hit.start) > (b, request.hit.start)


def _in_slot(check: AfterRequest, view: CallView, request: Earlier) -> bool:
    """Whether this call begins in hours that the request excludes; requests without hours exclude all."""
    if not check.slots:
        return True
    moments = list(local_times(view.call.metadata).values())
    for slot in check.slots:
        named = any(hit.turn == request.hit.turn for hit in view.beside(request.call).hits(slot.said))
        if named and any(slot.since <= moment.time().replace(tzinfo=None) < slot.until for moment in moments):
            return True
    return False


def _promise(check: Promise, view: CallView, began: datetime | None) -> Outcome:
    promises = view.hits(check.promise)
    firm = [hit for hit in promises if hit.firm]
    if not firm:
        return unsure("a promise may have been made", promises) if promises else not_applicable("nothing was promised")
    if view.history is None or began is None:
        return unsure("a promise was made, but there is no ledger of later contacts", firm[:1])
    due = due_after(firm[0], view, began, timedelta(hours=check.default_hours))
    kept = [attempt for key in check.key if (value := key_value(view.call, key)) is not None
            for attempt in _later_attempts(view, key, value, began, due)]  # fmt: skip
    if kept:
        return passed(f"it was kept at {min(a.started_at for a in kept).isoformat()}", firm[:1])
    if view.as_of is None or view.as_of < due:
        return unsure(f"it is due by {due.isoformat()} and not known to be kept yet", firm[:1])
    if not view.history.complete:
        return unsure(f"no call until {due.isoformat()} is known, but there is no contact log", firm[:1])
    return failed(f"nobody called until {due.isoformat()}", firm[:1])


def _later_attempts(view: CallView, key: Key, value: str, began: datetime, due: datetime) -> list[Attempt]:
    after = began + timedelta(seconds=max(1.0, view.call.duration))
    return [a for a in attempts(view, key, value, after, due + timedelta(seconds=1)) if a.direction == "outbound"]
