"""Searches that people watch: once an hour the calls heard since are asked whether they fit, inside each watcher's own scope.

A call is told once, when it was first heard and the index holds it. A call that fits only after it was judged again is not new.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pipeline.protocols import SearchIndex
from pipeline.search.errors import IndexUnavailable, QueryError
from pipeline.search.query import parse
from pipeline.search.records import Sort
from pipeline.search.resolving import resolve
from pipeline.search.values import Days
from webapp.desk import veil
from webapp.desk.asking import reach_of
from webapp.desk.scope import Scope, read_scope
from webapp.desk.searches import usable
from webapp.notices.telling import FOUND, News, tell
from webapp.store import SqlStore, outbox
from webapp.tables import OutboxRow, Ranked, Result, SearchRow, SearchWatch, User

log = logging.getLogger(__name__)

EVERY = timedelta(hours=1)
AT_ONCE = 20  # watches of one pass
MOST = 5000  # hits asked of the index: the newest calls


def look(store: SqlStore, index: SearchIndex) -> int:
    """Look after the watches that are due; how many people were told. An index that is away is asked with the next pass."""
    moment, told = store.clock(), 0
    for key in _due(store, moment):
        with store.database.read() as session:
            until = min(moment, _indexed(session, store.org) or moment)
            watch, search, user = session.execute(
                select(SearchWatch, SearchRow, User)
                .join(SearchRow, SearchRow.id == SearchWatch.search_id).join(User, User.id == SearchWatch.user_id)
                .where(SearchWatch.id == key)
            ).one()  # fmt: skip
            scope = read_scope(session, store.org, user.public_id)
            try:
                fits = _fitting(session, index, scope, search, user.zone, (watch.checked_at, until))
            except IndexUnavailable as error:
                log.info("watched searches wait for the index: %s", error)
                return told
        told += _tell(store, key, scope, search, fits, until)
    return told


def _due(store: SqlStore, moment: datetime) -> list[int]:
    late = SearchWatch.org_id == store.org, SearchWatch.checked_at <= moment - EVERY
    with store.database.read() as session:
        return list(
            session.scalars(select(SearchWatch.id).where(*late).order_by(SearchWatch.checked_at).limit(AT_ONCE))
        )


def _indexed(session: Session, org: int) -> datetime | None:
    """The moment before which the index holds everything; None where nothing waits."""
    undone = OutboxRow.org_id == org, OutboxRow.kind == outbox.INDEX, OutboxRow.done_at.is_(None)
    return session.scalar(select(func.min(OutboxRow.created_at)).where(*undone))


def _fitting(
    session: Session, index: SearchIndex, scope: Scope, search: SearchRow, zone: str, between: tuple[datetime, datetime]
) -> list[int]:
    """Keys of calls first heard in a time that fit a search and that its watcher may see."""
    if session.scalar(select(SearchRow.id).where(SearchRow.id == search.id, usable(scope))) is None:
        return []  # no longer shared with them
    after, until = between
    first = Result.call_id == Ranked.call_id, Result.version == 1, Result.made_at >= after, Result.made_at < until
    new = dict(session.execute(
        select(Ranked.public_id, Ranked.call_id).where(scope.calls("calls:read"), select(Result.id).where(*first).exists())
    ).all())  # fmt: skip
    if not new:
        return []
    try:
        tree = parse(search.query, Days.of(ZoneInfo(zone), until))
    except QueryError:  # kept by an older version
        return []
    reach = reach_of(session, scope, veil.asked_with(scope, tree))
    hits = index.search(resolve(tree, index, reach).tree, reach, sort=Sort("started"), limit=MOST).hits
    return [new[hit.call_id] for hit in hits if hit.call_id in new]


def _tell(store: SqlStore, key: int, scope: Scope, search: SearchRow, fits: list[int], until: datetime) -> int:
    with store.database.write() as session:
        watch = session.scalars(select(SearchWatch).where(SearchWatch.id == key).with_for_update()).one_or_none()
        if watch is None or watch.checked_at >= until:  # ended meanwhile, or another pass was faster
            return 0
        watch.checked_at = until
        if not fits:
            return 0
        news = News(FOUND, subject=search.public_id, count=len(fits), mail=watch.mail)
        return tell(session, store.org, news, [scope.user], store.clock())
