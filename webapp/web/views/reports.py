"""Compliance reports: choose, have one made, see how far it is, fetch it; past ones and those of every month."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from flask import Blueprint, Response, abort, current_app, flash, jsonify, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from dashboards import wording
from dashboards.frame import Entry
from dashboards.here import desk, needs
from pipeline.reporting.errors import ReportError
from pipeline.reporting.period import STEPS, Period
from pipeline.reporting.records import Filter
from webapp.desk import SqlDesk
from webapp.settings import Settings

bp = Blueprint("reports", __name__)
entry = Entry("/reports", "Reports", "reports:export", order=8)

SETTINGS, MAKER = "callsift.settings", "callsift.reports"
STATES = {
    "waiting": ("", "waits"),
    "running": ("accent", "is being made"),
    "done": ("pass", "ready"),
    "failed": ("fail", "failed"),
}
CHOICES = ("packs", "jurisdictions", "teams", "queues", "agents")


def reports() -> Any:
    """The reports of whoever is signed in."""
    from webapp.desk.reports import SqlReportDesk  # with reportlab and the rules: only where reports are asked for

    return SqlReportDesk(cast(SqlDesk, desk()), cast(Settings, current_app.extensions[SETTINGS]))


def maker() -> Any:
    """The one that makes reports beside this server."""
    from webapp.reports.running import Maker

    settings = cast(Settings, current_app.extensions[SETTINGS])
    found = current_app.extensions.get(MAKER)
    if found is None:
        store = cast(SqlDesk, desk()).store
        found = current_app.extensions.setdefault(MAKER, Maker(settings, store))
    return found


@bp.get("/reports")
@needs("reports:export")
def show() -> ResponseReturnValue:
    zone = desk().viewer().zone
    rows = [_row(row, name, zone) for row, name in reports().reports()]
    if any(row["state"] in ("waiting", "running") for row in rows):
        maker().wake()  # whatever a stopped server left undone goes on with the first look
    period = reports().period(zone)
    return render_template(
        "reports.html", rows=rows, choices=reports().choices(), period=period, calls=_held(period),
        formats=_formats(), steps=STEPS,
        schedules=[_schedule(one) for one in reports().schedules()],
    )  # fmt: skip


@bp.post("/reports")
@needs("reports:export")
def ask() -> ResponseReturnValue:
    """One report now, or one every month, by the button that was pressed."""
    try:
        wanted, formats = _wanted(request.form), request.form.getlist("format")
        if request.form.get("every") == "month":
            reports().every_month(wanted, formats, request.form.get("recipients", ""))
            flash("Each month's report will be made on the first day of the next one.", "good")
        else:
            reports().ask(wanted, formats)
            maker().wake()
            flash("The report is being made. You may leave this page meanwhile.", "good")
    except ReportError as error:
        abort(400, str(error))
    return redirect("/reports", 303)


@bp.get("/reports/calls")
@needs("reports:export")
def calls() -> ResponseReturnValue:
    """How many calls a report of the days and choices in the address would cover."""
    try:
        return jsonify(calls=reports().calls(_wanted(request.args)))
    except ReportError as error:
        abort(400, str(error))


@bp.get("/reports/progress")
@needs("reports:export")
def progress() -> ResponseReturnValue:
    """How far each report is that this person may see."""
    return jsonify(reports=[
        {"id": row.public_id, "state": row.state, "done": row.rows_done, "of": row.rows_all}
        for row, _name in reports().reports()
    ])  # fmt: skip


@bp.get("/reports/<report_id>.zip")
@needs("reports:export")
def fetch(report_id: str) -> Response:
    try:
        path = reports().fetch(report_id) or abort(404, "There is no such report, or it is not one of yours.")
    except ReportError as error:
        abort(409, str(error))
    return send_file(
        path, mimetype="application/zip", as_attachment=True, download_name=f"callsift-report-{report_id[:8]}.zip"
    )


@bp.get("/reports/key.pem")
@needs("reports:export")
def key() -> Response:
    """The public key that reports of this installation are signed with."""
    from webapp.reports.signing import signing_key

    pem = signing_key(cast(Settings, current_app.extensions[SETTINGS])).public
    return Response(
        pem, mimetype="application/x-pem-file", headers={"Content-Disposition": "attachment; filename=callsift-key.pem"}
    )


@bp.post("/reports/monthly/<report_id>/end")
@needs("reports:export")
def end(report_id: str) -> ResponseReturnValue:
    if not reports().end(report_id):
        abort(404, "There is no such monthly report, or it is not one of yours.")
    flash("This report will not be made any more. Those that were made stay.", "good")
    return redirect("/reports", 303)


def _held(period: Period) -> int:
    """Calls in a period; of somebody who works in no team, none."""
    try:
        held: int = reports().calls(Filter(period))
    except ReportError:
        return 0
    return held


def _wanted(form: MultiDict[str, str]) -> Filter:
    """The filter of the form; raises ReportError for what no form would send."""
    try:
        first, last = date.fromisoformat(form.get("first", "")), date.fromisoformat(form.get("last", ""))
    except ValueError as error:
        raise ReportError("Choose the first and the last day of the report.") from error
    step = next((one for one in STEPS if one == form.get("trend", "week")), None)
    if step is None:
        raise ReportError("The trend is by week or by month.")
    chosen = {name: tuple(value for value in form.getlist(name) if value) for name in CHOICES}
    zone = form.get("zone") or desk().viewer().zone
    return Filter(Period(first, last, zone), **chosen, trend=step, unchecked=form.get("unchecked") == "1")


def _formats() -> list[tuple[str, str, str]]:
    from webapp.reports.writing import all_formats

    return [(one.name, one.name.upper().replace("JSONL", "JSON lines"), one.says) for one in all_formats().values()]


def _row(row: Any, name: str | None, zone: str) -> dict[str, Any]:
    tone, label = STATES[row.state]
    return {
        "id": row.public_id, "state": row.state, "tone": tone, "label": label, "days": _days(row.wanted), "what": _what(row.wanted),
        "by": "every month" if row.schedule_id else name or "command line", "asked": wording.when(row.asked_at, zone),
        "done": row.rows_done, "of": row.rows_all, "breaches": row.breaches, "size": _size(row.size), "sha256": row.sha256,
        "error": row.error, "formats": ", ".join(row.formats),
    }  # fmt: skip


def _schedule(one: Any) -> dict[str, Any]:
    return {"id": one.public_id, "what": _what(one.wanted), "to": ", ".join(one.recipients), "formats": ", ".join(one.formats),
            "zone": wording.zone_name(one.wanted["zone"])}  # fmt: skip


def _days(wanted: dict[str, Any]) -> str:
    from webapp.reports.heading import span

    return span(date.fromisoformat(wanted["first"]), date.fromisoformat(wanted["last"]))


def _what(wanted: dict[str, Any]) -> str:
    """What a filter leaves of everything, in words."""
    parts = [
        f"{name[:-1] if len(wanted[name]) == 1 else name} {', '.join(wanted[name])}" for name in CHOICES if wanted[name]
    ]
    return f"{'; '.join(parts) or 'everything'}, {'with' if wanted['unchecked'] else 'without'} rules whose source nobody checked"


def _size(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.0f} kB"
