"""What one person may see, as conditions inside every query.

Read anew for each request from the memberships, so that a role taken away counts at once. A person without any role
that holds the permission gets a condition that is never true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from webapp.permissions import OWN_CALLS_ONLY, grants
from webapp.tables import Membership, Ranked, Team, User


@dataclass(frozen=True, slots=True)
class Member:
    """One role; ``team`` None is every team. ``agent`` is whose calls an agent's role shows."""

    team: int | None
    role: str
    agent: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The memberships of one person. ``user`` and ``org`` are keys."""

    org: int
    user: int
    members: tuple[Member, ...]

    def may(self, permission: str) -> bool:
        return any(grants(member.role, permission) for member in self.members)

    def calls(self, permission: str) -> ColumnElement[bool]:
        """The calls in the queue on which this person holds ``permission``."""
        allowed = [self._of(member) for member in self.holding(permission)]
        return and_(Ranked.org_id == self.org, or_(false(), *allowed))

    def holds_on(self, team: int, agent: str, permission: str) -> bool:
        """Whether this person holds ``permission`` on a call of this team and agent: `calls` for a row that was read."""
        return any(
            (member.team is None or member.team == team)
            and (member.role not in OWN_CALLS_ONLY or bool(agent and member.agent == agent))
            for member in self.holding(permission)
        )

    def rows(self, table: Any, permission: str) -> ColumnElement[bool]:
        """The same for rows without an agent (jobs, refusals): roles for one's own calls only show none of them."""
        members = [member for member in self.holding(permission) if member.role not in OWN_CALLS_ONLY]
        return and_(table.org_id == self.org, or_(false(), *(_in_team(table.team_id, member) for member in members)))

    @property
    def own_only(self) -> bool:
        """Whether some role shows this person calls of their own alone."""
        return any(member.role in OWN_CALLS_ONLY for member in self.members)

    def teams(self, permission: str) -> Sequence[int] | None:
        """Keys of the teams in which this person holds ``permission``; None for all."""
        members = self.holding(permission)
        if any(member.team is None for member in members):
            return None
        return [member.team for member in members if member.team is not None]

    def holding(self, permission: str) -> list[Member]:
        """The roles that hold ``permission``."""
        return [member for member in self.members if grants(member.role, permission)]

    def _of(self, member: Member) -> ColumnElement[bool]:
        inside = _in_team(Ranked.team_id, member)
        if member.role not in OWN_CALLS_ONLY:
            return inside
        return and_(inside, Ranked.agent == member.agent) if member.agent else false()  # nobody's calls are not theirs


def read_scope(session: Session, org: int, public_id: str) -> Scope:
    """The scope of a user; an unknown or disabled one may do nothing."""
    rows = session.execute(
        select(User.id, Membership.team_id, Membership.role, Membership.agent_id)
        .join(Membership, Membership.user_id == User.id)
        .where(User.org_id == org, User.public_id == public_id, User.disabled_at.is_(None))
        .order_by(Membership.id)
    ).all()
    return Scope(org, rows[0][0] if rows else 0, tuple(Member(team, role, agent) for _user, team, role, agent in rows))


def team_rows(session: Session, scope: Scope, permission: str) -> list[Team]:
    """The teams in which a permission is held, by name."""
    teams = scope.teams(permission)
    wanted = select(Team).where(Team.org_id == scope.org).order_by(Team.name)
    return list(session.scalars(wanted if teams is None else wanted.where(Team.id.in_(teams))))


def _in_team(column: Any, member: Member) -> ColumnElement[bool]:
    return column.is_not(None) if member.team is None else column == member.team
