"""Dash inside the application: each of its routes says what it needs, as all others do.

All callbacks share one address. What a callback needs is therefore asked for by the callback itself, and a name that
is no callback is a bad request. Addresses that no page has are 404, although Dash would answer them all.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, cast

from dash import Dash
from dash.exceptions import DashException, PreventUpdate
from flask import Flask, abort, redirect, request
from flask.typing import ResponseReturnValue

from dashboards.dash_app import all_pages, make_dash
from dashboards.here import SIGNED_IN, declared, desk, needs, signed_in
from webapp.web.frames import entries

log = logging.getLogger(__name__)

View = Callable[..., Any]
FOR_ALL_SIGNED_IN = (
    "/_dash-layout",
    "/_dash-dependencies",
    "/_dash-component-suites/<string:package_name>/<path:fingerprinted_path>",
    "/_reload-hash",
    "/_favicon.ico",
    "_dash_assets.static",
)
# What a callback is given comes from the browser and may be anything: these are the errors of what does not fit.
UNFIT = (KeyError, TypeError, ValueError, AttributeError, IndexError, DashException)
CALLBACKS, START, ANY = "/_dash-update-component", "/", "/<path:path>"


def mount(app: Flask) -> Dash:
    """Dash on ``app``. What a new version of Dash adds stays undeclared, so the application will not start with it unseen."""
    dash = make_dash(app)
    views = app.view_functions
    for endpoint in FOR_ALL_SIGNED_IN:
        views[endpoint] = signed_in(views[endpoint])
    views[CALLBACKS] = signed_in(_callbacks(dash, views[CALLBACKS]))
    show = views[ANY]
    views[START] = signed_in(start)
    views[ANY] = signed_in(_pages(show))
    return dash


def start() -> ResponseReturnValue:
    """The first place of the menu this person may go to."""
    first = next((entry for entry in entries() if desk().may(entry.needs)), None)
    if first is None:
        abort(404, "You have no role in any team yet. Ask the person who runs callsift for you to give you one.")
    return redirect(first.path)


def _pages(show: View) -> View:
    by_path = {page.entry.path: needs(page.entry.needs)(show) for page in all_pages()}

    def page(path: str) -> ResponseReturnValue:
        view = by_path.get(f"/{path}")
        return view(path=path) if view else abort(404)

    return page


def _callbacks(dash: Dash, dispatch: View) -> View:
    def callback() -> ResponseReturnValue:
        needed = declared(_wanted(dash, request.get_json()))
        if needed not in (None, SIGNED_IN) and not desk().may(str(needed)):
            abort(404)
        try:
            return dispatch()
        except PreventUpdate:
            raise  # Dash's way to say: nothing changes
        except UNFIT:
            log.exception("a callback of Dash could not be answered")
            abort(400, "The page and the server do not understand each other. Reload the page.")

    return callback


def _wanted(dash: Dash, body: Any) -> View:
    """The callback that a request is for; ends the request with 400 when there is none of that name."""
    name = body.get("output") if isinstance(body, dict) else None
    entry = dash.callback_map.get(name) if isinstance(name, str) else None
    if entry is None or "callback" not in entry:
        abort(400, "There is no such callback.")
    return cast(View, entry["callback"])
