"""One pass of the alerts: cases, alerts, mails, post. Safe to run at any time, from many sides at once, and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from webapp.alerts import voices
from webapp.alerts.cases import marked, update_batch
from webapp.alerts.erasing import forget_mails
from webapp.alerts.limits import limits_of
from webapp.alerts.mailing import Desk, undelivered, write_due, write_test
from webapp.alerts.raising import escalate, raise_alerts
from webapp.alerts.routes import Routes, routes_of
from webapp.alerts.sending import Posted, send_waiting
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.tables import MailRow


@dataclass(frozen=True, slots=True)
class Passed:
    """What a pass did: results looked at, alerts raised, mails written, and what became of the mails that were due."""

    results: int
    alerts: int
    written: int
    posted: Posted


def run_alerts(settings: Settings, store: SqlStore) -> Passed:
    """Everything that is due now. Raises AlertError where a setting cannot be read; nothing is lost by that."""
    routes = routes_of(settings)
    forget_mails(settings, store)
    results, alerts = update_cases(settings, store, routes)
    written = write_mails(settings, store, routes)
    return Passed(results, alerts, written, send_waiting(store, settings))


def update_cases(settings: Settings, store: SqlStore, routes: Routes) -> tuple[int, int]:
    """Results marked in the outbox become cases and alerts, batch after batch: how many of each."""
    results = alerts = 0
    if not _marked(store):
        return 0, 0
    limits = limits_of(settings, store)
    while _marked(store):
        if settings.voiceprints:
            voices.keep_voices(store)
        with store.database.write() as session:
            moment = store.clock()
            taken, news = update_batch(session, store.org, moment, limits)
            alerts += raise_alerts(session, store.org, news, routes, settings.alert_threshold, moment)
        results += taken
        if not taken:  # another pass has them in hand
            break
    return results, alerts


def write_mails(settings: Settings, store: SqlStore, routes: Routes) -> int:
    """Escalations become due, and what is due is written: how many mails."""
    with store.database.read() as session:
        if not undelivered(session, store.org) and not routes.escalations:
            return 0  # nearly every pass: no reason to ask for the right to write
    after = timedelta(minutes=settings.alert_escalate_minutes)
    with store.database.write() as session:
        moment = store.clock()
        escalate(session, store.org, routes, settings.alert_threshold, after, moment)
        return write_due(Desk(session, store.org, settings, moment), routes)


def _marked(store: SqlStore) -> bool:
    with store.database.read() as session:
        return marked(session, store.org)


@dataclass(frozen=True, slots=True)
class Tested:
    """What became of one test mail; ``state`` as in the table of mails."""

    address: str
    state: str
    said: str


def send_tests(settings: Settings, store: SqlStore, addresses: Sequence[str]) -> list[Tested]:
    """Write one test mail to each address and send what is due."""
    with store.database.write() as session:
        desk = Desk(session, store.org, settings, store.clock())
        names = [write_test(desk, address).public_id for address in addresses]
    send_waiting(store, settings)
    with store.database.read() as session:
        wanted = MailRow.org_id == store.org, MailRow.public_id.in_(names)
        mails = session.scalars(select(MailRow).where(*wanted).order_by(MailRow.id))
        return [Tested(mail.address, mail.state, mail.said) for mail in mails]


def chore(settings: Settings, store: SqlStore) -> Callable[[], None]:
    """A pass as the scheduler calls it."""

    def run() -> None:
        run_alerts(settings, store)

    return run
