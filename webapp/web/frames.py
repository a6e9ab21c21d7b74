"""The frame around each page: menu entries of screens and Dash pages together, in order."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask, request

from dashboards.about import about_of
from dashboards.dash_app import all_pages
from dashboards.frame import Entry, frame
from dashboards.here import desk
from dashboards.notices import unread
from rules.discovery import load_module, module_names
from webapp.web import views
from webapp.web.sign_in import person


@cache
def entries() -> tuple[Entry, ...]:
    """Every place of the menu, found in the two folders of pages."""
    screens = [getattr(load_module(views, name), "entry", None) for name in module_names(views)]
    found = [one for one in screens if isinstance(one, Entry)] + [page.entry for page in all_pages()]
    return tuple(sorted(found, key=lambda entry: entry.order))


def init(app: Flask) -> None:
    @app.context_processor
    def around() -> dict[str, Any]:
        path = request.path
        return {"frame": frame(desk(), entries(), path, unread(), about_of(path)) if person() else None}
