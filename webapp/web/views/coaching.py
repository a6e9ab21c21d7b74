"""Coaching notes: written on an answer of a review, read by the agent, measured on later calls."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.call_page.noted import seconds_of
from dashboards.here import desk, needs
from dashboards.notes import NoteRefused
from dashboards.results import CoachingLine, Effect
from dashboards.reviews import ReviewView
from dashboards.scorecards.panel import last_day
from webapp.desk import SqlDesk
from webapp.web.views.assignments import due_day

bp = Blueprint("coaching", __name__)


def coaching() -> Any:
    """The notes of whoever is signed in."""
    from webapp.desk.quality.coaching import SqlCoachingDesk  # with the cards: only where reviews are looked at

    return SqlCoachingDesk(cast(SqlDesk, desk()))


@bp.get("/coaching")
@needs("reviews:read")
def show() -> ResponseReturnValue:
    """All notes; with ?review=... the form for one on an answer of that review."""
    return _page(_review(request.args.get("review", "")))


@bp.post("/coaching")
@needs("coaching:write")
def write() -> ResponseReturnValue:
    """What cannot be kept is said at its field, and the form stays as it was filled in."""
    form, review = request.form, _review(request.form.get("review", ""))
    wrong: dict[str, str] = {}
    start = _second(form.get("start", ""), review, wrong)
    due = due_day("due", wrong)
    if review is not None and wrong:
        return _page(review, wrong), 400
    said = coaching().write(form.get("review", ""), form.get("question", ""), form.get("agreed", ""), start, due)
    if said and review is not None:
        return _page(review, {"": said}), 400
    flash(said or "The note is written; the agent finds it with the result.", "bad" if said else "good")
    return redirect("/coaching", 303)


def _review(review_id: str) -> ReviewView | None:
    """The submitted review that a note is written on."""
    from webapp.web.views.reviews import reviews

    return reviews().review(review_id) if review_id and desk().may("coaching:write") else None


def _page(review: ReviewView | None, wrong: Mapping[str, str] = MappingProxyType({})) -> str:
    zone = desk().viewer().zone
    return render_template(
        "scorecards/coaching.html", notes=[line(one, zone) for one in coaching().notes()], review=review,
        may=desk().may("coaching:write"), wrong=wrong, typed=request.form,
    )  # fmt: skip


@bp.post("/coaching/<note_id>/close")
@needs("coaching:write")
def close(note_id: str) -> ResponseReturnValue:
    if not coaching().close(note_id, request.form.get("closing", "")):
        abort(404, "There is no such note, or it is done with already.")
    flash("The note is done with. Its figures stay.", "good")
    return redirect("/coaching", 303)


def line(one: CoachingLine, zone: str) -> dict[str, Any]:
    """A note in a list."""
    return {"id": one.id, "call": one.call, "name": one.call_name, "agent": one.agent, "ask": one.ask, "agreed": one.agreed,
            "start": f"{one.start:.1f}", "clock": wording.clock(one.start), "by": one.by, "at": wording.when(one.at, zone),
            "due": last_day(one.due_at, zone),
            "seen": wording.when(one.seen_at, zone) if one.seen_at else "",
            "closed": wording.when(one.closed_at, zone) if one.closed_at else "", "closing": one.closing,
            "effect": _effect(one.effect)}  # fmt: skip


def _effect(one: Effect) -> dict[str, str]:
    """How it went before and after, in words that claim no more than the interval allows."""
    if one.after is None:
        return {"share": f"before: {_share(one.before)} of {one.before_of}", "says": "no call was reviewed since"}
    share = f"{_share(one.before)} of {one.before_of} before, {_share(one.after)} of {one.after_of} since"
    if one.low is None or one.high is None or one.difference is None:
        return {"share": share, "says": "nothing to compare with"}
    moved = f"{100 * one.difference:+.0f} points ({100 * one.low:+.0f} to {100 * one.high:+.0f})"
    sure = "better" if one.low > 0 else "worse" if one.high < 0 else "not told apart from chance"
    return {"share": share, "says": f"{moved}: {sure}"}


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def _second(text: str, review: ReviewView | None, wrong: dict[str, str]) -> float | None:
    """The second of the form, given as 73.2 or 1:13; what is none, or lies behind the end of the call, goes into ``wrong``."""
    if not text.strip():
        return None
    try:
        second = seconds_of(text)
    except NoteRefused as refused:
        wrong["start"] = str(refused)
        return None
    if review is not None and second > review.duration:
        wrong["start"] = (
            f"The call ends at {wording.clock(review.duration)}; {wording.clock(second)} is behind its end."
        )
    return second
