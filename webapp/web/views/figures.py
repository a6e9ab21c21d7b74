"""The calls behind a figure, and each chart's figures as CSV. The charts themselves are Dash pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from dashboards import figures as f
from dashboards import wording
from dashboards.desk import QueueRow
from dashboards.figures import BadFigures, FiguresDesk, Wanted, read_wanted
from dashboards.here import desk, needs
from webapp.desk import SqlDesk
from webapp.reports.formats.csv import safe
from webapp.settings import Settings

bp = Blueprint("figures", __name__)
SETTINGS = "callsift.settings"
MOST = 200  # calls of one page
TITLES = {
    "all": "Calls",
    "reason": "Calls with this reason",
    "finding": "Calls where this was found",
    "verdict": "Calls by verdict",
}

Row = Sequence[str | float | int]


@bp.record
def offer(state: BlueprintSetupState) -> None:
    """Let the pages of dashboards/ ask for figures."""
    state.app.extensions[f.FIGURES] = figures


def figures() -> FiguresDesk:
    """The figures of whoever is signed in."""
    from webapp.desk.figures import SqlFiguresDesk

    return SqlFiguresDesk(cast(SqlDesk, desk()), cast(Settings, current_app.extensions[SETTINGS]).zone)


@bp.get("/figures/calls")
@needs("figures:read")
def calls() -> ResponseReturnValue:
    """``kind``, ``name`` and ``value`` of a figure, with the days and filters of its page."""
    here, wanted = figures(), _wanted()
    kind, name, value = (request.args.get(part, "") for part in ("kind", "name", "value"))
    kind = kind or "all"
    try:
        rows = here.calls(wanted, kind, name, value, limit=MOST)
    except BadFigures as error:
        abort(400, str(error))
    zone = desk().viewer().zone
    days = f"{wanted.since:%-d %b %Y} to {wanted.until:%-d %b %Y}"
    page = "/overview/compliance" if kind == "verdict" else "/overview"
    return render_template(
        "figure_calls.html", rows=[_row(row, zone) for row in rows], more=len(rows) == MOST, title=_title(here, kind, name, value),
        about=f"{days}, most interesting first.", back=wanted.address(page),
    )  # fmt: skip


@bp.get("/figures/<any(days, reasons, findings, rules, agents, teams):what>.csv")
@needs("figures:read")
def as_csv(what: str) -> ResponseReturnValue:
    """The figures of one chart: ``days``, ``reasons``, ``findings``, ``rules``, ``agents`` or ``teams``."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in TABLES[what](figures(), _wanted()):
        writer.writerow([safe(cell) for cell in row])
    return Response(
        "\ufeff" + text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{what}.csv"'}
    )  # fmt: skip


def _wanted() -> Wanted:
    try:
        return read_wanted(request.query_string.decode(), figures().latest())
    except BadFigures as error:
        abort(400, str(error))


def _title(here: FiguresDesk, kind: str, name: str, value: str) -> str:
    if kind == "verdict":
        rule = here.rules().get(name)
        return f"{name} {rule.title if rule else ''}: {wording.VERDICTS.get(value, value)}"
    return f"{TITLES[kind]}: {wording.kind(name)}" if name else TITLES[kind]


def _row(row: QueueRow, zone: str) -> dict[str, Any]:
    second = "" if row.listen_from is None else f"?t={row.listen_from:g}"
    return {
        "href": f"/calls/{row.id}{second}", "name": row.name or row.id[:8], "why": wording.sentence(row.reasons[0]) if row.reasons else "",
        "score": wording.score(row.score), "started": wording.when(row.started_at, zone), "length": wording.clock(row.duration),
        "where": ", ".join(filter(None, (row.queue, row.agent))),
    }  # fmt: skip


def _days(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
    yield "day", "calls", "mean_interest"
    for day in here.days(wanted):
        yield day.day.isoformat(), day.calls, round(day.interest, 4)


def _named(kind: str) -> Callable[[FiguresDesk, Wanted], Iterator[Row]]:
    def rows(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
        found = here.sums(wanted)
        yield "name", "calls", "of_calls"
        for name, n in sorted(found.named.get(kind, {}).items(), key=lambda pair: (-pair[1], pair[0])):
            yield name, n, found.calls

    return rows


def _rules(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
    names = here.rules()
    yield "rule", "title", "pack", *(value.lower() for value in wording.VERDICTS)
    for rule, verdicts in sorted(here.sums(wanted).verdicts.items()):
        known = names.get(rule)
        yield (
            rule,
            known.title if known else "",
            known.pack if known else "",
            *(verdicts.of(value) for value in wording.VERDICTS),
        )


def _groups(by: f.By) -> Callable[[FiguresDesk, Wanted], Iterator[Row]]:
    def rows(here: FiguresDesk, wanted: Wanted) -> Iterator[Row]:
        yield by, "calls", "seconds", "mean_interest", "half_width_95", "rules_not_met"
        for group in here.groups(wanted, by):
            mean = group.figures.interest
            half = "" if mean.half is None else round(mean.half, 4)
            yield (
                group.name,
                group.figures.calls,
                round(group.figures.seconds, 1),
                round(mean.mean, 4),
                half,
                group.figures.breaches,
            )

    return rows


TABLES: dict[str, Callable[[FiguresDesk, Wanted], Iterator[Row]]] = {
    "days": _days, "reasons": _named("reasons"), "findings": _named("findings"), "rules": _rules, "agents": _groups("agent"),
    "teams": _groups("team"),
}  # fmt: skip
