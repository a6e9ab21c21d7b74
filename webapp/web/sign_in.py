"""Who is asking: Flask-Login over sessions that live in the database.

The cookie names a session row, not a user, so a session that was ended is over everywhere at once. The row is read with
every request; Flask-Login keeps the answer for that request only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from werkzeug.exceptions import Unauthorized

from dashboards.desk import Desk
from dashboards.here import EXTENSION
from webapp.web.ports import User
from webapp.web.services import Services

SERVICES = "callsift.services"


@dataclass(frozen=True, slots=True, eq=False)
class SignedIn(UserMixin):  # type: ignore[misc]  # Flask-Login is not typed
    """A person in one session. ``get_id`` gives what the cookie carries: the session's token."""

    user: User
    token: str

    def get_id(self) -> str:
        return self.token


def init(app: Flask, services: Services) -> None:
    app.extensions[SERVICES] = services
    app.extensions[EXTENSION] = current_desk
    manager = LoginManager(app)
    manager.session_protection = None  # the row decides; an address that changes on the way is no reason to sign out
    manager.user_loader(_load)


def services() -> Services:
    return cast(Services, current_app.extensions[SERVICES])


def person() -> User | None:
    """Whoever is signed in, or None."""
    return current_user.user if current_user.is_authenticated else None


def user() -> User:
    """Whoever is signed in; ends the request with 401 when nobody is."""
    found = person()
    if found is None:
        raise Unauthorized("Sign in first.")
    return found


def current_desk() -> Desk:
    """The desk of whoever is signed in, made once a request."""
    if "desk" not in g:
        g.desk = services().desks.desk(user())
    return cast(Desk, g.desk)


def begin(token: str) -> None:
    """Start a session in this browser; nothing of what was there before stays (session fixation)."""
    session.clear()
    found = services().accounts.session(token)
    assert found is not None  # it was made a moment ago
    login_user(SignedIn(found, token))


def end() -> None:
    """End this browser's session, in the database first."""
    if current_user.is_authenticated:
        services().accounts.sign_out(current_user.get_id())
    logout_user()
    session.clear()
    g.pop("desk", None)


def safe_path(wanted: str | None) -> str:
    """``wanted`` when it is a path of this application, else the start page: nobody is sent elsewhere."""
    wanted = wanted or "/"
    parts = urlsplit(wanted)
    plain = wanted.isprintable() and "\\" not in wanted
    ours = not parts.scheme and not parts.netloc and wanted.startswith("/") and not wanted.startswith("//")
    return wanted if plain and ours else "/"


def _load(token: str) -> SignedIn | None:
    found = services().accounts.session(token)
    return SignedIn(found, token) if found else None
