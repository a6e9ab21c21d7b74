"""Reports that come every month: on its first day the month before is reported, and its readers are told by mail.

The mail names no call and no customer: it says how many breaches there were and links to the report behind sign-in. Which
month was made stands in a unique key, so two schedulers make it once; a month that was slept through is made up for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from pipeline.reporting.errors import ReportError
from pipeline.reporting.period import last_month
from webapp.alerts.routes import base_url
from webapp.database import insert_new
from webapp.desk.scope import Scope
from webapp.reports import shelf
from webapp.reports.codec import decode_filter
from webapp.reports.heading import span
from webapp.reports.making import settled
from webapp.reports.running import make_waiting
from webapp.reports.shelf import EXPORT
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.store.outbox import MAIL, post
from webapp.tables import MailRow, ReportRow, ReportSchedule
from webapp.tables.base import new_public_id

log = logging.getLogger(__name__)

KIND = "report"
AFTER = timedelta(hours=3)  # behind midnight: calls of the last evening are still being processed


def visible(org: int, scope: Scope) -> ColumnElement[bool]:
    """Schedules this person may see and end."""
    mine = ReportSchedule.org_id == org
    return mine if scope.teams(EXPORT) is None else and_(mine, ReportSchedule.owner_id == scope.user)


def run_monthly(settings: Settings, store: SqlStore) -> int:
    """Ask for what is due, make what waits, tell who should know; how many reports were made. Safe at any time."""
    _ask_due(store)
    made = make_waiting(settings, store)
    _tell(settings, store)
    return made


def chore(settings: Settings, store: SqlStore) -> Callable[[], None]:
    """A pass as the scheduler calls it."""

    def run() -> None:
        run_monthly(settings, store)

    return run


def due(schedule: ReportSchedule, moment: datetime) -> date | None:
    """The first day of the month that a schedule should have reported by ``moment``; None before it was made."""
    zone = str(schedule.wanted["zone"])
    here = (moment - AFTER).astimezone(ZoneInfo(zone))
    period = last_month(here.date(), zone)
    return period.first if period.end > schedule.created_at else None


def _ask_due(store: SqlStore) -> None:
    moment = store.clock()
    with store.database.read() as session:
        going = ReportSchedule.org_id == store.org, ReportSchedule.ended_at.is_(None)
        schedules = session.scalars(select(ReportSchedule).where(*going).order_by(ReportSchedule.id)).all()
        known = {(row.schedule_id, row.slot) for row in session.execute(
            select(ReportRow.schedule_id, ReportRow.slot).where(ReportRow.org_id == store.org, ReportRow.schedule_id.is_not(None))
        )}  # fmt: skip
    for schedule in schedules:
        first = due(schedule, moment)
        if first is None or (schedule.id, f"{first:%Y-%m}") in known:
            continue
        try:
            _ask(store, schedule, first, moment)
        except ReportError as error:  # its owner lost a team: the others' reports must come all the same
            log.warning("the monthly report %s was not made: %s", schedule.public_id, error)


def _ask(store: SqlStore, schedule: ReportSchedule, first: date, moment: datetime) -> None:
    wanted = decode_filter(schedule.wanted)
    period = last_month((first + timedelta(days=31)).replace(day=1), wanted.period.zone)
    with store.database.write() as session:
        scope = shelf.scope_of(session, store.org, schedule.owner_id)
        shelf.ask(session, store.org, scope, replace(wanted, period=period), schedule.formats, settled(moment), moment,
                  schedule=schedule.id, slot=f"{first:%Y-%m}")  # fmt: skip


def _tell(settings: Settings, store: SqlStore) -> None:
    """A mail to each recipient about each finished report of a schedule; the key keeps it from being written twice."""
    with store.database.write() as session:
        rows = session.execute(
            select(ReportRow, ReportSchedule.recipients)
            .join(ReportSchedule, ReportSchedule.id == ReportRow.schedule_id)
            .where(ReportRow.org_id == store.org, ReportRow.state.in_(("done", "failed")))
            .order_by(ReportRow.id.desc())
            .limit(100)
        ).all()
        for row, recipients in rows:
            for address in recipients:
                _mail(session, settings, row, address, store.clock())


def _mail(session: Session, settings: Settings, row: ReportRow, address: str, moment: datetime) -> None:
    key = f"{KIND}:{row.public_id}:{address}"
    if session.scalar(select(MailRow.id).where(MailRow.org_id == row.org_id, MailRow.key == key)) is not None:
        return
    name = new_public_id()
    message = letter(settings, row, address, name, moment)
    insert_new(session, MailRow, [{
        "org_id": row.org_id, "public_id": name, "key": key, "message_id": message["Message-ID"], "kind": KIND,
        "address": address, "subject": message["Subject"], "raw": bytes(message), "made_at": moment, "state": "waiting",
        "attempt": 0, "said": "",
    }])  # fmt: skip
    post(session, row.org_id, MAIL, [(name, {"mail": name})], moment)


def letter(settings: Settings, row: ReportRow, address: str, name: str, moment: datetime) -> EmailMessage:
    """The mail about one report: figures and a link, no call, no customer."""
    wanted = decode_filter(row.wanted)
    days = span(wanted.period.first, wanted.period.last)
    domain = settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = settings.mail_from, address
    message["Subject"] = f"Compliance report {days}" + (" could not be made" if row.error else "")
    message["Date"], message["Message-ID"] = format_datetime(moment), f"<{name}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    link = f"{base_url(settings)}/reports#{row.public_id}"
    message.set_content(_failed(days, row, link) if row.error else _done(days, row, link))
    return message


def _done(days: str, row: ReportRow, link: str) -> str:
    return (
        f"The compliance report for {days} is ready: {row.rows_all:,} verdicts, {row.breaches:,} breaches.\n\n"
        f"Fetch it (sign-in needed): {link}\n\nSHA-256 of the file: {row.sha256}\n"
    )


def _failed(days: str, row: ReportRow, link: str) -> str:
    return f"The compliance report for {days} could not be made: {row.error}\n\nAsk for it by hand: {link}\n"
