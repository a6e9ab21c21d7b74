"""Signing in, staying signed in, and ending it.

A session lives in the database and is looked up with every request, so what a person may do is never older than that
request. The cookie holds the session's id, the database only its hash.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from webapp import passwords, throttle
from webapp.audit import write_audit
from webapp.database import Database, now
from webapp.tables import Membership, UserSession
from webapp.tables import User as Row
from webapp.web.ports import SignInRefused, User

TOKEN_BYTES = 32
SEEN_STEP = 1 / 30  # of the idle limit: activity is written down this often, not with every request
EVERYWHERE = "*"  # stands for the id of a team where a role counts in all of them
WITH_TEAMS = selectinload(Row.memberships).joinedload(Membership.team)


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one organisation. ``clock`` gives the present moment."""

    database: Database
    org: int
    idle: timedelta = timedelta(minutes=15)
    age: timedelta = timedelta(hours=12)
    zone: str = "UTC"  # of people added from now on
    clock: Callable[[], datetime] = now

    def sign_in(self, login: str, password: str, *, address: str) -> str:
        """A new session's token; raises SignInRefused, with the same words and work for a wrong name or password."""
        login = login.strip().lower()
        counted = throttle.subjects(login, address)
        with self.database.read() as session:
            if wait := throttle.seconds_left(session, self.org, counted, self.clock()):
                raise SignInRefused("Too many failed attempts. Try again later.", wait=wait)
            user = find_user(session, self.org, login)
        digest = user.password_hash if user else None
        right = passwords.verify(digest, password)  # slow on purpose, so outside of any transaction
        with self.database.write() as session:
            user = find_user(session, self.org, login)
            if right and user is not None and user.disabled_at is None and user.password_hash == digest:
                throttle.forget(session, self.org, login)
                return self._open(session, user, password)
            throttle.count_failure(session, self.org, counted, self.clock())
            write_audit(session, self.org, "session.refused", user.public_id if user else "", at=self.clock())
        raise SignInRefused("The name or the password is not right.")

    def session(self, token: str) -> User | None:
        """Whose session this is, read anew; None when it has ended. Counts as activity."""
        moment = self.clock()
        with self.database.read() as session:
            row = session.scalar(self._by(token).options(joinedload(UserSession.user).options(WITH_TEAMS)))
            if row is None or not self._alive(row, moment):
                return None
            user = as_user(row.user)
        if moment - row.seen_at > self.idle * SEEN_STEP:
            self._seen(row, moment)
        return user

    def sign_out(self, token: str) -> None:
        """End this session; an unknown or ended one is no error."""
        with self.database.write() as session:
            row = session.scalar(self._by(token).options(joinedload(UserSession.user)))
            if row is not None and row.revoked_at is None:
                row.revoked_at, row.revoked_why = self.clock(), "signed out"
                write_audit(session, self.org, "session.end", row.user.public_id, at=self.clock(), by=row.user_id)

    def _by(self, token: str) -> Select[UserSession]:
        return select(UserSession).where(UserSession.org_id == self.org, UserSession.token_hash == _hash(token))

    def _alive(self, row: UserSession, moment: datetime) -> bool:
        ended = row.revoked_at is not None or row.user.disabled_at is not None
        return not ended and moment < row.seen_at + self.idle and moment < row.ends_at

    def _open(self, session: Session, user: Row, password: str) -> str:
        moment, token = self.clock(), secrets.token_urlsafe(TOKEN_BYTES)
        if passwords.outdated(user.password_hash):
            user.password_hash = passwords.hash_of(password)
        user.seen_at = moment
        times = {"created_at": moment, "seen_at": moment, "ends_at": moment + self.age}
        session.add(UserSession(org_id=self.org, user_id=user.id, token_hash=_hash(token), **times))
        write_audit(session, self.org, "session.start", user.public_id, at=moment, by=user.id)
        return token

    def _seen(self, row: UserSession, moment: datetime) -> None:
        with self.database.write() as session:
            for table, key in ((UserSession, row.id), (Row, row.user_id)):
                session.execute(update(table).where(table.id == key, table.seen_at < moment).values(seen_at=moment))


def revoke(session: Session, user: int, why: str, at: datetime) -> None:
    """End all sessions of a user, inside the transaction that gives the reason."""
    alive = UserSession.user_id == user, UserSession.revoked_at.is_(None)
    session.execute(update(UserSession).where(*alive).values(revoked_at=at, revoked_why=why))


def find_user(session: Session, org: int, login: str) -> Row | None:
    """The user of that name with memberships and teams, or None."""
    return session.scalar(select(Row).where(Row.org_id == org, Row.login == login).options(WITH_TEAMS))


def as_user(row: Row) -> User:
    """The record of a user row whose memberships and teams are loaded."""
    roles = {member.team.public_id if member.team else EVERYWHERE: member.role for member in row.memberships}
    return User(
        row.public_id, row.login, row.name, row.zone, row.disabled_at is not None, row.must_change, row.seen_at, roles
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
