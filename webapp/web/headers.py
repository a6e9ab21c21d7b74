"""What every answer says about itself: what may run in it, who may frame it, and that personal pages are not kept.

Dash writes styles into the page while it runs, so its pages alone may have inline styles; scripts are never inline but
for the one line Dash starts with, known by its hash. No page may ask any other host for anything.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, Response, request
from flask_wtf.csrf import generate_csrf

from dashboards.dash_app import CSRF_COOKIE, page_at
from webapp.web.files import program_file

STRICT = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
YEAR = 365 * 24 * 3600


def init(app: Flask, *, hashes: Sequence[str], secure: bool) -> None:
    """``hashes``: of Dash's inline scripts, as it gives them. ``secure``: browsers reach the server by TLS."""
    strict = as_policy(STRICT)
    dash = as_policy(STRICT | {
        "script-src": " ".join(["'self'", *hashes]), "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data:", "font-src": "'self' data:",
    })  # fmt: skip

    @app.after_request
    def add(response: Response) -> Response:
        own = dash if page_at(request.path) else strict
        response.headers.setdefault("Content-Security-Policy", own)  # a view that shows a mail has a stricter one
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        if secure:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        if not program_file(response):
            response.headers["Cache-Control"] = "no-store"
        if page_at(request.path) and response.status_code == 200:
            response.set_cookie(
                CSRF_COOKIE, generate_csrf(), secure=secure, samesite="Strict"
            )  # Dash reads and sends it
        return response


def as_policy(rules: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in rules.items())
