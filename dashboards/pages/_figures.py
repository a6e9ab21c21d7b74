"""What the pages of figures share: one form of filters above, and content made anew from the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import flask
from dash import Dash, Input, Output, html
from dash.development.base_component import Component

from dashboards import wording
from dashboards.charts import empty
from dashboards.figures import BadFigures, FiguresDesk, Wanted, figures, read_wanted
from dashboards.frame import Entry
from dashboards.here import desk, needs
from dashboards.judging import judging
from dashboards.page import Page

NEEDS = "figures:read"
TABS = (
    ("/overview", "Overview", NEEDS), ("/overview/topics", "Topics", NEEDS), ("/overview/agents", "Agents and teams", NEEDS),
    ("/overview/compliance", "Compliance", NEEDS), ("/overview/quality", "Quality", NEEDS),
    ("/overview/operations", "Operations", "operations:read"),
)  # fmt: skip
FILTERS = ("team", "queue", "agent")
Draw = Callable[[FiguresDesk, Wanted], list[Component]]


def figures_page(
    path: str, name: str, draw: Draw, *, order: int, menu: bool, needs_: str = NEEDS,
    until: Callable[[FiguresDesk], date] = lambda here: here.latest(), fields: Sequence[str] = FILTERS,
) -> Page:  # fmt: skip
    """A page whose content is ``draw`` of the calls its address asks for.

    ``until`` is the last day where the address names none, ``fields`` are the filters its form offers besides the days.
    """
    place = path.strip("/").replace("/", "-")

    def layout() -> Component:
        return html.Div(id=f"{place}-figures", className="fg-page", **{"aria-live": "polite"})  # type: ignore[arg-type]

    def wire(app: Dash) -> None:
        @needs(needs_)
        def show(search: str) -> list[Component]:
            here = figures()
            try:
                return draw(here, read_wanted(search, until(here)))
            except BadFigures as error:
                return [empty("That cannot be shown", str(error), path, "Show the last 30 days")]

        app.callback(Output(f"{place}-figures", "children"), Input("page-url", "search"))(show)

    return Page(Entry(path, name, needs_, order, menu), layout, wire, "figures.html", lambda: bar(path, until, fields))


def bar(path: str, until: Callable[[FiguresDesk], date], fields: Sequence[str]) -> dict[str, Any]:
    """What the form above the figures offers and holds."""
    here = figures()
    try:
        wanted = read_wanted(flask.request.query_string.decode(), until(here))
    except BadFigures:
        wanted = read_wanted("", until(here))
    may = desk().may
    tabs = [(wanted.address(address), name, address == path) for address, name, needed in TABS if may(needed)]
    return {
        "wanted": wanted,
        "choices": here.choices(),
        "tabs": tabs,
        "path": path,
        "fields": fields,
        "cards": judging().cards() if "card" in fields else (),
        "zone_of_days": wording.zone_name(here.zone()),
    }


def nothing(wanted: Wanted, path: str) -> list[Component]:
    """No call in these days, or within these filters."""
    text = f"No call from {wanted.since:%-d %b %Y} to {wanted.until:%-d %b %Y} fits. Widen the dates or take the filters away."
    everything = f"{path}?since=2000-01-01" if wanted.days < 3000 else path
    return [
        empty("No calls in these days", text, everything.replace("2000", str(wanted.until.year - 5)), "Show five years")
    ]


def percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.0995 else f"{100 * share:.0f} %"


def share_interval(n: int, of: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share; of nothing it is everything."""
    return figures().interval(n, of) if of else (0.0, 1.0)


def behind(wanted: Wanted, kind: str, name: str, value: str = "") -> str:
    """The address of the calls behind a figure."""
    return wanted.address("/figures/calls", kind=kind, name=name, value=value)


def csv(wanted: Wanted, what: str) -> str:
    return wanted.address(f"/figures/{what}.csv")
