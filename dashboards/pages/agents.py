"""Agents and teams: means with their intervals, by name. Nobody is ranked, and few calls give no figure.

Source of the rule against league tables on few calls: Goldstein and Spiegelhalter 1996, "League tables and their limitations".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash import html
from dash.development.base_component import Component

from dashboards import wording
from dashboards.charts import Bar, Table, bars, card, empty, links
from dashboards.figures import LEAST, By, FiguresDesk, Group, Mean, Wanted
from dashboards.pages._figures import csv, figures_page, nothing

ABOUT = (
    "Mean interest of the calls, 0 to 100, with its 95 % interval: where two intervals overlap, nothing is known to differ."
    " By name, not by rank."
)
SHORT = 12  # rows that are shown without being asked for
SHOWN = ("talk_share.agent", "words_per_minute.agent", "sentiment.customer", "silence_share")


def draw(here: FiguresDesk, wanted: Wanted) -> list[Component]:
    teams, agents = here.groups(wanted, "team"), here.groups(wanted, "agent")
    if not teams and not agents:
        return nothing(wanted, "/overview/agents")
    shown = [_card("Teams", "team", teams, wanted), _card("Agents", "agent", agents, wanted)]
    return [html.Div([part for part in shown if part is not None], className="fg-grid wide")]


def _card(title: str, by: By, groups: Sequence[Group], wanted: Wanted) -> Component | None:
    if not groups:
        told = "The metadata of these calls name no agent. A sidecar or a mapping file can."
        return empty("No agent is named", told, "/search", "Search calls") if by == "agent" else None
    rows = [_bar(group, mean, half, by, wanted) for group in groups for mean, half in _told(group)]
    few = [group for group in groups if not _told(group)]
    shown: list[Component] = [bars(rows)] if rows else []
    shown += [_few(few, by, wanted, alone=not rows)] if few else []
    return card(title, ABOUT, html.Div(shown), _table(groups, by, wanted), csv(wanted, f"{by}s"))


def _told(group: Group) -> list[tuple[float, float]]:
    """The mean of a group and its half width; nothing where the calls are too few for one."""
    mean = group.figures.interest
    return [] if group.figures.calls < LEAST or mean.half is None else [(mean.mean, mean.half)]


def _few(groups: Sequence[Group], by: By, wanted: Wanted, *, alone: bool) -> Component:
    """Those with too few calls for a mean, out of the way of the others."""
    rows = [
        (group.name, wording.counted(group.figures.calls, "call"),
         wanted.address("/figures/calls", kind="all", **{by: group.key}))
        for group in groups
    ]  # fmt: skip
    head = f"{wording.counted(len(groups), by)} with fewer than {LEAST} calls: too few for a mean"
    return html.Details([html.Summary(head), links(rows)], className="fg-few", open=alone and len(rows) <= SHORT)


def _bar(group: Group, mean: float, half: float, by: By, wanted: Wanted) -> Bar:
    href = wanted.address("/figures/calls", kind="all", **{by: group.key})
    low, high = max(0.0, mean - half), min(1.0, mean + half)
    text = f"{100 * mean:.0f} ± {100 * half:.1f} · {wording.counted(group.figures.calls, 'call')}"
    return Bar(group.name, mean, text, href, low, high)


def _table(groups: Sequence[Group], by: By, wanted: Wanted) -> Table:
    measures = [name for name in SHOWN if any(name in group.figures.measures for group in groups)]
    head = [
        by.capitalize(),
        "Calls",
        "Mean interest",
        "Rules not met a call",
        *(wording.measure(name, 0.0)[0] for name in measures),
    ]
    return Table(head, [
        [(group.name, wanted.address("/figures/calls", kind="all", **{by: group.key})), f"{group.figures.calls:,}",
         _mean(group, group.figures.interest, lambda value: f"{100 * value:.0f}"),
         f"{group.figures.breaches / group.figures.calls:.2f}" if group.figures.calls >= LEAST else "too few",
         *(_measure(group, name) for name in measures)]
        for group in groups
    ])  # fmt: skip


def _measure(group: Group, name: str) -> str:
    found = group.figures.measures.get(name)
    return "" if found is None else _mean(group, found, lambda value: wording.measure(name, value)[1])


def _mean(group: Group, mean: Mean, show: Callable[[float], str]) -> str:
    if group.figures.calls < LEAST or mean.half is None:
        return "too few"
    return show(mean.mean)


page = figures_page("/overview/agents", "Agents and teams", draw, order=1, menu=False)
