"""Style sheets, scripts and the font, from the folders of dashboards/, under addresses that change with their content.

`asset("callsift.css")` gives `/style/callsift.css?v=<hash>`: browsers keep such a file for a year and fetch a changed
one at once.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, Response, request, send_from_directory, url_for

import dashboards
from dashboards.here import public, signed_in

ROOT = Path(dashboards.__file__).parent
FOLDERS = {"style": ROOT / "style", "scripts": ROOT / "scripts", "call": ROOT / "call_page" / "static",
           "cards": ROOT / "scorecards" / "static"}  # fmt: skip
FILES = {"files.style", "files.scripts", "files.call", "files.cards", "_dash_assets.static"}
DAY, YEAR = 24 * 3600, 365 * 24 * 3600

bp = Blueprint("files", __name__)


@bp.get("/style/<path:name>")
@public
def style(name: str) -> Response:
    """The look, which the sign-in page needs too."""
    return _send("style", name)


@bp.get("/scripts/<path:name>")
@signed_in
def scripts(name: str) -> Response:
    return _send("scripts", name)


@bp.get("/call-page/<path:name>")
@signed_in
def call(name: str) -> Response:
    return _send("call", name)


@bp.get("/scorecard-files/<path:name>")
@signed_in
def cards(name: str) -> Response:
    return _send("cards", name)


def init(app: Flask) -> None:
    app.register_blueprint(bp)
    app.jinja_env.globals["asset"] = asset


def asset(name: str, folder: str = "style", *, fingerprint: bool = True) -> str:
    """The address of a file, with its fingerprint unless something else (a style sheet) names it without."""
    address = url_for(f"files.{folder}", name=name)
    return f"{address}?v={fingerprint_of(FOLDERS[folder] / name)}" if fingerprint else address


def program_file(response: Response) -> bool:
    """Whether an answer is a file of the program, the same for everyone: never a page or a recording."""
    endpoint = request.endpoint or ""
    return response.status_code in (200, 304) and (endpoint in FILES or "_dash-component-suites" in endpoint)


@cache
def fingerprint_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]


def _send(folder: str, name: str) -> Response:
    # Modules import each other by plain names: those are asked for anew each time.
    age = YEAR if "v" in request.args else None if name.endswith(".js") else DAY
    return send_from_directory(FOLDERS[folder], name, max_age=age)
