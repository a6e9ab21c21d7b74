"""What the web application asks of accounts, desks and the way in for recordings.

webapp/accounts.py and webapp/desk.py answer over SQL; tests may answer from memory. A session token is what the cookie
carries; only its SHA-256 is stored. Everything is asked per request, so a changed role counts from the next request on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Protocol

from dashboards.desk import Desk
from rules.errors import CallsiftError


class SignInRefused(CallsiftError):
    """Wrong name or password (never said which), or too many tries: then ``wait`` is the seconds to wait."""

    def __init__(self, message: str, *, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


class AccountError(CallsiftError):
    """A change of accounts that cannot be made; the message is for the person who tried."""


@dataclass(frozen=True, slots=True)
class User:
    """One person with an account. ``roles`` maps a team's id to the role there; ``id`` is public."""

    id: str
    login: str
    name: str
    zone: str = "UTC"
    disabled: bool = False
    must_change_password: bool = False
    last_seen: datetime | None = None
    roles: Mapping[str, str] = field(default_factory=dict)


class Accounts(Protocol):
    """Users, their roles per team, and their sessions. Each change that takes rights away ends the user's sessions."""

    def sign_in(self, login: str, password: str, *, address: str) -> str:
        """A new session's token. Raises SignInRefused; tries are counted per login and per address in SQL."""
        ...

    def session(self, token: str) -> User | None:
        """Whose session this is, and note that it was used; None when revoked, idle too long or over."""
        ...

    def sign_out(self, token: str) -> None: ...

    def change_password(self, user_id: str, old: str, new: str) -> None:
        """Raises AccountError when ``old`` is wrong or ``new`` too weak; ends all sessions of the user."""
        ...

    def users(self, by: str) -> Sequence[User]:
        """Everyone in the organisation of ``by`` (a user id)."""
        ...

    def teams(self, by: str) -> Mapping[str, str]:
        """Teams of the organisation of ``by``: id to name."""
        ...

    def add(self, by: str, login: str, name: str, roles: Mapping[str, str], *, agent_id: str | None = None) -> str:
        """A new user; returns the password to hand over once. ``agent_id`` is whose calls an agent sees."""
        ...

    def reset(self, by: str, user_id: str) -> str:
        """A new password to hand over once; ends the user's sessions."""
        ...

    def disable(self, by: str, user_id: str, *, disabled: bool) -> None: ...

    def set_role(self, by: str, user_id: str, team_id: str, role: str | None) -> None: ...


class Desks(Protocol):
    """Gives each signed-in person their desk."""

    def desk(self, user: User) -> Desk: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one uploaded recording: ``what`` is new, known, new_metadata or refused; ``says`` is for people."""

    what: str
    says: str
    call_id: str | None = None


class Intake(Protocol):
    """The way in for uploads."""

    def take(self, name: str, audio: IO[bytes], *, team: str, sidecar: tuple[str, IO[bytes]] | None = None) -> Taken:
        """Seal and remember one recording for the team of that name, whatever the sidecar says of teams.

        Refusals are remembered too and come back as an answer, not as an error.
        """
        ...

    def close(self) -> None:
        """Let go of what was opened for uploads."""
        ...
