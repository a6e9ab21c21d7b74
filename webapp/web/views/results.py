"""Results as the agent sees them: own calls, evidence first; acknowledging, disputing, and notes written for them."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.desk import QueueFilter, QueueRow
from dashboards.frame import Entry
from dashboards.here import desk, needs
from dashboards.results import ResultLine
from dashboards.reviews import QuestionView
from dashboards.scorecards.panel import BANDS, last_day
from webapp.desk import SqlDesk
from webapp.settings import Settings
from webapp.web.views import coaching as notes
from webapp.web.views import disputes

bp = Blueprint("results", __name__)
NEWEST = 30  # of one's own calls
entry = Entry("/results", "My results", "own:reviews", order=1)
GONE = "There is no such result, or it is not one of yours."


def results() -> Any:
    """The results of the calls of whoever is signed in."""
    from webapp.desk.quality.results import SqlResultDesk  # with the cards: only where reviews are looked at

    settings = cast(Settings, current_app.extensions["callsift.settings"])
    return SqlResultDesk(cast(SqlDesk, desk()), settings)


@bp.get("/results")
@needs("own:reviews")
def show() -> ResponseReturnValue:
    zone = desk().viewer().zone
    own = notes.coaching().notes(own=True)
    calls = desk().queue(QueueFilter(), sort="started", limit=NEWEST)
    return render_template("scorecards/results.html", lines=[_line(one, zone) for one in results().results()],
                           calls=[_call(one, zone) for one in calls.rows], more=calls.after is not None,
                           notes=[notes.line(one, zone) for one in own if one.closed_at is None])  # fmt: skip


@bp.get("/results/<review_id>")
@needs("own:reviews")
def show_one(review_id: str) -> ResponseReturnValue:
    found, zone = results().result(review_id) or abort(404, GONE), desk().viewer().zone
    disputed = {one.question for one in found.disputes}
    return render_template(
        "scorecards/result.html", line=_line(found.line, zone), note=found.note,
        questions=[_question(one, disputed, full=one.id in found.full) for one in found.questions],
        disputes=[disputes.line(one, zone) for one in found.disputes], notes=[notes.line(one, zone) for one in found.coaching],
    )  # fmt: skip


@bp.post("/results/<review_id>/acknowledge")
@needs("own:reviews")
def acknowledge(review_id: str) -> ResponseReturnValue:
    if not results().acknowledge(review_id):
        abort(404, "There is no such result, or you acknowledged it already.")
    flash("You have seen it; your team lead sees that.", "good")
    return redirect(f"/results/{review_id}", 303)


@bp.post("/results/<review_id>/dispute")
@needs("own:reviews")
def dispute(review_id: str) -> ResponseReturnValue:
    """Object to one answer, in words."""
    said = results().dispute(review_id, request.form.get("question", ""), request.form.get("text", ""))
    if said.startswith("There is no such result"):
        abort(404, said)
    flash(
        said or "Your objection is written down. Somebody who did not give the answer decides about it.",
        "bad" if said else "good",
    )
    return redirect(f"/results/{review_id}", 303)


@bp.post("/results/notes/<note_id>/seen")
@needs("own:reviews")
def seen(note_id: str) -> ResponseReturnValue:
    """A coaching note was read."""
    if not notes.coaching().seen(note_id):
        abort(404, "There is no such note, or you have marked it already.")
    return redirect("/results", 303)


def _call(one: QueueRow, zone: str) -> dict[str, str]:
    """A call of one's own in a list: when and where, and nothing that was found in it."""
    return {"id": one.id, "name": one.name or one.id[:8], "at": wording.when(one.started_at, zone), "queue": one.queue or "",
            "length": wording.length(one.duration)}  # fmt: skip


def _line(one: ResultLine, zone: str) -> dict[str, Any]:
    tone, band = BANDS[one.band]
    until = last_day(one.disputable_until, zone)
    return {"id": one.review, "call": one.call, "name": one.call_name, "at": wording.when(one.at, zone), "card": one.card, "tone": tone,
            "band": band, "score": "–" if one.score is None else f"{one.score:.0f}", "acknowledged": one.acknowledged,
            "until": until, "disputes": one.disputes}  # fmt: skip


def _question(one: QuestionView, disputed: set[str], *, full: bool) -> dict[str, Any]:
    """One answer with where to listen; what cost points comes with its evidence first."""
    title = next((choice.title for choice in one.choices if choice.value == one.value), "N/A")
    found = one.machine.evidence if one.machine else ()
    quotes = [(round(e.start, 1), wording.clock(e.start), e.quote) for e in found if e.end > 0]
    return {"id": one.id, "ask": one.ask, "answer": title, "note": one.note, "quotes": quotes[:3], "disputed": one.id in disputed,
            "full": full,
            "fatal": any(choice.fatal and choice.value == one.value for choice in one.choices), "weight": f"{one.weight:g}"}  # fmt: skip
