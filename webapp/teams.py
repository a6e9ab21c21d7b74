"""Organisations and teams by name; both are made when they are first named."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.database import insert_new
from webapp.tables import Org, Team
from webapp.tables.base import new_public_id

DEFAULT_ORG = "main"
DEFAULT_TEAM = "main"  # of calls whose metadata names no team


def org_key(session: Session, name: str, moment: datetime) -> int:
    """The key of an organisation; inside a write transaction."""
    known = session.scalar(select(Org.id).where(Org.name == name))
    if known is not None:
        return known
    insert_new(session, Org, [{"name": name, "public_id": new_public_id(), "created_at": moment}])
    return session.scalars(select(Org.id).where(Org.name == name)).one()


def team_key(session: Session, org: int, name: str, moment: datetime) -> int:
    """The key of a team; inside a write transaction."""
    wanted = select(Team.id).where(Team.org_id == org, Team.name == name)
    known = session.scalar(wanted)
    if known is not None:
        return known
    insert_new(session, Team, [{"org_id": org, "name": name, "public_id": new_public_id(), "created_at": moment}])
    return session.scalars(wanted).one()
