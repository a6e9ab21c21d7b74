"""Searches in SQL: a person's latest ones, and those kept under a name for them, for a team or for everyone."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session

from dashboards.search import MOST_NAME, SavedSearch
from webapp.audit import write_audit
from webapp.desk.scope import Scope, team_rows
from webapp.tables import SearchRow, Team, User

LATEST = 8  # shown
KEPT = timedelta(days=30)  # a search without a name, after its last use
MOST_QUERY = 2000  # characters
SHARE = "searches:share"
# The trail names a search by its id alone: what it asked for must be found there when the search is gone or changed.
SAVED, FORGOTTEN, EXPIRED = "search.save", "search.forget", "search.expire"


def remember(session: Session, scope: Scope, query: str, moment: datetime) -> str:
    """The id of this person's search without a name; old ones go on this occasion."""
    query = query.strip()[:MOST_QUERY]
    asked = hashlib.sha256(query.encode()).hexdigest()
    old = SearchRow.org_id == scope.org, SearchRow.name == "", SearchRow.used_at < moment - KEPT
    expired = session.execute(delete(SearchRow).where(*old).returning(SearchRow.public_id, SearchRow.query)).all()
    for gone, said in expired:
        write_audit(session, scope.org, EXPIRED, gone, at=moment, detail=said)
    mine = (
        SearchRow.org_id == scope.org,
        SearchRow.user_id == scope.user,
        SearchRow.asked == asked,
        SearchRow.name == "",
    )
    row = session.scalar(select(SearchRow).where(*mine).limit(1))
    if row is None:
        row = SearchRow(org_id=scope.org, user_id=scope.user, query=query, order={}, asked=asked, made_at=moment)
        session.add(row)
    row.used_at = moment
    session.flush()
    return row.public_id


def use(session: Session, scope: Scope, search_id: str, moment: datetime) -> SavedSearch | None:
    """A search this person may use; one's own is then among the latest."""
    found = session.execute(_seen(session, scope).where(SearchRow.public_id == search_id)).one_or_none()
    if found is None:
        return None
    row: SearchRow = found[0]
    if row.user_id == scope.user:
        row.used_at = moment
    return _as_saved(scope, *found)


def saved(session: Session, scope: Scope) -> list[SavedSearch]:
    """Those under a name, by name."""
    rows = session.execute(_seen(session, scope).where(SearchRow.name != "").order_by(SearchRow.name, SearchRow.id))
    return [_as_saved(scope, *row) for row in rows]


def latest(session: Session, scope: Scope) -> list[SavedSearch]:
    """One's own without a name, the last used first."""
    mine = SearchRow.user_id == scope.user, SearchRow.name == ""
    newest = _seen(session, scope).where(*mine).order_by(SearchRow.used_at.desc(), SearchRow.id.desc()).limit(LATEST)
    return [_as_saved(scope, *row) for row in session.execute(newest)]


def save(
    session: Session, scope: Scope, search_id: str, name: str, share: tuple[str, str], sort: str, moment: datetime
) -> str | None:
    """Keep the query of a search under a name, with its order; one's own of that name is replaced. ``share``: for whom, and
    the team where it is for one; whoever may not share searches keeps them for themselves."""
    shared, team = share
    found = session.execute(_seen(session, scope).where(SearchRow.public_id == search_id)).one_or_none()
    name = " ".join(name.split())[:MOST_NAME]
    teams = {row.public_id: row.id for row in team_rows(session, scope, SHARE)}
    may = {"private": True, "team": team in teams, "everyone": scope.may(SHARE)}
    if found is None or not name or not may.get(shared, False):
        return None
    kept: SearchRow = found[0]
    same = SearchRow.org_id == scope.org, SearchRow.user_id == scope.user, SearchRow.name == name
    row = session.scalar(select(SearchRow).where(*same).limit(1))
    if row is None:
        row = SearchRow(org_id=scope.org, user_id=scope.user, name=name, made_at=moment)
        session.add(row)
    row.query, row.order, row.asked, row.used_at = kept.query, {"by": sort}, kept.asked, moment
    row.team_id, row.everyone = teams[team] if shared == "team" else None, shared == "everyone"
    session.flush()
    detail = f"{shared}: {row.query}"
    write_audit(session, scope.org, SAVED, row.public_id, at=moment, by=scope.user, detail=detail)
    return row.public_id


def forget(session: Session, scope: Scope, search_id: str, moment: datetime) -> bool:
    """Remove one's own search; the trail keeps what it asked for, since it names the search by its id."""
    mine = SearchRow.org_id == scope.org, SearchRow.user_id == scope.user, SearchRow.public_id == search_id
    said = session.scalars(delete(SearchRow).where(*mine).returning(SearchRow.query)).all()
    for query in said:
        write_audit(session, scope.org, FORGOTTEN, search_id, at=moment, by=scope.user, detail=query)
    return bool(said)


def _seen(session: Session, scope: Scope):  # type: ignore[no-untyped-def]  # a Select of three
    """Searches that this person may use, with team and owner."""
    return (
        select(SearchRow, Team.name, User.name)
        .join(User, User.id == SearchRow.user_id)
        .outerjoin(Team, Team.id == SearchRow.team_id)
        .where(SearchRow.org_id == scope.org, usable(scope))
    )


def usable(scope: Scope) -> ColumnElement[bool]:
    """One's own, everyone's, and those of the teams whose calls one may see."""
    teams = scope.teams("calls:read")
    shared = SearchRow.team_id.is_not(None)
    of_team = shared if teams is None else and_(shared, SearchRow.team_id.in_(teams))
    return or_(SearchRow.user_id == scope.user, SearchRow.everyone, of_team)


def _as_saved(scope: Scope, row: SearchRow, team: str | None, owner: str) -> SavedSearch:
    shared = "everyone" if row.everyone else ("team" if row.team_id is not None else "private")
    mine = row.user_id == scope.user
    return SavedSearch(row.public_id, row.name, row.query, shared, team or "", owner, mine, row.order.get("by", ""))
