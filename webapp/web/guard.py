"""Nobody passes without a declaration: each route says what it needs, and one that says nothing stops the start.

Checked twice on purpose: here before anything else of a request is read, and again by the decorator on the view, so
that neither a forgotten hook nor a view called some other way opens a door.
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue

from dashboards.here import PUBLIC, SIGNED_IN, declared, desk
from webapp.permissions import PERMISSIONS
from webapp.web.sign_in import person

BEFORE_OWN_PASSWORD = {
    "password.form",
    "password.change",
    "session.sign_out",
    "files.scripts",
}  # the form's own scripts
SMALL = 2 * 1024 * 1024  # bytes of any request but an upload
LARGE = {"upload.take"}
SAFE = {"GET", "HEAD", "OPTIONS"}


class Undeclared(TypeError):
    """A route that did not say what it needs, or needs a permission that does not exist."""


def refuse_undeclared(app: Flask) -> None:
    """Raises Undeclared, naming the routes."""
    known = {PUBLIC, SIGNED_IN, *PERMISSIONS}
    wrong = [f"{name} ({declared(view)})" for name, view in app.view_functions.items() if declared(view) not in known]
    if wrong:
        raise Undeclared(f"routes without a known permission: {', '.join(wrong)}")


def admit() -> ResponseReturnValue | None:
    """None to go on; else the answer to whoever may not."""
    request.max_content_length = SMALL
    if request.method not in SAFE and request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        abort(400, "This request came from another site, so nothing was done.")
    if request.endpoint is None:
        return None  # Flask answers 404 or 405
    needed = declared(current_app.view_functions[request.endpoint])
    if needed == PUBLIC:
        _refuse_nul()
        return None
    who = person()
    if who is None:
        return ask_to_sign_in()
    if who.must_change_password and request.endpoint not in BEFORE_OWN_PASSWORD:
        return redirect(f"/password{_next()}")
    if needed is None or (needed != SIGNED_IN and not desk().may(needed)):
        abort(404)
    if request.endpoint in LARGE:
        request.max_content_length = None  # then the setting counts
    _refuse_nul()
    return None


def _refuse_nul() -> None:
    """Ends a request that holds a NUL, which nobody types and PostgreSQL cannot hold."""
    told = (value for fields in (request.args, request.form) for _name, values in fields.lists() for value in values)
    if "\0" in request.path or any("\0" in value for value in told):
        abort(400, "This request holds a character that no text has.")


def ask_to_sign_in() -> ResponseReturnValue:
    """People are sent to the sign-in page and come back to where they wanted to go; programs get 401."""
    asks_for_page = any(mime == "text/html" for mime, _quality in request.accept_mimetypes)
    if request.method in ("GET", "HEAD") and asks_for_page:
        return redirect(f"/sign-in{_next()}")
    abort(401, "Sign in first.")


def _next() -> str:
    """The page that was asked for, to come back to; "" for the start page and for what is no page."""
    wanted = request.full_path.removesuffix("?")
    return f"?{urlencode({'next': wanted})}" if request.method in ("GET", "HEAD") and wanted != "/" else ""
