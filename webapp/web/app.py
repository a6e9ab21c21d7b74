"""The application factory: settings in, a Flask application out, refused when anything in it is left undeclared."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

import jinja2
from flask import Blueprint, Flask, request
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

import dashboards
from dashboards.moments import HOUSE_ZONE
from rules.discovery import load_all
from webapp.settings import Settings, SettingsError
from webapp.web import dash_mount, files, frames, guard, headers, problems, sign_in, squeeze, views
from webapp.web.services import Services, services_of

if TYPE_CHECKING:
    from webapp.store import SqlStore

TEMPLATES = Path(dashboards.__file__).parent
LEAST_SECRET = 32  # characters
DASH = "callsift.dash"  # where the Dash application is found among the extensions


def create_app(settings: Settings, *, store: SqlStore | None = None, services: Services | None = None) -> Flask:
    """The web application. ``services`` replaces everything behind the pages; else it is made over ``store`` or settings.

    Raises SettingsError for a secret that is too short, Undeclared or UndeclaredCallback for a route or callback that
    does not say which permission it needs.
    """
    app = Flask("webapp.web", static_folder=None, template_folder=None)
    _configure(app, settings)
    app.before_request(guard.admit)  # first of all: before forms are read, and before Dash looks at anything
    sign_in.init(app, services or services_of(settings, store))
    app.extensions[HOUSE_ZONE] = settings.zone
    app.extensions["callsift.settings"] = settings  # for views that show how the installation is set up
    app.teardown_request(lambda _error: request.close())  # uploaded files lie in unnamed temporary files until then
    CSRFProtect(app)
    problems.init(app)
    frames.init(app)
    files.init(app)
    for blueprint in load_all(views, "bp").values():
        app.register_blueprint(cast(Blueprint, blueprint))
    dash = dash_mount.mount(app)
    app.extensions[DASH] = dash
    headers.init(app, hashes=dash.csp_hashes(), secure=settings.behind_proxy)
    squeeze.init(app)
    guard.refuse_undeclared(app)
    return app


def check_address(host: str, *, behind_proxy: bool) -> None:
    """Raises SettingsError when ``host`` can be reached from other machines although nothing in front speaks TLS."""
    if behind_proxy or host == "localhost":
        return
    try:
        inside = ipaddress.ip_address(host).is_loopback
    except ValueError:
        inside = False
    if not inside:
        raise SettingsError(
            f"host = {host!r} can be reached from other machines, and passwords and calls would travel unencrypted. Keep "
            "127.0.0.1, or put one TLS-terminating proxy in front and set CALLSIFT_BEHIND_PROXY=true."
        )


def serve(app: Flask, settings: Settings, *, on_start: Callable[[], None] | None = None) -> None:
    """Serve until stopped. ``on_start`` runs once when the address is open: schedules start there, and it must return."""
    from waitress import create_server  # only a server needs it

    check_address(settings.host, behind_proxy=settings.behind_proxy)
    try:
        server = create_server(app, host=settings.host, port=settings.port, threads=8, ident=None,
                               max_request_body_size=_most_bytes(settings))  # fmt: skip
    except OSError as error:
        cast(Services, app.extensions[sign_in.SERVICES]).intake.close()
        raise SettingsError(
            f"callsift cannot serve at {settings.host}:{settings.port}: {error.strerror}. Choose another --port or --host."
        ) from error
    try:
        if on_start is not None:
            on_start()
        server.run()
    finally:
        cast(Services, app.extensions[sign_in.SERVICES]).intake.close()


def _configure(app: Flask, settings: Settings) -> None:
    secret = settings.secret("secret_key")
    if len(secret) < LEAST_SECRET:
        raise SettingsError(
            f"secret_key has {len(secret)} characters; it needs {LEAST_SECRET}. `callsift init` makes one."
        )
    app.secret_key = secret
    secure = settings.behind_proxy
    app.config.update(
        SESSION_COOKIE_NAME="__Host-callsift" if secure else "callsift",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",  # Strict would ask everyone to sign in again who follows a link out of a mail
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=_most_bytes(settings),
        MAX_FORM_PARTS=200,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session, which ends by itself
        CALLSIFT_UPLOAD_MB=settings.max_upload_mb,
    )
    app.jinja_env.loader = jinja2.FileSystemLoader([
        TEMPLATES / "templates", TEMPLATES / "call_page" / "templates", TEMPLATES / "scorecards" / "templates"
    ])  # fmt: skip
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if secure:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]


def _most_bytes(settings: Settings) -> int:
    return (settings.max_upload_mb + 1) * 1024 * 1024  # a little more than the file: names and sidecars
