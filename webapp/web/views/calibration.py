"""Calibration sessions, and agreement over everything that was reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.calibration import AgreementView, CalibrationLine, CalibrationView, QuestionFigures, SessionCall
from dashboards.here import desk, needs
from dashboards.picking import wrong_names
from dashboards.scorecards.panel import figure
from pipeline.records import Evidence
from webapp.desk import SqlDesk
from webapp.web.views.assignments import assigning
from webapp.web.views.picking import picking
from webapp.web.views.reviews import general
from webapp.web.views.scorecards import cards

bp = Blueprint("calibration", __name__)
GONE = "There is no such session, or it is not one of yours."
TWO = "Choose two people or more: one alone has nobody to differ from."
MOST = 20  # calls of one session
PLACES = 3  # of one question
MOST_TYPED = 200  # lines that are looked at


def calibration() -> Any:
    """The sessions of whoever is signed in."""
    from webapp.desk.quality.calibrating import SqlCalibrationDesk  # with numpy: only where agreement is measured

    return SqlCalibrationDesk(cast(SqlDesk, desk()))


@bp.get("/calibration")
@needs("reviews:read")
def show() -> ResponseReturnValue:
    return _page({}, {})


@bp.post("/calibration")
@needs("reviews:assign")
def open_session() -> ResponseReturnValue:
    """What cannot be opened comes back with everything that was typed, and why."""
    form = request.form
    found = picking().named(form.get("calls", "").replace(",", "\n").splitlines()[:MOST_TYPED])
    wrong = {"calls": _wrong_calls(found), "people": "" if len(set(form.getlist("person"))) > 1 else TWO}
    if any(wrong.values()):
        return _page(form, wrong), 400
    calls = [call for ids in found.values() for call in ids]
    opened = calibration().open(form.get("title", ""), form.get("card", ""), calls, form.getlist("person"))
    if opened is None:
        abort(400, "Such a session cannot be opened: the card or one of the people is not one of your teams' any more.")
    return redirect(f"/calibration/{opened}", 303)


def _page(typed: Mapping[str, str], wrong: Mapping[str, str]) -> str:
    zone, may = desk().viewer().zone, desk().may("reviews:assign")
    found = cards().cards() if may else ()
    return render_template(
        "scorecards/calibrations.html", lines=[_line(one, zone) for one in calibration().sessions()], may_open=may,
        people=assigning().people() if may else (), cards=found, usual=general(found), typed=typed, wrong=wrong, most=MOST,
        chosen=request.form.getlist("person"),
    )  # fmt: skip


def _wrong_calls(found: Mapping[str, Sequence[str]]) -> str:
    if not found:
        return "Name at least one call."
    if len({call for ids in found.values() for call in ids}) > MOST:
        return f"{MOST} calls are the most of one session, for everybody hears all of them."
    return wrong_names(found)


@bp.get("/calibration/<session_id>")
@needs("reviews:read")
def show_one(session_id: str) -> ResponseReturnValue:
    found: CalibrationView = calibration().session(session_id) or abort(404, GONE)
    zone = desk().viewer().zone
    return render_template(
        "scorecards/calibration.html", session=_line(found.line, zone), calls=[_call(one, found) for one in found.calls],
        figures=_figures(found.figures), near=_share(found.near), gap=_points(found.mean_gap), pairs=found.pairs,
        outcome=found.outcome, may_close=found.may_close, progress=found.progress, begun=desk().may("reviews:write"),
        sure=request.args.get("close") == "1",
    )  # fmt: skip


@bp.post("/calibration/<session_id>/begin")
@needs("reviews:write")
def begin(session_id: str) -> ResponseReturnValue:
    review = calibration().begin(session_id, request.form.get("call", "")) or abort(404, GONE)
    return redirect(f"/reviews/{review}", 303)


@bp.post("/calibration/<session_id>/close")
@needs("reviews:assign")
def close(session_id: str) -> ResponseReturnValue:
    """Close it; with reviews missing only once that was said and confirmed."""
    here = calibration()
    found: CalibrationView = here.session(session_id) or abort(404, GONE)
    missing = found.line.calls * len(found.line.people) - found.line.done
    if found.may_close and not found.line.closed_at and missing and request.form.get("missing") != str(missing):
        return redirect(f"/calibration/{session_id}?close=1", 303)
    if not here.close(session_id):
        abort(404, "There is no such session, or it is closed already.")
    flash("The session is closed. Everybody who took part sees all answers now.", "good")
    return redirect(f"/calibration/{session_id}", 303)


@bp.post("/calibration/<session_id>/outcome")
@needs("reviews:assign")
def agree(session_id: str) -> ResponseReturnValue:
    """Keep what was agreed in the talk."""
    if not calibration().agree(session_id, request.form.get("outcome", "")):
        abort(404, "There is no such session, or it is still open.")
    flash("It is kept with the session.", "good")
    return redirect(f"/calibration/{session_id}", 303)


@bp.get("/reviews/agreement")
@needs("reviews:read")
def agreement() -> ResponseReturnValue:
    from webapp.desk.quality.agreeing import SqlAgreementDesk

    card, blind = request.args.get("card", "service"), request.args.get("blind") == "1"
    found: AgreementView = SqlAgreementDesk(cast(SqlDesk, desk())).agreement(card, blind=blind) or abort(
        404, "There is no such scorecard."
    )
    return render_template(
        "scorecards/agreement.html", found=found, figures=_figures(found.figures), near=_share(found.near),
        gap=_points(found.mean_gap), cards=cards().cards(), blind=blind,
    )  # fmt: skip


def _line(one: CalibrationLine, zone: str) -> dict[str, Any]:
    return {"id": one.id, "title": one.title, "card": one.card, "by": one.by, "at": wording.when(one.at, zone),
            "closed": wording.when(one.closed_at, zone) if one.closed_at else "", "calls": one.calls, "people": one.people,
            "done": one.done, "of": one.calls * len(one.people), "mine": one.mine}  # fmt: skip


def _call(one: SessionCall, found: CalibrationView) -> dict[str, Any]:
    """A call of a session; of a closed one the questions on which people differ, and everybody's score."""
    asks = {figures.question: figures.ask for figures in found.figures}
    differ = [question for question in asks if len(set(one.answers.get(question, {}).values())) > 1]
    apart = [
        {
            "ask": asks[question],
            "said": _said(one, question),
            "machine": one.machine.get(question, ""),
            "places": _places(one, question),
        }
        for question in differ
    ]
    scores = [(who, _points(score), one.reviews.get(who, "")) for who, score in sorted(one.scores.items())]
    return {
        "call": one.call,
        "name": one.name,
        "review": one.review,
        "state": one.state,
        "apart": apart,
        "scores": scores,
    }


def _said(one: SessionCall, question: str) -> list[tuple[str, str, str]]:
    """Each person's answer and note."""
    notes = one.notes.get(question, {})
    return [(who, said, notes.get(who, "")) for who, said in sorted(one.answers[question].items())]


def _places(one: SessionCall, question: str) -> list[dict[str, str]]:
    """The first seconds at which the rules of a question found something, each with the way there."""
    found = {wording.clock(place.start): place for place in sorted(one.places.get(question, ()), key=_later)}
    first = sorted(found.items(), key=lambda item: item[1].start)[:PLACES]
    return [
        {"href": f"/calls/{one.call}?t={place.start:.1f}", "clock": clock, "quote": place.quote}
        for clock, place in first
    ]


def _later(place: Evidence) -> float:
    """The latest first: of several within a second the earliest stays."""
    return -place.start


def _figures(found: tuple[QuestionFigures, ...]) -> list[dict[str, Any]]:
    return [{"ask": one.ask, "people": figure(one.people), "machine": figure(one.machine)} for one in found]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.0f} %"


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"
