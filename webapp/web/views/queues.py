"""Queues: being given calls, leaving them, saved queues, deeds on many calls, plans for some minutes, rates.

Answers are JSON for scripts, else a redirect with a line at the top of the page. The address of a given call carries its
queue, so that the call page can ask for the next one.
"""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from flask import Blueprint, abort, current_app, flash, jsonify, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, NotFound

from dashboards import queues as q
from dashboards import wording
from dashboards.here import desk, needs
from dashboards.queues import BadQueue, Given, NoQueue, QueueDesk, QueueKey
from webapp.desk import SqlDesk
from webapp.settings import Settings

bp = Blueprint("queues", __name__)
MINUTES = 60
SETTINGS = "callsift.settings"
END = "No open call is left in this queue for you. Choose another queue, or come back when new calls have been heard."
LATE = "It is too late to undo this, or it was somebody else's deed."


@bp.record
def offer(state: BlueprintSetupState) -> None:
    """Let the pages of dashboards/ ask for the queues."""
    state.app.extensions[q.QUEUES] = queues


@bp.errorhandler(BadQueue)
def refuse(error: BadQueue) -> ResponseReturnValue:
    """What cannot be done is said; a queue of others does not exist."""
    return current_app.handle_http_exception((NotFound if isinstance(error, NoQueue) else BadRequest)(str(error)))


def queues() -> QueueDesk:
    """The queues of whoever is signed in."""
    from webapp.desk.queues import SqlQueueDesk

    settings = cast(Settings, current_app.extensions[SETTINGS])
    return SqlQueueDesk(cast(SqlDesk, desk()), settings.zone, settings.queue_random, settings.draw_share)


@bp.post("/queues/next")
@needs("queues:work")
def next_call() -> ResponseReturnValue:
    """``queue`` (or ``search``, an address of the queue page) and ``call``, the one that is left. Answers with an address."""
    return _given(queues().next(_key(), request.form.get("call", "")))


@bp.post("/queues/previous")
@needs("queues:work")
def previous_call() -> ResponseReturnValue:
    """The call had before ``call``."""
    return _given(queues().previous(_key(), request.form.get("call", "")), "There is no call before this one.")


@bp.post("/queues/skip")
@needs("queues:work")
def skip() -> ResponseReturnValue:
    """Skip ``call`` for a ``reason`` (one of dashboards.queues.SKIPS); answers with the next call, unless told to ``stay``."""
    key, call = _key(), _call()
    if not queues().skip(key, call, request.form.get("reason", "")):
        abort(404, "There is no such call, or somebody else has it.")
    return jsonify(skipped=True) if "stay" in request.form else _given(queues().next(key, call))


@bp.post("/queues/take")
@needs("queues:work")
def take() -> ResponseReturnValue:
    """This very ``call``, if nobody else has it."""
    given, call = queues().take(_key(), _call()), _call()
    if given is None and _wants_json() and (held := queues().holder(call)) is not None:
        told = f"{held.by} has this call right now."  # it may be looked at, and left for the next one of the queue
        return jsonify(href=f"/calls/{call}?queue={quote(str(_key()), safe='')}", says=told, until=None)
    return _given(given, "Somebody else has this call right now.")


@bp.post("/queues/ask")
@needs("queues:work")
def ask() -> ResponseReturnValue:
    """Ask whoever has ``call`` to give it back: they find a notice."""
    held, call = queues().ask(_call()), _call()
    flash(
        f"{held.by} is asked for this call." if held else "Nobody else has this call now.", "good" if held else "info"
    )
    return redirect(_back_to(call), 303)


def _back_to(call: str) -> str:
    """The page of a call in the queue it was opened from, where there is one."""
    return f"/calls/{quote(call, safe='')}" + (
        f"?queue={quote(str(_key()), safe='')}" if request.form.get("queue") else ""
    )


@bp.post("/queues/take-over")
@needs("reviews:assign")
def take_over() -> ResponseReturnValue:
    """Take ``call`` from whoever has it: leads alone."""
    call = _call()
    if not queues().take_over(call):
        abort(404, "There is no such call in your teams.")
    flash("The call is yours for half an hour. Whoever had it can write no more into its review.", "good")
    return redirect(_back_to(call), 303)


@bp.post("/queues/release")
@needs("queues:work")
def release() -> ResponseReturnValue:
    """Give back ``call``."""
    done = queues().release(_call())
    return jsonify(released=done) if _wants_json() else redirect("/queue", 303)


@bp.post("/queues/renew")
@needs("queues:work")
def renew() -> ResponseReturnValue:
    """Keep ``call`` for another lease; ``until`` is null when it is somebody else's by now."""
    until = queues().renew(_call())
    return jsonify(until=until.isoformat() if until else None)


@bp.post("/queues/save")
@needs("queues:work")
def save() -> ResponseReturnValue:
    """Keep the queue as it is filtered now under a ``name``, for oneself or for a ``team``."""
    key = _key()
    try:
        saved = queues().save(request.form.get("name", ""), key, request.form.get("team", ""))
    except BadQueue as error:
        flash(str(error), "bad")
        return redirect(q.address_of(key), 303)
    flash("The queue is saved; it stands beside the others.", "good")
    return redirect(q.address_of(QueueKey(saved)), 303)


@bp.post("/queues/remove")
@needs("queues:work")
def remove() -> ResponseReturnValue:
    """Take away a saved queue of one's own."""
    removed = queues().remove(_key().base)
    flash(
        "The saved queue is gone." if removed else "Only who saved a queue can remove it.", "good" if removed else "bad"
    )
    return redirect("/queue", 303)


@bp.post("/queues/preview")
@needs("queues:work")
def preview() -> ResponseReturnValue:
    """How many of the chosen calls (``call``, repeated) a deed (``what``: take, aside, release) would change."""
    return jsonify(_counts(queues().preview(request.form.get("what", ""), request.form.getlist("call"))))


@bp.post("/queues/bulk")
@needs("queues:work")
def bulk() -> ResponseReturnValue:
    """Do it, or one piece of it. The answer names what was done, for half a minute in which it can be undone."""
    form = request.form
    done = queues().bulk(form.get("what", ""), form.getlist("call"), _key(), form.get("reason", ""))
    return jsonify(id=done.id, until=done.until.isoformat(), **_counts(done.preview))


@bp.post("/queues/undo")
@needs("queues:work")
def undo() -> ResponseReturnValue:
    """Undo a deed: ``id`` of each of its pieces."""
    count = queues().undo(*request.form.getlist("id"))
    return (jsonify(says=LATE), 400) if count is None else jsonify(undone=count)


@bp.get("/queues/plan")
@needs("queues:work")
def plan() -> ResponseReturnValue:
    """What fits into some minutes of a queue, and how much that finds against calls drawn at random."""
    key, told = _key(request.args), request.args.get("minutes", str(MINUTES)).strip()
    minutes = int(told) if told.isdecimal() and len(told) < 6 else 0
    names = {name.key: name.name for name in queues().queues()}
    try:
        found, wrong = queues().plan(key, minutes), ""
    except BadQueue as error:
        found, wrong = None, str(error)
    page = render_template(
        "plan.html", plan=found, wrong=wrong, minutes=minutes or told, key=str(key), back=q.address_of(key), zone=desk().viewer().zone,
        name=names.get(key.base, ""), ranking=queues().ranking(), wording=wording,
    )  # fmt: skip
    return page, 400 if wrong else 200


@bp.post("/queues/plan")
@needs("queues:work")
def start_plan() -> ResponseReturnValue:
    """Keep the plan as a queue and begin with its first call."""
    key = _key()
    try:
        kept = QueueKey(queues().keep_plan(key, request.form.get("minutes", MINUTES, int)))
    except BadQueue as error:
        flash(str(error), "bad")
        return redirect(q.address_of(key), 303)
    return _given(queues().next(kept))


@bp.get("/queues/rates")
@needs("queues:work")
def rates() -> ResponseReturnValue:
    """The share of flagged calls among all calls, from those that were drawn at random."""
    here = queues()
    return render_template(
        "rates.html", rates=here.rates(), draws=here.draws(), zone=desk().viewer().zone, wording=wording
    )


def _key(fields: Any = None) -> QueueKey:
    """From ``queue``, or from ``search``; ends the request with 400 without either."""
    form = request.form if fields is None else fields
    if "queue" not in form and "search" not in form and fields is None:
        abort(400, "Say which queue.")
    return q.read_key(form["queue"]) if form.get("queue") else q.key_of(form.get("search", ""))


def _call() -> str:
    return request.form.get("call") or abort(400, "Say which call.")


def _given(given: Given | None, none: str = END) -> ResponseReturnValue:
    if given is None:
        if _wants_json():
            return jsonify(href=None, says=none)
        flash(none, "info")
        return redirect(q.address_of(_key()), 303)
    href = f"/calls/{given.call_id}?queue={quote(given.queue, safe='')}"
    href += "" if given.listen_from is None else f"&t={given.listen_from:.1f}"
    told = {"call": given.call_id, "queue": given.queue, "href": href, "until": given.until.isoformat()}
    return jsonify(told) if _wants_json() else redirect(href, 303)


def _counts(found: q.Preview) -> dict[str, Any]:
    return {"chosen": found.chosen, "changed": found.changed, "left": dict(found.left)}


def _wants_json() -> bool:
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"
