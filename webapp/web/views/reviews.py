"""Reviews: what waits for me, one review with its answers, and what the script of a scorecard asks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast
from urllib.parse import urlencode

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Conflict

from dashboards import wording
from dashboards.call_page import slots
from dashboards.cards import CardLine
from dashboards.frame import Entry
from dashboards.here import desk, needs
from dashboards.queues import CallHeld, Held
from dashboards.reviews import AssignmentLine, Change, ReviewDesk, ReviewLine
from dashboards.scorecards.panel import BANDS, SLOTS, last_day, panel, state
from pipeline.quality.errors import AnswerError
from webapp.desk import SqlDesk
from webapp.web.files import asset
from webapp.web.views.scorecards import cards

bp = Blueprint("reviews", __name__)
entry = Entry("/reviews", "Reviews", "reviews:read", order=6)

CARD_COOKIE = "callsift_card"  # the general scorecard chosen last, offered for calls that no card declares as its own
SERVICE = "service"  # what is offered where nothing speaks for another one
SECOND = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?", re.ASCII)
YEAR = 365 * 24 * 3600
GONE = "There is no such review, or it is not one of yours."


def reviews() -> ReviewDesk:
    """The reviews of whoever is signed in."""
    from webapp.desk.quality.reviews import SqlReviewDesk  # with the cards: only where reviews are looked at

    return SqlReviewDesk(cast(SqlDesk, desk()))


@bp.record_once
def offer(setup: BlueprintSetupState) -> None:
    """The scorecard beside each call."""
    slots.offer(cast(Any, setup.app), slots.SCORECARD, beside)


@bp.errorhandler(CallHeld)
def taken(error: CallHeld) -> ResponseReturnValue:
    """Who has the call or its review is said; what was typed stays on the page that sent it."""
    return current_app.handle_http_exception(Conflict(whose(error.held, desk().viewer().zone)))


def general(cards: Sequence[CardLine]) -> str:
    """The card for calls that no card declares as its own: the general one chosen last, else that of service."""
    fit = [card.id for card in cards if card.general]
    chosen = request.cookies.get(CARD_COOKIE, "")
    return next((card for card in (chosen, SERVICE) if card in fit), fit[0] if fit else SERVICE)


def place(told: str) -> str:
    """The second of a call where one was listening, as its address tells it; "" for what is none."""
    return told if SECOND.fullmatch(told) else ""


def whose(held: Held, zone: str) -> str:
    """Who has a call, and what to do."""
    if held.until is None:
        return f"{held.by} goes on with this review. Nothing of yours was written into it."
    return f"{held.by} has this call until {wording.hour(held.until, zone)}. Nothing was written; take the next call, or ask them for it."


def beside(call_id: str) -> slots.Panel | None:
    """What the call page shows of reviews; None for who may not see them."""
    here = desk()
    found = reviews().of_call(call_id) if here.may("reviews:read") else None
    if found is None or not (found.review or found.may_begin or found.may_second or found.others):
        return None
    shown = panel(found.review, here.viewer().zone, may_coach=here.may("coaching:write")) if found.review else None
    card = found.fitting or general(found.cards)
    return slots.Panel(
        "scorecards/slot.html", {"of": found, "panel": shown, "call": call_id, "card": card,
                                 "queue": request.args.get("queue", ""), "t": place(request.args.get("t", ""))},
        (asset("scorecard.js", "cards"),), (asset("scorecard.css", "cards"),),
    )  # fmt: skip


@bp.get("/reviews")
@needs("reviews:read")
def show() -> ResponseReturnValue:
    """What is assigned to me, what I began, and what was submitted of late."""
    zone, mine = desk().viewer().zone, reviews().mine()
    usual = general(cards().cards()) if mine.assigned else ""
    return render_template(
        "scorecards/reviews.html",
        assigned=[_assignment(one, zone, usual) for one in mine.assigned],
        drafts=[line(one, zone) for one in mine.drafts],
        recent=[line(one, zone) for one in mine.recent],
        doubted=[line(one, zone) for one in mine.doubted],
        may_assign=desk().may("reviews:assign"),
        may_write=desk().may("reviews:write"),
    )


@bp.post("/reviews")
@needs("reviews:write")
def begin() -> ResponseReturnValue:
    """Begin the review of a call, or go on with the one that is there."""
    call, card = request.form.get("call", ""), request.form.get("card", "")
    review = reviews().begin(call, card, request.form.get("slot", "first"))
    if review is None:
        abort(400, "This review cannot be begun: the call is not one of yours, or somebody else gave the first one.")
    kept = {"queue": request.form.get("queue", ""), "t": place(request.form.get("t", ""))}
    stays = urlencode({name: value for name, value in kept.items() if value})
    back = f"/calls/{call}" + (f"?{stays}" if stays else "")
    blind = request.form.get("slot", "first") != "first"  # the call page would tell what the machine found
    beside_call = request.form.get("back") == "call" and not blind
    answer = redirect(back if beside_call else f"/reviews/{review}", 303)
    if card:
        answer.set_cookie(CARD_COOKIE, card, max_age=YEAR, httponly=True, samesite="Strict", secure=request.is_secure)
    return answer


@bp.get("/reviews/<review_id>")
@needs("reviews:read")
def show_one(review_id: str) -> ResponseReturnValue:
    """One review with its call: the sound, the words and the scorecard, without anything else that was found."""
    found = reviews().review(review_id) or abort(404, GONE)
    call, zone = desk().call(found.call), desk().viewer().zone
    return render_template(
        "scorecards/review.html", review=found, panel=panel(found, zone, may_coach=desk().may("coaching:write")), turns=_turns(call),
        audio=f"/calls/{found.call}/audio" if call and call.has_audio else None, linked=False,
        about=[part for part in (wording.when(found.started_at, zone), found.queue, f"agent {found.agent}" if found.agent else "",
                                 wording.length(found.duration)) if part],
    )  # fmt: skip


@bp.get("/reviews/<review_id>/state")
@needs("reviews:read")
def look(review_id: str) -> ResponseReturnValue:
    """What stands now, for a page that is open: others may have answered."""
    found = reviews().peek(review_id) or abort(404, GONE)
    return jsonify(state(found))


@bp.post("/reviews/<review_id>/answer")
@needs("reviews:write")
def answer(review_id: str) -> ResponseReturnValue:
    """One change. The answer says what stands now, and who was faster where somebody was."""
    try:
        saved = reviews().answer(review_id, _change(review_id)) or abort(404, GONE)
    except AnswerError as error:
        abort(400, str(error))
    return jsonify(outcome=saved.outcome, state=state(saved.view, saved.clash, desk().viewer().zone))


@bp.post("/reviews/<review_id>/undo")
@needs("reviews:write")
def undo(review_id: str) -> ResponseReturnValue:
    saved = reviews().undo(review_id) or abort(404, GONE)
    return jsonify(outcome=saved.outcome, undone=saved.undone, state=state(saved.view))


@bp.post("/reviews/<review_id>/submit")
@needs("reviews:write")
def submit(review_id: str) -> ResponseReturnValue:
    """Submit it as it was seen; ``go`` is where to go next."""
    version = _json().get("version")
    if not isinstance(version, int):
        _refuse(review_id, "The version that was seen is missing. Reload the page.")
    done = reviews().submit(review_id, version) or abort(404, GONE)
    go = f"/calls/{done.next}" if done.next else "/reviews"
    go = f"/calibration/{done.view.session}" if done.view.session else go
    return jsonify(outcome=done.outcome, go=go, state=state(done.view))


@bp.post("/reviews/<review_id>/reopen")
@needs("reviews:write")
def reopen(review_id: str) -> ResponseReturnValue:
    """Look at it once more, for a reason that is kept."""
    again = reviews().reopen(review_id, request.form.get("reason", "")) or abort(
        404, "It cannot be reopened: it is not yours to reopen, or the reason is missing."
    )
    flash("The answers were copied. What was submitted counts until you submit again.", "good")
    return redirect(f"/reviews/{again}", 303)


def line(one: ReviewLine, zone: str) -> dict[str, Any]:
    """A review in a list."""
    tone, band = BANDS[one.band]
    return {"id": one.id, "call": one.call, "name": one.call_name, "agent": one.agent, "card": one.card, "slot": SLOTS[one.slot],
            "reviewer": one.reviewer, "at": wording.when(one.at, zone), "score": "–" if one.score is None else f"{one.score:.0f}",
            "tone": tone, "band": band, "fatal": bool(one.fatal), "flagged": one.flagged, "acknowledged": one.acknowledged,
            "disputed": one.disputed, "differs": one.differs}  # fmt: skip


def _assignment(one: AssignmentLine, zone: str, usual: str) -> dict[str, Any]:
    due = last_day(one.due_at, zone)
    picked = f"drawn, probability {one.probability:.3g}" if one.probability is not None else ""
    return {"id": one.id, "call": one.call, "name": one.call_name, "agent": one.agent, "slot": SLOTS[one.slot], "kind": one.slot,
            "who": one.who, "by": one.by, "due": due, "picked": picked, "mine": one.mine,
            "card": one.fitting or usual}  # fmt: skip


def _turns(call: Any) -> list[dict[str, Any]]:
    """The talk as the page of a review shows it: who, when, what."""
    if call is None:
        return []
    roles = {party.id: party.role for party in call.parties}
    return [
        {"start": round(turn.start, 1), "clock": wording.clock(turn.start), "role": roles.get(turn.party, "unknown"),
         "who": wording.role(roles.get(turn.party, "unknown")), "words": [(word.text, word.redacted) for word in turn.words]}
        for turn in call.turns
    ]  # fmt: skip


def _json() -> Mapping[str, Any]:
    try:
        body = request.get_json(silent=True)
    except RecursionError:  # brackets inside each other without end
        body = None
    return body if isinstance(body, dict) else {}


def _change(review_id: str) -> Change:
    """The change as the script sent it; ends the request for what no script of ours sends."""
    body = _json()
    question, part, value, base = (body.get(name) for name in ("question", "part", "value", "base"))
    if not (isinstance(question, str) and isinstance(part, str) and isinstance(base, int)):
        _refuse(review_id, "This is no change of an answer.")
    if not (value is None or isinstance(value, str)):
        _refuse(review_id, "An answer is text.")
    return Change(question, part, value, base, body.get("force") is True)


def _refuse(review_id: str, why: str) -> NoReturn:
    """Ends the request; what somebody may not see is not there, whatever they send."""
    if reviews().peek(review_id) is None:
        abort(404, GONE)
    abort(400, why)
