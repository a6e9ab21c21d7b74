"""Asking people for reviews: one call, a second look, or a random sample of each agent's calls."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.here import desk, needs
from dashboards.picking import wrong_names
from dashboards.reviews import SampleLine
from webapp.desk import SqlDesk
from webapp.web.views.picking import picking

bp = Blueprint("assignments", __name__)

MONTH = 30  # days a sample goes back unless told otherwise


def assigning() -> Any:
    """What whoever is signed in may ask of others."""
    from webapp.desk.quality.assigning import SqlAssignDesk  # with the cards: only where reviews are looked at

    return SqlAssignDesk(cast(SqlDesk, desk()))


def sampling() -> Any:
    """Random samples inside the scope of whoever is signed in."""
    from webapp.desk.quality.sampling import SqlSampleDesk

    return SqlSampleDesk(cast(SqlDesk, desk()))


@bp.get("/assignments")
@needs("reviews:assign")
def show() -> ResponseReturnValue:
    return _page({"call": request.args.get("call", "")}, {})


@bp.post("/assignments")
@needs("reviews:assign")
def assign() -> ResponseReturnValue:
    """One call for one person; what cannot be done comes back with everything that was typed."""
    form = request.form
    found = picking().named([form.get("call", "")])
    wrong = {"call": wrong_names(found) or ("" if found else "Name a call.")}
    due = due_day("due", wrong)
    if not any(wrong.values()):
        [[call]] = found.values()
        wrong["call"] = assigning().assign(call, form.get("person", ""), form.get("slot", "first"), due)
    if any(wrong.values()):
        return _page(form, wrong), 400
    flash("It waits for them under My work.", "good")
    return redirect("/assignments", 303)


@bp.post("/assignments/sample")
@needs("reviews:assign")
def draw() -> ResponseReturnValue:
    """Draw calls of each agent and hand them round."""
    each = request.form.get("each", "")
    since, until = day_of("since"), day_of("until")
    if not each.isdecimal() or len(each) > 4 or since is None or until is None:
        abort(400, "Say how many calls of each agent, and the first and the last day.")
    wrong: dict[str, str] = {}
    due = due_day("due", wrong)
    if wrong:
        flash(wrong["due"], "bad")
        return redirect("/assignments", 303)
    drawn, done = sampling().draw(request.form.getlist("person"), int(each), since, until, due)
    if not drawn:
        flash("Nothing was drawn: choose at least one person and days in which agents had calls.", "bad")
    else:
        known = f" {done} of them were reviewed before and count as they are." if done else ""
        flash(f"{drawn} {'call was' if drawn == 1 else 'calls were'} drawn and handed round.{known}", "good")
    return redirect("/assignments", 303)


@bp.post("/assignments/<assignment_id>/cancel")
@needs("reviews:assign")
def withdraw(assignment_id: str) -> ResponseReturnValue:
    if not assigning().withdraw(assignment_id):
        abort(404, "There is no such assignment, or it is done.")
    flash("It is withdrawn.", "good")
    return redirect("/reviews", 303)


def _page(typed: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    zone = desk().viewer().zone
    today = datetime.now(ZoneInfo(zone)).date()
    return render_template(
        "scorecards/assignments.html", people=assigning().people(), since=today - timedelta(days=MONTH), until=today,
        samples=[_sample(one, zone) for one in sampling().samples()], typed=typed, wrong=wrong,
    )  # fmt: skip


def day_of(name: str, *, required: bool = True) -> date | None:
    """A day of the form; ends the request where it is none."""
    text = request.form.get(name, "")
    if not text and not required:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        abort(400, f"“{text[:40]}” is no day.")
    if not 1900 <= day.year <= 9000:  # its midnight must be a moment in every zone
        abort(400, f"“{text[:40]}” is no day.")
    return day


def due_day(name: str, wrong: dict[str, str]) -> date | None:
    """The day until which something is asked for; one that has passed goes into ``wrong``, in words, under ``name``."""
    day = day_of(name, required=False)
    if day is not None and day < datetime.now(ZoneInfo(desk().viewer().zone)).date():
        wrong[name] = f"{day:%-d %b %Y} has passed. Choose today or a later day, or leave it empty."
    return day


def _sample(one: SampleLine, zone: str) -> dict[str, Any]:
    rate = "" if one.rate is None else f"{100 * one.rate:.0f} %"
    span = "" if one.low is None or one.high is None else f"{100 * one.low:.0f} to {100 * one.high:.0f} %"
    return {"agent": one.agent, "at": wording.when(one.at, zone), "frame": one.frame, "drawn": one.drawn, "heard": one.heard,
            "seed": one.seed, "sha256": one.sha256, "rate": rate, "span": span, "same": one.same}  # fmt: skip
