"""Mails out of alerts: at once, with the digest, or because nobody answered.

Each mail goes to one address, is written once and kept, and stands in the outbox from the transaction that wrote it. Its
key says what it is about, so two passes at once, or a pass after a crash, never write it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboards import wording
from webapp.alerts import facts
from webapp.alerts.raising import DIGEST, ESCALATION, NOW
from webapp.alerts.routes import Routes, base_url
from webapp.alerts.writing import Item, Letter, subject_of, write_letter
from webapp.database import insert_new
from webapp.schedule import Schedule
from webapp.settings import Settings
from webapp.store.outbox import MAIL, post
from webapp.tables import AlertRow, CaseRow, DeliveryRow, MailCall, MailRow
from webapp.tables.base import new_public_id

HOUR = timedelta(hours=1)
LEADS = {
    "escalation": "Nobody has acknowledged this alert yet. It comes to you as the next in line.",
    "digest": "Cases that were not urgent enough for a mail of their own, and alerts held back by the hourly limit.",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing mails needs to know."""

    session: Session
    org: int
    settings: Settings
    moment: datetime


def undelivered(session: Session, org: int) -> bool:
    """Whether anything waits to be told to anybody."""
    waiting = DeliveryRow.org_id == org, DeliveryRow.mail_id.is_(None)
    return session.scalar(select(DeliveryRow.id).where(*waiting).limit(1)) is not None


def write_due(desk: Desk, routes: Routes) -> int:
    """Write every mail that is due; how many."""
    count = 0
    if not routes.is_quiet(desk.moment):
        count += sum(_now(desk, delivery) for delivery in _pending(desk, NOW))
        count += sum(_escalated(desk, delivery) for delivery in _pending(desk, ESCALATION))
    return count + _digests(desk)


def write_test(desk: Desk, address: str) -> MailRow:
    """A mail like an alert, about nothing, that says so."""
    url = base_url(desk.settings)
    at = wording.when(desk.moment, desk.settings.zone)
    item = Item("This is how an alert looks", "example", "example-0001", 87, at, wording.clock(73.2), f"{url}/cases",
                f"{url}/queue", ("Nothing happened: this mail was asked for with `callsift alerts test`.",
                                 "A real alert names its call and its rule, and leads to the second to listen from."))  # fmt: skip
    return _post(desk, "test", f"test:{new_public_id()}", address, [item])


def _pending(desk: Desk, how: str) -> Sequence[DeliveryRow]:
    wanted = DeliveryRow.org_id == desk.org, DeliveryRow.how == how, DeliveryRow.mail_id.is_(None)
    locked = select(DeliveryRow).where(*wanted).order_by(DeliveryRow.id).with_for_update(skip_locked=True)
    return desk.session.scalars(locked).all()


def _now(desk: Desk, delivery: DeliveryRow) -> int:
    """An alert's own mail; held back for the digest where there were too many, or somebody acted meanwhile."""
    alert = desk.session.get_one(AlertRow, delivery.alert_id)
    case = desk.session.get_one(CaseRow, alert.case_id)
    if alert.acknowledged_at is not None or case.state != "open" or _too_many(desk, alert.rule, delivery.address):
        delivery.how = DIGEST
        return 0
    return _one(desk, "alert", delivery, alert, case)


def _escalated(desk: Desk, delivery: DeliveryRow) -> int:
    alert = desk.session.get_one(AlertRow, delivery.alert_id)
    case = desk.session.get_one(CaseRow, alert.case_id)
    if alert.acknowledged_at is not None or case.state != "open":
        delivery.mailed_at = desk.moment  # answered before it was told: nothing to tell
        desk.session.delete(delivery)
        return 0
    return _one(desk, "escalation", delivery, alert, case)


def _one(desk: Desk, kind: str, delivery: DeliveryRow, alert: AlertRow, case: CaseRow) -> int:
    item = facts.item(desk.session, desk.settings, alert, case)
    key = f"{kind}:{alert.public_id}:{delivery.address}"
    mail = _post(desk, kind, key, delivery.address, [item], thread=case.public_id)
    _speaks_of(desk, mail, [alert])
    delivery.mail_id, delivery.mailed_at = mail.id, desk.moment
    desk.session.flush()  # the next one counts it
    return 1


def _too_many(desk: Desk, rule: str, address: str) -> bool:
    """Whether this address has had its share of mails about the rule within the hour."""
    sent = desk.session.scalar(
        select(func.count())
        .select_from(DeliveryRow)
        .join(AlertRow, AlertRow.id == DeliveryRow.alert_id)
        .where(
            DeliveryRow.org_id == desk.org, DeliveryRow.address == address, DeliveryRow.how == NOW,
            DeliveryRow.mailed_at > desk.moment - HOUR, AlertRow.rule == rule,
        )
    )  # fmt: skip
    return (sent or 0) >= desk.settings.alert_per_hour


def _digests(desk: Desk) -> int:
    """One mail an address with everything raised before the digest's latest hour; none where there is nothing."""
    slot = Schedule(desk.settings.alert_digest, desk.settings.zone).due(desk.moment)
    if slot is None:
        return 0
    by_address: dict[str, list[DeliveryRow]] = {}
    for delivery in _pending(desk, DIGEST):
        if desk.session.get_one(AlertRow, delivery.alert_id).at <= slot.at:
            by_address.setdefault(delivery.address, []).append(delivery)
    return sum(_digest(desk, slot.name, address, waiting) for address, waiting in by_address.items())


def _digest(desk: Desk, slot: str, address: str, waiting: Sequence[DeliveryRow]) -> int:
    key = f"digest:{slot}:{address}"
    if desk.session.scalar(select(MailRow.id).where(MailRow.org_id == desk.org, MailRow.key == key)) is not None:
        return 0  # today's is written; what came to the digest since waits for the next one
    told = [pair for pair in facts.latest(desk.session, [one.alert_id for one in waiting]) if pair[0].state == "open"]
    items = [facts.item(desk.session, desk.settings, alert, case) for case, alert in told]
    mail_id = None
    if items:
        mail = _post(desk, "digest", key, address, sorted(items, key=lambda item: -item.risk))
        _speaks_of(desk, mail, [alert for _case, alert in told])
        mail_id = mail.id
    for delivery in waiting:
        delivery.mailed_at = desk.moment
        delivery.mail_id = mail_id
        if mail_id is None:  # acknowledged or closed before anybody had to be told
            desk.session.delete(delivery)
    return 1 if items else 0


def _speaks_of(desk: Desk, mail: MailRow, alerts: Sequence[AlertRow]) -> None:
    """Keep which calls a mail names: it is erased with any of them."""
    for call in dict.fromkeys(alert.call_id for alert in alerts):
        desk.session.add(MailCall(org_id=desk.org, mail_id=mail.id, call_id=call))


def _post(
    desk: Desk, kind: str, key: str, address: str, items: Sequence[Item], *, thread: str | None = None
) -> MailRow:
    """Write the mail down and ask for it to be sent, in this transaction; the one already written where there is one."""
    name, sender = new_public_id(), desk.settings.mail_from
    domain = sender.rpartition("@")[2].strip("> ") or "localhost"
    letter = Letter(kind, sender, address, f"<{name}@{domain}>", desk.moment, tuple(items),
                    f"{base_url(desk.settings)}/cases", LEADS.get(kind, ""), f"<{thread}@{domain}>" if thread else None)  # fmt: skip
    values = {"org_id": desk.org, "public_id": name, "key": key, "message_id": letter.message_id, "kind": kind,
              "address": address, "subject": subject_of(letter), "raw": bytes(write_letter(letter)),
              "made_at": desk.moment, "state": "waiting", "attempt": 0, "said": ""}  # fmt: skip
    if insert_new(desk.session, MailRow, [values]):
        post(desk.session, desk.org, MAIL, [(name, {"mail": name})], desk.moment)
    return desk.session.scalars(select(MailRow).where(MailRow.org_id == desk.org, MailRow.key == key)).one()
