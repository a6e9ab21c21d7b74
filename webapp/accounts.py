"""The people of an organisation: adding, roles, passwords, disabling.

Whatever changes what a person may do ends their sessions in the same transaction. Someone who manages people in some
teams only can neither give nor take more than those teams; the last administrator of all cannot be taken away from
inside, because nobody could give the right back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp import passwords, throttle
from webapp.audit import write_audit
from webapp.permissions import OWN_CALLS_ONLY, ROLES, grants
from webapp.sessions import EVERYWHERE, WITH_TEAMS, Sessions, as_user, find_user, revoke
from webapp.tables import Membership, Team
from webapp.tables import User as Row
from webapp.teams import team_key
from webapp.web.ports import AccountError, User

COMMAND_LINE = ""  # in place of the id of whoever does it: who may run commands on the machine may do anything
MOST_LOGIN = 200


@dataclass(frozen=True, slots=True)
class Accounts(Sessions):
    """Everyone of one organisation. ``by`` is the public id of whoever does it; ids are public ids."""

    def add(
        self, by: str, login: str, name: str, roles: Mapping[str, str], *, agent_id: str | None = None,
        password: str | None = None, must_change: bool = True,
    ) -> str:  # fmt: skip
        """A new user with ``roles`` by team id ("*": all teams); the password to hand over once, generated if not given."""
        login = _check_login(login)
        password = password or passwords.generate()
        passwords.check(password, login)
        row = Row(org_id=self.org, login=login, name=name.strip() or login, zone=self.zone, created_at=self.clock(),
                  password_hash=passwords.hash_of(password), must_change=must_change)  # fmt: skip
        try:
            with self.database.write() as session:
                session.add(row)
                session.flush()
                for team_id, role in roles.items():
                    self._give(session, by, row, team_id, role, agent_id)
                self._audit(
                    session, by, "user.add", row, ", ".join(f"{role} in {team}" for team, role in roles.items())
                )
        except IntegrityError as error:
            raise AccountError(f'There is already someone called "{login}". Choose another name.') from error
        return password

    def set_role(self, by: str, user_id: str, team_id: str, role: str | None, *, agent_id: str | None = None) -> None:
        """Give a user ``role`` in a team ("*": all teams), or with None take away the role they have there."""
        with self.database.write() as session:
            row = self._get(session, user_id)
            team = self._managed_team(session, by, team_id)
            if team is None and role != "admin":
                self._keep_an_admin(session, row)
            old = delete(Membership).where(Membership.org_id == self.org, Membership.user_id == row.id)
            session.execute(old.where(Membership.team_id.is_not_distinct_from(team)))
            if role:
                self._give(session, by, row, team_id, role, agent_id)
            revoke(session, row.id, "role changed", self.clock())
            self._audit(session, by, "user.role", row, f"{role or 'nothing'} in {team_id}")

    def reset(self, by: str, user_id: str, *, must_change: bool = True) -> str:
        """A new password to hand over once, to be changed at the next sign-in; ends the user's sessions."""
        password = passwords.generate()
        self._set_password(by, user_id, password, must_change=must_change, why="reset")
        return password

    def change_password(self, user_id: str, old: str, new: str) -> None:
        """By its owner. Raises AccountError when ``old`` is wrong, WeakPassword when ``new`` is too weak."""
        with self.database.read() as session:
            row = self._get(session, user_id)
        passwords.check(new, row.login)
        if not passwords.verify(row.password_hash, old):
            raise AccountError("The present password is not right.")
        self._set_password(user_id, user_id, new, must_change=False, why="changed")

    def disable(self, by: str, user_id: str, *, disabled: bool) -> None:
        """Shut someone out (what they did stays on record), or let them in again with the password they had."""
        with self.database.write() as session:
            row = self._get(session, user_id)
            self._manages(session, by, row)
            if disabled:
                self._keep_an_admin(session, row)
            row.disabled_at = (row.disabled_at or self.clock()) if disabled else None
            revoke(session, row.id, "disabled", self.clock())
            self._audit(session, by, "user.disable" if disabled else "user.enable", row)

    def users(self, by: str) -> Sequence[User]:
        """Everyone whom ``by`` may know of: all, for who manages people everywhere; else those of the own teams."""
        with self.database.read() as session:
            managed = self._managed(session, by)
            rows = session.scalars(select(Row).where(Row.org_id == self.org).order_by(Row.login).options(WITH_TEAMS))
            return [user for user in map(as_user, rows) if EVERYWHERE in managed or managed & set(user.roles)]

    def teams(self, by: str) -> Mapping[str, str]:
        """Teams in which ``by`` may give roles: id to name, "*" first where that is all of them."""
        with self.database.read() as session:
            managed = self._managed(session, by)
            rows = session.scalars(select(Team).where(Team.org_id == self.org).order_by(Team.name))
            everything = EVERYWHERE in managed
            named = {row.public_id: row.name for row in rows if everything or row.public_id in managed}
        return ({EVERYWHERE: "all teams"} if everything else {}) | named

    def find(self, login: str) -> User:
        """The user of that name; raises AccountError."""
        with self.database.read() as session:
            row = find_user(session, self.org, login.strip().lower())
        if row is None:
            raise AccountError(f'There is nobody called "{login}". `callsift user list` shows all.')
        return as_user(row)

    def team_id(self, name: str) -> str:
        """The id of the team of that name, made when it is new."""
        with self.database.write() as session:
            key = team_key(session, self.org, name, self.clock())
            return session.scalars(select(Team.public_id).where(Team.id == key)).one()

    def _get(self, session: Session, user_id: str) -> Row:
        row = session.scalar(select(Row).where(Row.org_id == self.org, Row.public_id == user_id).options(WITH_TEAMS))
        if row is None:
            raise AccountError(f'There is no user with the id "{user_id}".')
        return row

    def _set_password(self, by: str, user_id: str, password: str, *, must_change: bool, why: str) -> None:
        digest = passwords.hash_of(password)
        with self.database.write() as session:
            row = self._get(session, user_id)
            if by != user_id:
                self._manages(session, by, row)
            row.password_hash, row.must_change = digest, must_change
            revoke(session, row.id, f"password {why}", self.clock())
            throttle.forget(session, self.org, row.login)
            self._audit(session, by, "user.password", row, why)

    def _give(self, session: Session, by: str, row: Row, team_id: str, role: str, agent_id: str | None) -> None:
        if role not in ROLES:
            raise AccountError(f'There is no role "{role}". Roles are {", ".join(ROLES)}.')
        team = self._managed_team(session, by, team_id)
        agent = (agent_id or row.login) if role in OWN_CALLS_ONLY else agent_id
        session.add(Membership(org_id=self.org, user_id=row.id, team_id=team, role=role, agent_id=agent))

    def _managed(self, session: Session, by: str) -> set[str]:
        """Ids of the teams in which ``by`` manages people; "*" for all."""
        if by == COMMAND_LINE:
            return {EVERYWHERE}
        return {team for team, role in as_user(self._get(session, by)).roles.items() if grants(role, "users:manage")}

    def _managed_team(self, session: Session, by: str, team_id: str) -> int | None:
        managed = self._managed(session, by)
        key = session.scalar(select(Team.id).where(Team.org_id == self.org, Team.public_id == team_id))
        if (team_id != EVERYWHERE and key is None) or not managed & {EVERYWHERE, team_id}:
            raise AccountError(f'There is no team "{team_id}" in which you manage people.')
        return key

    def _manages(self, session: Session, by: str, row: Row) -> None:
        managed = self._managed(session, by)
        if EVERYWHERE not in managed and not set(as_user(row).roles) <= managed:
            raise AccountError(f'"{row.login}" also belongs to teams in which you do not manage people.')

    def _keep_an_admin(self, session: Session, row: Row) -> None:
        everywhere = Membership.role == "admin", Membership.team_id.is_(None), Row.disabled_at.is_(None)
        admins = session.scalars(select(Row.id).join(Row.memberships).where(Row.org_id == self.org, *everywhere))
        if set(admins) == {row.id}:
            raise AccountError(f'"{row.login}" is the last administrator. Make someone else one first.')

    def _audit(self, session: Session, by: str, action: str, row: Row, detail: str = "") -> None:
        who = None if by == COMMAND_LINE else self._get(session, by).id
        write_audit(session, self.org, action, row.public_id, at=self.clock(), by=who, detail=detail)


def _check_login(login: str) -> str:
    login = login.strip().lower()
    if not login or len(login) > MOST_LOGIN or any(c.isspace() or not c.isprintable() for c in login):
        raise AccountError(f"{login!r} cannot be a name: it needs 1 to {MOST_LOGIN} visible characters without spaces.")
    return login
