"""Asking the index for one person: their reach, and what it finds as a condition that SQL checks again."""

from __future__ import annotations

import logging

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from pipeline.protocols import SearchIndex
from pipeline.search.errors import IndexUnavailable, QueryError
from pipeline.search.query import parse
from pipeline.search.records import Grant, Reach, Sort
from pipeline.search.resolving import resolve
from pipeline.search.tree import Node
from pipeline.search.values import Days
from pipeline.search.words import terms
from webapp.desk import queue, veil
from webapp.desk.scope import Scope
from webapp.permissions import OWN_CALLS_ONLY
from webapp.tables import Org, Ranked, Team

log = logging.getLogger(__name__)

MOST = 5000  # calls that one search puts into the queue: the most interesting ones


def reach_of(session: Session, scope: Scope, permission: str = "calls:read") -> Reach:
    """The calls of ``Scope.calls`` as the index knows them, by public ids."""
    members = scope.holding(permission)
    teams = {row.id: row.public_id for row in session.scalars(select(Team).where(Team.org_id == scope.org))}
    org = session.scalars(select(Org.public_id).where(Org.id == scope.org)).one()
    grants = []
    for member in members:
        team = None if member.team is None else teams[member.team]
        if member.role not in OWN_CALLS_ONLY:
            grants.append(Grant(team))
        elif member.agent:  # whose own calls are those of nobody sees none
            grants.append(Grant(team, member.agent))
    return Reach(org, tuple(dict.fromkeys(grants)))


def matching(session: Session, index: SearchIndex | None, scope: Scope, text: str, days: Days) -> ColumnElement[bool]:
    """Calls in which ``text`` is said, and those named like it; only the latter while the index does not answer."""
    by_name = queue.named(text)
    if index is None:
        return by_name
    try:
        asked = as_query(text, days)
        reach = reach_of(session, scope, veil.asked_with(scope, asked))
        tree = resolve(asked, index, reach).tree
        hits = index.search(tree, reach, sort=Sort("score"), limit=MOST).hits
    except IndexUnavailable as error:
        log.warning("the queue is searched by name only: %s", error)
        return by_name
    return or_(Ranked.public_id.in_([hit.call_id for hit in hits]), by_name)


def as_query(text: str, days: Days) -> Node:
    """``text`` in the query language, or as plain words where it cannot be read as that."""
    try:
        return parse(text, days)
    except QueryError:
        return parse(" ".join(f'"{term}"' for word in text.split()[:20] for term in terms(word)), days)
