"""The calls behind a figure, and each chart's figures as CSV. The charts themselves are Dash pages."""

from __future__ import annotations

from datetime import date
from typing import Any, cast
from urllib.parse import parse_qs, urlencode

from flask import Blueprint, abort, current_app, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from dashboards import figures as f
from dashboards import wording
from dashboards.desk import QueueRow
from dashboards.figures import BadFigures, FiguresDesk, Wanted, read_wanted
from dashboards.here import desk, needs
from dashboards.judging import JUDGING, JudgingDesk
from dashboards.operations import OPERATIONS, OperationsDesk
from dashboards.pages.operations import TABLES as OF_OPERATIONS
from dashboards.pages.quality import TABLES as OF_QUALITY
from webapp.desk import SqlDesk
from webapp.figures.tables import TABLES
from webapp.settings import Settings
from webapp.store.rulebook import Rulebook
from webapp.web.csv_answer import About, csv_answer, program_version

bp = Blueprint("figures", __name__)
SETTINGS = "callsift.settings"
MOST = 200  # calls of one page
TITLES = {
    "all": "Calls",
    "reason": "Calls with this reason",
    "finding": "Calls where this was found",
    "verdict": "Calls by verdict",
    "mark": "Calls in doubt",
    "theme": "Calls of a theme",
    "heard": "Calls that somebody listened to",
    "reviewed": "Calls reviewed in these days",
}
BACK = {
    "verdict": "/overview/compliance",
    "theme": "/overview/topics",
    "reviewed": "/overview/quality",
}  # pages that figures of a kind stand on
NAMED = {
    "/overview": "Overview",
    "/overview/compliance": "Compliance",
    "/overview/topics": "Topics",
    "/overview/quality": "Quality",
}
LONGEST = 60  # letters of a name that the way back carries


@bp.record
def offer(state: BlueprintSetupState) -> None:
    """Let the pages of dashboards/ ask for figures."""
    state.app.extensions[f.FIGURES] = figures
    state.app.extensions[OPERATIONS] = operations
    state.app.extensions[JUDGING] = judging


def figures() -> FiguresDesk:
    """The figures of whoever is signed in."""
    from webapp.desk.figures import SqlFiguresDesk

    settings = cast(Settings, current_app.extensions[SETTINGS])
    return SqlFiguresDesk(cast(SqlDesk, desk()), settings.zone, settings.packs)


def operations() -> OperationsDesk:
    """How the installation runs, for whoever is signed in."""
    from webapp.desk.operations import SqlOperationsDesk

    return SqlOperationsDesk(cast(SqlDesk, desk()), cast(Settings, current_app.extensions[SETTINGS]))


def judging() -> JudgingDesk:
    """Figures of reviews for whoever is signed in."""
    from webapp.desk.judging import SqlJudgingDesk

    return SqlJudgingDesk(cast(SqlDesk, desk()), cast(Settings, current_app.extensions[SETTINGS]).zone)


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
    page = _page(kind, name)
    came = wanted.address("", kind=kind, name=name, value=value).removeprefix("?")
    return render_template(
        "figure_calls.html", rows=[_row(row, zone, came) for row in rows], more=len(rows) == MOST,
        title=_title(here, kind, name, value), about=f"{days}, most interesting first.", back=wanted.address(page),
        back_name=NAMED[page],
    )  # fmt: skip


def came_from(search: str) -> tuple[str, str]:
    """The list of calls behind a figure that a call was opened from, as address and name; ``search`` is what the list asked."""
    asked = {name: values[0] for name, values in parse_qs(search).items()}
    kind, name, value = asked.get("kind", ""), asked.get("name", ""), asked.get("value", "")
    if kind == "verdict":
        said = f"{name}: {wording.VERDICTS.get(value, value)}"
    elif name.startswith(f.TOPIC):
        said = f"Calls about {wording.plain(name.removeprefix(f.TOPIC)).lower()}"
    else:
        said = TITLES.get(kind, TITLES["all"])
    return f"/figures/calls?{urlencode(asked)}", said[:LONGEST]


def _page(kind: str, name: str) -> str:
    return BACK["theme"] if name.startswith(f.TOPIC) else BACK.get(kind, "/overview")


@bp.get(f"/figures/<any({', '.join(TABLES)}):what>.<any(csv, json):form>")
@needs("figures:read")
def as_csv(what: str, form: str) -> ResponseReturnValue:
    """The figures of one chart, or as JSON what that table is: its filter, versions and SHA-256."""
    here, wanted = figures(), _wanted()
    return csv_answer(what, TABLES[what](here, wanted), about(here, wanted), particulars=form == "json")


@bp.get(f"/figures/operations/<any({', '.join(OF_OPERATIONS)}):what>.<any(csv, json):form>")
@needs("operations:read")
def of_operations(what: str, form: str) -> ResponseReturnValue:
    """The same of one list of the page Operations; its moments are in UTC."""
    wanted = _wanted(operations().today())
    told = about(figures(), wanted)
    return csv_answer(what, OF_OPERATIONS[what](operations(), wanted), told, particulars=form == "json")


@bp.get(f"/figures/quality/<any({', '.join(OF_QUALITY)}):what>.<any(csv, json):form>")
@needs("figures:read")
def of_quality(what: str, form: str) -> ResponseReturnValue:
    """The same of one chart of the page Quality."""
    wanted = _wanted(judging().today())
    told = about(figures(), wanted)
    return csv_answer(what, OF_QUALITY[what](judging(), wanted), told, particulars=form == "json")


def about(here: FiguresDesk, wanted: Wanted) -> About:
    """What a table of these calls is."""
    team = dict(here.choices()["teams"]).get(wanted.team, "none of yours") if wanted.team else "all of yours"
    chosen = {
        "since": wanted.since.isoformat(), "until": wanted.until.isoformat(), "team": team, "queue": wanted.queue or "all",
        "agent": wanted.agent or "all", **({"scorecard": wanted.card} if wanted.card else {}),
        **({"pack": wording.pack(wanted.pack)} if wanted.pack else {}),
    }  # fmt: skip
    store = cast(SqlDesk, desk()).store
    rulebook = Rulebook(store.database, store.org).newest()
    rules = "as in the folders" if rulebook is None else str(rulebook)
    return About(chosen, here.zone(), {"callsift": program_version(), "rulebook": rules})


def _wanted(until: date | None = None) -> Wanted:
    """What the address asks for; ``until`` is the last day where it names none, else that of the last call."""
    try:
        return read_wanted(request.query_string.decode(), until or figures().latest())
    except BadFigures as error:
        abort(400, str(error))


def _title(here: FiguresDesk, kind: str, name: str, value: str) -> str:
    if kind == "verdict":
        rule = here.rules().get(name)
        return f"{name} {rule.title if rule else ''}: {wording.VERDICTS.get(value, value)}"
    if kind == "finding" and name.startswith(f.TOPIC):
        return f"Calls about {wording.plain(name.removeprefix(f.TOPIC)).lower()}"
    if kind == "mark":
        return f"{TITLES[kind]}: {wording.mark(name)[0]}"
    return (
        f"{TITLES[kind]}: {wording.thing(name, _titles(here))}"
        if name and kind not in ("theme", "reviewed")
        else TITLES[kind]
    )


def _titles(here: FiguresDesk) -> dict[str, str]:
    return {rule: one.title for rule, one in here.rules().items()}


def _row(row: QueueRow, zone: str, came: str) -> dict[str, Any]:
    """``came`` is what this list asked for, so that the call can lead back to it."""
    second = {} if row.listen_from is None else {"t": f"{row.listen_from:g}"}
    return {
        "href": f"/calls/{row.id}?{urlencode({**second, 'figure': came})}", "at": wording.clock(row.listen_from),
        "name": row.name or row.id[:8], "why": wording.sentence(row.reasons[0]) if row.reasons else "",
        "score": wording.score(row.score), "started": wording.when(row.started_at, zone), "length": wording.clock(row.duration),
        "where": ", ".join(filter(None, (row.queue, row.agent))),
    }  # fmt: skip
