"""What leaves an installation by itself: the alert mails and every file of a compliance report, as text to search in."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path

from pypdf import PdfReader
from sqlalchemy import func, select

from pipeline.reporting.period import Period
from pipeline.reporting.records import Filter
from webapp.alerts.step import run_alerts
from webapp.database import now
from webapp.reports.catalogue import packs_in_force
from webapp.reports.making import Order, make
from webapp.reports.signing import signing_key
from webapp.reports.writing import all_formats
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.tables import MailRow, Ranked


def mails_of(settings: Settings, store: SqlStore) -> list[str]:
    """Subject and both bodies of every mail about whatever sign there is, with all details switched on."""
    loud = settings.model_copy(update={"alert_details": True, "alert_threshold": 0.0, "alert_per_hour": 1000})
    run_alerts(loud, store)
    run_alerts(loud, replace(store, clock=lambda: now() + timedelta(days=2)))  # the digest too
    with store.database.read() as session:
        raw = list(session.scalars(select(MailRow.raw)))
    files = [file.read_bytes() for file in settings.path("outbox").glob("*.eml")]
    assert sorted(files) == sorted(raw)
    return [text for data in raw for text in _readable(data)]


def report_of(settings: Settings, store: SqlStore, folder: Path) -> dict[str, str]:
    """Every file of a report about all calls and all rules, by name, as a reader sees it."""
    with store.database.read() as session:
        first, last = session.execute(select(func.min(Ranked.at), func.max(Ranked.at))).one()
        packs = packs_in_force(session, store.org, settings.packs)
    period = Period(first.date() - timedelta(days=1), last.date() + timedelta(days=1))
    order = Order(Filter(period, unchecked=True), store.clock(), tuple(all_formats()), packs, "http://127.0.0.1")
    made = make(store.database, store.org, order, signing_key(settings), folder / "report.zip")
    with zipfile.ZipFile(made.packed.path) as pack:
        return {name: _text(name, pack.read(name)) for name in pack.namelist()}


def _readable(raw: bytes) -> list[str]:
    message = message_from_bytes(raw, policy=default)
    return [str(message["Subject"]), *(message.get_body((kind,)).get_content() for kind in ("plain", "html"))]


def _text(name: str, data: bytes) -> str:
    if name.endswith(".pdf"):
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
    if name.endswith(".xlsx"):
        with zipfile.ZipFile(BytesIO(data)) as book:
            parts = [book.read(part).decode() for part in book.namelist()]
        return "\n".join(text for part in parts for text in re.findall(r"<t(?: [^>]*)?>(.*?)</t>", part, re.DOTALL))
    return data.decode("latin-1" if name.endswith(".sig") else "utf-8")
