"""What a mail may tell of an alert, read from SQL. Names, numbers and quotes only where the administrator allowed them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboards import wording
from pipeline.cases import Case, Sign, build_cases
from webapp.alerts import signs
from webapp.alerts.routes import base_url
from webapp.alerts.writing import Item
from webapp.settings import Settings
from webapp.tables import AlertRow, CaseRow, Ranked, SuspectRow, Team

REASONS, QUOTES = 4, 3


def item(session: Session, settings: Settings, alert: AlertRow, case: CaseRow) -> Item:
    """One alert as the mail tells it."""
    call = session.execute(
        select(Ranked.public_id, Ranked.name, Ranked.at, Team.name)
        .join(Team, Team.id == Ranked.team_id)
        .where(Ranked.call_id == alert.call_id)
    ).one()
    public_id, name, at, team = call
    url = base_url(settings)
    told = story(session, case, voices=settings.voiceprints, hub=settings.alert_hub)
    suspect = session.scalar(select(SuspectRow).where(SuspectRow.call_id == alert.call_id))
    reasons = [reason for reason in (told.reasons if told else ()) if reason != f"{alert.title}."]
    return Item(
        alert.title, alert.rule, name, wording.score(case.risk), _when(at, settings.zone), wording.clock(alert.start),
        f"{url}/cases/{case.public_id}", f"{url}/calls/{public_id}?t={alert.start:.1f}", tuple(reasons[:REASONS]),
        len(told.calls) if told else 1, team, _details(suspect, team) if settings.alert_details else (),
        _quotes(suspect) if settings.alert_details else (),
    )  # fmt: skip


def story(session: Session, case: CaseRow, *, voices: bool, hub: int) -> Case | None:
    """The case as its calls tell it now; None where none is left."""
    rows = session.scalars(select(SuspectRow).where(SuspectRow.case_id == case.id)).all()
    found = signs.voices_of(session, rows) if voices else {}
    names = signs.names_of(session, [row.call_id for row in rows])
    built = build_cases(signs.signed(rows, names, found), hub=hub)
    return built[0] if built else None


def latest(session: Session, alerts: Sequence[int]) -> list[tuple[CaseRow, AlertRow]]:
    """Each case once, with the latest of these alerts about it."""
    rows = session.execute(
        select(CaseRow, AlertRow)
        .join(AlertRow, AlertRow.case_id == CaseRow.id)
        .where(AlertRow.id.in_(alerts))
        .order_by(AlertRow.id)
    )
    return list({case.id: (case, alert) for case, alert in rows}.values())


def _when(at: datetime, zone: str) -> str:
    """A moment with its zone: a mail may be read anywhere."""
    return f"{wording.when(at, zone)} {wording.local(at, zone):%Z}"


def _details(suspect: SuspectRow | None, team: str) -> tuple[tuple[str, str], ...]:
    if suspect is None:
        return ()
    known = ("Customer", suspect.customer), ("Account", suspect.account), ("Number", suspect.number), ("Team", team)
    return tuple((label, text) for label, text in known if text)


def _quotes(suspect: SuspectRow | None) -> tuple[str, ...]:
    """What was said, redacted as everywhere; the strongest signs first."""
    found: list[Sign] = [] if suspect is None else sorted(signs.signs_of(suspect), key=lambda sign: -sign.score)
    return tuple(dict.fromkeys(sign.quote for sign in found if sign.quote))[:QUOTES]
