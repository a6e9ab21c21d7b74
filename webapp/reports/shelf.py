"""Reports that were asked for: who may ask for what, the queue they wait in, who may see and fetch them.

A report for one team never holds a call of another: the teams are written into its filter when it is asked for, and the
scope of whoever asked is asked for again when it is made and again when it is fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, update
from sqlalchemy.orm import Session

from pipeline.reporting.errors import ReportError
from pipeline.reporting.records import Filter
from webapp.audit import write_audit
from webapp.database import insert_new
from webapp.desk.scope import Scope, read_scope, team_rows
from webapp.notices.telling import READY, News, tell
from webapp.reports.codec import decode_filter, encode_filter
from webapp.settings import Settings
from webapp.tables import ReportRow, ReportTeam, Team, User
from webapp.tables.base import new_public_id

EXPORT = "reports:export"
ASKED, MADE, FETCHED = "report.ask", "report.make", "report.fetch"
LEASE = timedelta(minutes=2)
TRIES = 3  # a report whose maker died this often is given up
DIED = "The process that made this report died three times; its log and the machine's say why."


@dataclass(frozen=True, slots=True)
class Claim:
    """A report that is ours to make."""

    key: int
    fence: int
    public_id: str
    wanted: Filter
    formats: tuple[str, ...]
    as_of: datetime
    asked_by: int | None


def ask(
    session: Session, org: int, scope: Scope | None, wanted: Filter, formats: Sequence[str], as_of: datetime,
    moment: datetime, *, schedule: int | None = None, slot: str = "",
) -> str | None:  # fmt: skip
    """Write a report down as waiting and into the audit log; its public id, or None where that month's is there already.

    ``scope`` None is the command line, which may see everything. Raises ReportError for a team that is not theirs.
    """
    wanted, teams = within(session, org, scope, wanted)
    by = None if scope is None else scope.user
    new = insert_new(session, ReportRow, [{
        "org_id": org, "public_id": new_public_id(), "schedule_id": schedule, "slot": slot, "asked_by": by, "asked_at": moment,
        "everywhere": teams is None, "wanted": encode_filter(wanted), "formats": list(formats), "as_of": as_of,
        "state": "waiting", "attempt": 0, "fence": 0, "rows_done": 0, "rows_all": 0, "breaches": 0, "size": 0, "sha256": "",
    }])  # fmt: skip
    if not new:
        return None
    insert_new(session, ReportTeam, [{"org_id": org, "report_id": new[0], "team_id": team} for team in teams or ()])
    public_id = session.scalars(select(ReportRow.public_id).where(ReportRow.id == new[0])).one()
    period = wanted.period
    detail = (
        f"{period.first} to {period.last} {period.zone}, {'all teams' if teams is None else ', '.join(wanted.teams)}"
    )
    write_audit(session, org, ASKED, public_id, at=moment, by=by, detail=detail)
    return public_id


def within(session: Session, org: int, scope: Scope | None, wanted: Filter) -> tuple[Filter, list[int] | None]:
    """The filter cut down to the teams this person may export, and their keys (None for all). Raises ReportError."""
    everywhere = scope is None or scope.teams(EXPORT) is None
    if everywhere and not wanted.teams:
        return wanted, None
    mine = (
        session.scalars(select(Team).where(Team.org_id == org)).all()
        if scope is None
        else team_rows(session, scope, EXPORT)
    )
    keys = {team.name: team.id for team in mine}
    if strange := [name for name in wanted.teams if name not in keys]:
        raise ReportError(f'There is no team "{strange[0]}", or it is not one of yours.')
    names = wanted.teams or tuple(sorted(keys))
    if not names:
        raise ReportError("You may not make reports of any team.")
    return replace(wanted, teams=names), [keys[name] for name in names]


def visible(org: int, scope: Scope) -> ColumnElement[bool]:
    """The condition for reports this person may see: those that hold no call of a team outside their scope."""
    teams = scope.teams(EXPORT)
    if teams is None:
        return ReportRow.org_id == org
    if not teams:
        return false()
    foreign = exists().where(ReportTeam.report_id == ReportRow.id, ReportTeam.team_id.not_in(teams))
    return and_(ReportRow.org_id == org, ReportRow.everywhere.is_(False), ~foreign)


def listed(session: Session, org: int, scope: Scope | None, limit: int = 50) -> list[tuple[ReportRow, str | None]]:
    """Reports with who asked for them, newest first."""
    inside = ReportRow.org_id == org if scope is None else visible(org, scope)
    rows = session.execute(
        select(ReportRow, User.name)
        .outerjoin(User, User.id == ReportRow.asked_by)
        .where(inside)
        .order_by(ReportRow.asked_at.desc(), ReportRow.id.desc())
        .limit(limit)
    )
    return [(row, name) for row, name in rows]


def fetch(session: Session, org: int, scope: Scope, public_id: str, moment: datetime) -> ReportRow | None:
    """A finished report this person may see, once it is written down that they fetched it."""
    mine = visible(org, scope), ReportRow.public_id == public_id, ReportRow.state == "done"
    row = session.scalars(select(ReportRow).where(*mine)).one_or_none()
    if row is not None:
        write_audit(session, org, FETCHED, public_id, at=moment, by=scope.user, detail=f"sha256 {row.sha256}")
    return row


def claim(session: Session, org: int, moment: datetime, *, only: str | None = None) -> Claim | None:
    """The oldest report that nobody makes; None when there is none."""
    free = or_(ReportRow.state == "waiting", and_(ReportRow.state == "running", ReportRow.leased_until <= moment))
    mine = [ReportRow.org_id == org, free, *([ReportRow.public_id == only] if only else [])]
    session.execute(
        update(ReportRow).where(*mine, ReportRow.attempt >= TRIES)
        .values(state="failed", error=DIED, finished_at=moment, leased_until=None)
    )  # fmt: skip
    picked = select(ReportRow.id).where(*mine).order_by(ReportRow.id).limit(1).with_for_update(skip_locked=True)
    row = session.execute(
        update(ReportRow).where(ReportRow.id.in_(select(picked.cte("picked").c.id)))
        .values(state="running", fence=ReportRow.fence + 1, attempt=ReportRow.attempt + 1, leased_until=moment + LEASE)
        .returning(ReportRow.id, ReportRow.fence, ReportRow.public_id, ReportRow.wanted, ReportRow.formats,
                   ReportRow.as_of, ReportRow.asked_by)
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    key, fence, public_id, wanted, formats, as_of, by = row
    return Claim(key, fence, public_id, decode_filter(wanted), tuple(formats), as_of, by)


def renew(session: Session, mine: Claim, moment: datetime, done: int, of: int) -> bool:
    """Prolong the lease and say how far it is; False when somebody else makes the report by now."""
    values: dict[str, Any] = {"leased_until": moment + LEASE, "rows_done": done, "rows_all": of}
    return _update(session, mine, values)


def finish(session: Session, org: int, mine: Claim, moment: datetime, values: dict[str, Any]) -> bool:
    """The report is done (or has failed, with ``error``); False when somebody else makes it by now."""
    state = "failed" if values.get("error") else "done"
    held = _update(session, mine, {"state": state, "finished_at": moment, "leased_until": None, **values})
    if held and mine.asked_by is not None:
        news = News(READY, subject=mine.public_id, rule="failed" if state == "failed" else "")
        tell(session, org, news, [mine.asked_by], moment)
    if held and state == "done":
        write_audit(
            session, org, MADE, mine.public_id, at=moment, by=mine.asked_by, detail=f"sha256 {values['sha256']}"
        )
    return held


def scope_of(session: Session, org: int, user: int) -> Scope:
    """What a user may see now."""
    return read_scope(session, org, session.scalars(select(User.public_id).where(User.id == user)).one())


def place(settings: Settings, public_id: str) -> Path:
    """Where the pack of a report lies."""
    return settings.path("reports", f"{public_id}.zip")


def _update(session: Session, mine: Claim, values: dict[str, Any]) -> bool:
    held = ReportRow.id == mine.key, ReportRow.fence == mine.fence, ReportRow.state == "running"
    return session.scalar(update(ReportRow).where(*held).values(**values).returning(ReportRow.id)) is not None
