"""The Dash application around the pages of pages/: one address a page, one shared frame, nothing but permitted callbacks.

Dash's own page registry is not used: it is global to the process and registers its callbacks with the first request,
so nobody could say at start which callbacks exist. Here each page is one module with a `page`; its callbacks are wired
when the application is made, and one that did not declare what it needs is refused there and then.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import flask
from dash import Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from markupsafe import Markup

from dashboards import pages
from dashboards.here import declared, needs, signed_in
from dashboards.page import Page
from rules.discovery import load_all

CSRF_COOKIE = "callsift_form"
ASSETS = Path(__file__).parent / "pages" / "assets"


class UndeclaredCallback(TypeError):
    """A callback that did not say which permission it needs."""


class FramedDash(Dash):
    """Dash inside the frame that all other pages have."""

    def interpolate_index(  # type: ignore[override]  # Dash calls it with names only
        self, *, title: str, config: str, **parts: str
    ) -> str:
        page = page_at(flask.request.path)
        assert page is not None  # the guard answers 404 to every other address
        ready = {name: Markup(part) for name, part in parts.items()}  # noqa: S704 (made by Dash, holds no data)
        return flask.render_template(
            page.bar, title=page.entry.name, dash_config=Markup(config), **page.context(), **ready  # noqa: S704 (the same)
        )  # fmt: skip


@cache  # asked with every answer, and the folder does not change while the server runs
def all_pages() -> tuple[Page, ...]:
    """Every page of the folder."""
    return tuple(page for page in load_all(pages, "page").values() if isinstance(page, Page))


def page_at(path: str) -> Page | None:
    return next((page for page in all_pages() if page.entry.path == path), None)


def make_dash(server: flask.Flask) -> Dash:
    """Dash on ``server``, with every page wired. Raises UndeclaredCallback."""
    app = FramedDash(
        "callsift", server=server,  # type: ignore[arg-type]  # Dash takes a Flask application but does not say so
        serve_locally=True, assets_folder=str(ASSETS), enable_mcp=False,
        csrf_token_name=CSRF_COOKIE, suppress_callback_exceptions=True, title="callsift", update_title="",
        include_pages_meta=False, use_pages=False,
    )  # fmt: skip
    app.layout = html.Div([dcc.Location(id="page-url", refresh=False), html.Div(id="page")], id="page-root")
    app.callback(Output("page", "children"), Input("page-url", "pathname"))(show_page)
    for page in all_pages():
        page.wire(app)
    with (
        server.app_context()
    ):  # set up now, not with the first request: the callbacks are complete and nothing can race
        app._setup_server()  # type: ignore[no-untyped-call]
    refuse_undeclared(app)
    return app


@signed_in
def show_page(path: str) -> Component | None:
    """The layout of the page at ``path``, for those who may see it."""
    page = page_at(path)
    if page is None:
        flask.abort(404)
    return needs(page.entry.needs)(page.layout)()


def refuse_undeclared(app: Dash) -> None:
    silent = [
        name for name, entry in app.callback_map.items() if "callback" in entry and not declared(entry["callback"])
    ]
    if silent:
        raise UndeclaredCallback(f"callbacks without @needs(...): {', '.join(silent)}")
