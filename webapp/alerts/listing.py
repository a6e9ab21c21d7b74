"""Alerts and refused mails as rows for the command line."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from dashboards import wording
from webapp.alerts.routes import base_url
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.tables import AlertRow, CaseRow, DeliveryRow, MailRow, Ranked


def alerts_of(store: SqlStore, settings: Settings, limit: int) -> list[dict[str, Any]]:
    """The latest alerts; mails are counted by what became of them."""
    with store.database.read() as session:
        rows = session.execute(
            select(AlertRow, CaseRow, Ranked.name)
            .join(CaseRow, CaseRow.id == AlertRow.case_id)
            .join(Ranked, Ranked.call_id == AlertRow.call_id)
            .where(AlertRow.org_id == store.org)
            .order_by(AlertRow.id.desc())
            .limit(limit)
        ).all()
        sent = session.execute(
            select(DeliveryRow.alert_id, DeliveryRow.how, MailRow.state)
            .join(MailRow, MailRow.id == DeliveryRow.mail_id, isouter=True)
            .where(DeliveryRow.alert_id.in_([alert.id for alert, _case, _name in rows]))
            .order_by(DeliveryRow.id)
        ).all()
    mails: dict[int, list[str]] = {}
    for alert, how, state in sent:
        mails.setdefault(alert, []).append(state or ("waits for the digest" if how == "digest" else "due"))
    return [
        {"at": wording.when(alert.at, settings.zone), "risk": wording.score(alert.risk), "call": name, "rule": alert.rule,
         "title": alert.title, "state": case.state, "mails": ", ".join(mails.get(alert.id, ["nobody to tell"])),
         "alert": alert.public_id, "case": f"{base_url(settings)}/cases/{case.public_id}"}
        for alert, case, name in rows
    ]  # fmt: skip


def refused_of(store: SqlStore, settings: Settings, limit: int) -> list[dict[str, Any]]:
    wanted = MailRow.org_id == store.org, MailRow.state == "refused"
    with store.database.read() as session:
        rows = session.scalars(select(MailRow).where(*wanted).order_by(MailRow.id.desc()).limit(limit)).all()
    return [
        {"at": wording.when(mail.made_at, settings.zone), "address": mail.address, "subject": mail.subject,
         "said": mail.said, "mail": mail.public_id}
        for mail in rows
    ]  # fmt: skip
