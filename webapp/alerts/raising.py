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
    """One alert a team with new calls, the strongest first: who hears of all teams hears of the strongest alone."""
    if not news.joined:
        return _more_urgent(session, news, routes, threshold)
    told: set[str] = set()
    how = NOW if news.case.risk >= threshold else DIGEST
    alerts = 0
    for lead in _leading(news.joined):
        alert = _new(session, org, news, lead, moment)
        if alert is not None:
            to = [
                one for one in addresses(routes.alerts, news.row.pack, _team(session, lead.team_id)) if one not in told
            ]
            told.update(to)
            _deliver(session, alert, to, how)
            alerts += 1
    return alerts


def _new(session: Session, org: int, news: News, lead: SuspectRow, moment: datetime) -> AlertRow | None:
    """The alert about a call that joined; None where there is one already."""
    sign = max(signs_of(lead), key=lambda sign: (sign.score, sign.rule))
    values = {
        "org_id": org, "team_id": lead.team_id, "public_id": new_public_id(), "case_id": news.row.id,
        "call_id": lead.call_id, "rule": sign.rule, "title": sign.title or sign.rule, "start": sign.start,
        "risk": news.case.risk, "at": moment,
    }  # fmt: skip
    ids = insert_new(session, AlertRow, [values])
    return session.get_one(AlertRow, ids[0]) if ids else None


def _more_urgent(session: Session, news: News, routes: Routes, threshold: float) -> int:
    """A case judged riskier than before: told at once where it was not urgent until now and nobody has it in hand."""
    wanted = AlertRow.case_id == news.row.id, AlertRow.acknowledged_at.is_(None)
    alert = session.scalars(select(AlertRow).where(*wanted).order_by(AlertRow.id.desc()).limit(1)).one_or_none()
    if alert is None or not alert.risk < threshold <= news.case.risk:
        return 0
    alert.risk = news.case.risk
    _deliver(session, alert, addresses(routes.alerts, news.row.pack, _team(session, alert.team_id)), NOW)
    return 1


def _team(session: Session, key: int) -> str:
    return session.scalars(select(Team.name).where(Team.id == key)).one()


def _deliver(session: Session, alert: AlertRow, to: Sequence[str], how: str) -> int:
    rows = [{"org_id": alert.org_id, "alert_id": alert.id, "address": address, "how": how} for address in to]
    return len(insert_new(session, DeliveryRow, rows))


def _leading(joined: Sequence[SuspectRow]) -> list[SuspectRow]:
    """Of each team the call an alert speaks of: the strongest, the latest of equals; the strongest team first."""
    best: dict[int, SuspectRow] = {}
    for row in sorted(joined, key=lambda row: (row.score, row.at, row.id), reverse=True):
        best.setdefault(row.team_id, row)
    return list(best.values())
