"""Agents and teams: means with their intervals, by name. Nobody is ranked, and few calls give no figure.

Source of the rule against league tables on few calls: Goldstein and Spiegelhalter 1996, "League tables and their limitations".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dash import html
from dash.development.base_component import Component

from dashboards import wording
from dashboards.charts import Bar, Table, bars, card, empty
from dashboards.figures import By, FiguresDesk, Group, Mean, Wanted
from dashboards.pages._figures import csv, figures_page, nothing

LEAST = 20  # calls from which a mean of a person is shown
ABOUT = (
    "Mean interest of the calls, 0 to 100, with its 95 % interval: where two intervals overlap, nothing is known to differ."
    " By name, not by rank."
)
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
    few = sum(group.figures.calls < LEAST for group in groups)
    about = ABOUT + (f" {few} with under {LEAST} calls {'has' if few == 1 else 'have'} no mean." if few else "")
    rows = [_bar(group, by, wanted) for group in groups]
    return card(title, about, bars(rows), _table(groups, by, wanted), csv(wanted, f"{by}s"))


def _bar(group: Group, by: By, wanted: Wanted) -> Bar:
    mean, calls = group.figures.interest, group.figures.calls
    href = wanted.address("/figures/calls", kind="all", **{by: group.key})
    if calls < LEAST or mean.half is None:
        return Bar(group.name, 0.0, f"{calls} calls: too few", href)
    low, high = max(0.0, mean.mean - mean.half), min(1.0, mean.mean + mean.half)
    return Bar(
        group.name, mean.mean, f"{100 * mean.mean:.0f} ± {100 * mean.half:.1f} · {calls:,} calls", href, low, high
    )


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
