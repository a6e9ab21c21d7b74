"""Alerts: news about cases, written for everybody who is to hear of it, in the transaction that made the news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from pipeline.cases.records import PACK
from webapp.alerts.cases import News
from webapp.alerts.routes import Routes, addresses
from webapp.alerts.signs import signs_of
from webapp.database import insert_new
from webapp.tables import AlertRow, CaseRow, DeliveryRow, SuspectRow, Team
from webapp.tables.base import new_public_id

NOW, DIGEST, ESCALATION = "now", "digest", "escalation"


def raise_alerts(
    session: Session, org: int, news: Sequence[News], routes: Routes, threshold: float, moment: datetime
) -> int:
    """One alert for each case with news, and its way to each recipient; how many are new."""
    return sum(_raise(session, org, one, routes, threshold, moment) for one in news)


def escalate(session: Session, org: int, routes: Routes, threshold: float, after: timedelta, moment: datetime) -> int:
    """Have urgent alerts told to the next level that were mailed ``after`` ago and that nobody acknowledged; how many."""
    told = (
        DeliveryRow.alert_id == AlertRow.id,
        DeliveryRow.how != ESCALATION,
        DeliveryRow.mailed_at <= moment - after,
    )
    done = DeliveryRow.alert_id == AlertRow.id, DeliveryRow.how == ESCALATION
    late = session.execute(
        select(AlertRow, Team.name)
        .join(CaseRow, CaseRow.id == AlertRow.case_id)
        .join(Team, Team.id == AlertRow.team_id)
        .where(
            AlertRow.org_id == org, AlertRow.acknowledged_at.is_(None), AlertRow.risk >= threshold, CaseRow.state == "open",
            exists().where(*told), ~exists().where(*done),
        )
        .order_by(AlertRow.id)
    ).all()  # fmt: skip
    return sum(_deliver(session, alert, addresses(routes.escalations, PACK, team), ESCALATION) for alert, team in late)


def _raise(session: Session, org: int, news: News, routes: Routes, threshold: float, moment: datetime) -> int:
    lead = _leading(news.joined)
    sign = max(signs_of(lead), key=lambda sign: (sign.score, sign.rule))
    values = {
        "org_id": org, "team_id": lead.team_id, "public_id": new_public_id(), "case_id": news.row.id,
        "call_id": lead.call_id, "rule": sign.rule, "title": sign.title or sign.rule, "start": sign.start,
        "risk": news.case.risk, "at": moment,
    }  # fmt: skip
    ids = insert_new(session, AlertRow, [values])
    if not ids:
        return 0
    alert = session.get_one(AlertRow, ids[0])
    team = session.scalars(select(Team.name).where(Team.id == lead.team_id)).one()
    how = NOW if news.case.risk >= threshold else DIGEST
    _deliver(session, alert, addresses(routes.alerts, news.row.pack, team), how)
    return 1


def _deliver(session: Session, alert: AlertRow, to: Sequence[str], how: str) -> int:
    rows = [{"org_id": alert.org_id, "alert_id": alert.id, "address": address, "how": how} for address in to]
    return len(insert_new(session, DeliveryRow, rows))


def _leading(joined: Sequence[SuspectRow]) -> SuspectRow:
    """The call an alert speaks of: the strongest of the new ones, the latest of equals."""
    return max(joined, key=lambda row: (row.score, row.at, row.id))
