"""Who there is, who is signed in, and who looked at what.

Every table begins with the organisation. A session is known by the hash of its id only: who reads the database
cannot sign in with what stands there.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.tables.base import Base, Key, new_public_id

HEARD = text("action = 'audio.read'")


class Org(Base):
    """A house whose people and calls nobody outside of it ever sees."""

    __tablename__ = "orgs"
    __table_args__ = (UniqueConstraint("name"), UniqueConstraint("public_id"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    name: Mapped[str]
    created_at: Mapped[datetime]


class Team(Base):
    """A group of agents; made when it is first named by a call's metadata or by an administrator."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("org_id", "name"), UniqueConstraint("org_id", "public_id"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    name: Mapped[str]
    created_at: Mapped[datetime]


class User(Base):
    """Someone who may sign in. Never deleted (the audit log speaks of them), only disabled."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("org_id", "login"), UniqueConstraint("org_id", "public_id"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    login: Mapped[str]  # lower case: an e-mail address or a short name
    name: Mapped[str]  # as other people write it
    zone: Mapped[str]  # IANA name: times on screen and the days of filters
    password_hash: Mapped[str]  # argon2id
    must_change: Mapped[bool] = mapped_column(default=False)  # the password was made by someone else
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]

    memberships: Mapped[list[Membership]] = relationship(back_populates="user", order_by="Membership.id", lazy="raise")


class Membership(Base):
    """What one user is in one team; without a team, in every team of the organisation."""

    __tablename__ = "memberships"
    __table_args__ = (
        UniqueConstraint("org_id", "user_id", "team_id"),
        Index(
            "uq_memberships_everywhere",
            "org_id",
            "user_id",
            unique=True,
            sqlite_where=text("team_id IS NULL"),
            postgresql_where=text("team_id IS NULL"),
        ),
        CheckConstraint("role <> 'agent' OR agent_id IS NOT NULL", name="agent_id"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"), index=True)
    team_id: Mapped[Key | None] = mapped_column(ForeignKey("teams.id"), index=True)
    role: Mapped[str]  # one of webapp.permissions.ROLES
    agent_id: Mapped[str | None]  # an agent sees calls whose metadata names this agent

    user: Mapped[User] = relationship(back_populates="memberships", lazy="raise")
    team: Mapped[Team | None] = relationship(lazy="raise")


class UserSession(Base):
    """One signed-in browser. Ends by sign-out, idling, age, a new password, a changed role or a disabled user."""

    __tablename__ = "sessions"
    __table_args__ = (UniqueConstraint("org_id", "token_hash"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str]  # SHA-256 of the id in the cookie
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_why: Mapped[str | None]

    user: Mapped[User] = relationship(lazy="raise")


class Throttle(Base):
    """Failed sign-ins for one name or one address; the row is forgotten after a successful one."""

    __tablename__ = "throttles"
    __table_args__ = (UniqueConstraint("org_id", "subject"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    subject: Mapped[str]  # SHA-256 of "name:..." or "address:...": what was typed may be a password
    failures: Mapped[int]
    first_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class Audit(Base):
    """Who did what to which subject, when. Only ever added to, in the transaction of the deed itself."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_org_id_subject_at", "org_id", "subject", "at"),
        Index("ix_audit_heard", "org_id", "at", sqlite_where=HEARD, postgresql_where=HEARD),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    at: Mapped[datetime]
    user_id: Mapped[Key | None] = mapped_column(ForeignKey("users.id"), index=True)  # None: nobody, or a command
    action: Mapped[str]  # "call.read", "audio.read", "session.start", "user.disable", ...
    subject: Mapped[str]  # public id of the call, user, ...; outlives what it names
    detail: Mapped[str] = mapped_column(default="")
