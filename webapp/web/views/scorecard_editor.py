"""The editor of scorecards: every step is kept for its author, shown with its faults, undone, previewed and published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.cards import DraftView
from dashboards.here import desk, needs
from dashboards.scorecards.panel import panel
from pipeline.quality.drafting import Body, changes, step
from pipeline.quality.errors import CardError
from pipeline.quality.scorecards import faults_of, read_card
from webapp.desk import SqlDesk
from webapp.store.scorecards import StaleCard
from webapp.store.texts import clean
from webapp.web.card_form import SCALE_NAMES, body_from, fields
from webapp.web.views.scorecards import GONE, cards

bp = Blueprint("scorecard_editor", __name__)
EDIT = "scorecards:edit"


def drafts() -> Any:
    """The changes of whoever is signed in."""
    from webapp.desk.quality.drafts import SqlDraftDesk  # with the cards: only where they are looked at

    return SqlDraftDesk(cast(SqlDesk, desk()))


@bp.get("/scorecards/<card>/edit")
@needs(EDIT)
def show(card: str) -> ResponseReturnValue:
    found = drafts().open(card) or abort(404, GONE)
    return _page(found, found.body)


@bp.post("/scorecards/<card>/edit")
@needs(EDIT)
def change(card: str) -> ResponseReturnValue:
    """Keep what the form says, and do what its button says (``do``)."""
    from webapp.desk.quality.drafts import StaleDraft

    found = drafts().open(card) or abort(404, GONE)
    do = request.form.get("do", "save")
    if do in ("undo", "leave", "rebase"):
        return _back(card, do)
    if "title" not in request.form:
        abort(400, "The form of the scorecard is missing. Load the page again.")
    body = cast(Body, _clean({"id": card, **body_from(cast(Any, request.form))}))
    try:
        token = drafts().keep(card, body, request.form.get("draft", ""), force=do == "force")
        if do not in ("save", "force", "publish", "preview"):
            token = drafts().keep(card, step(body, do), token)
        if do == "publish":
            return _publish(found, body, token)
    except StaleDraft as error:
        if _by_script():
            return jsonify(message=str(error)), 409
        return _page(found, body, stale=str(error)), 409
    except (CardError, StaleCard) as error:
        return _page(drafts().open(card), body, wrong=str(error).removeprefix("editor:1: ")), 400
    if _by_script():
        return jsonify(draft=token, faults=len(faults_of(body)))
    if do == "preview":
        return redirect(f"/scorecards/{card}/preview", 303)
    place = request.form.get("place", "") or do.partition(":")[2]
    return redirect(f"/scorecards/{card}/edit{_fragment(do, place)}", 303)


@bp.get("/scorecards/<card>/preview")
@needs(EDIT)
def preview(card: str) -> ResponseReturnValue:
    """The change as a reviewer will see it, with what the machine would answer on a new call."""
    found = drafts().open(card) or abort(404, GONE)
    if faults_of({"id": card, **found.body}):
        flash("There are faults; they stand at their fields. The preview shows a card without any.", "bad")
        return redirect(f"/scorecards/{card}/edit", 303)
    view, call = drafts().preview({"id": card, **found.body})
    view = replace(view, card_version=max(found.line.version, 1) + 1)
    return render_template(
        "scorecards/preview.html", card=card, title=found.body["title"], call=call, linked=False,
        panel=panel(view, desk().viewer().zone), conditions=_conditions(found.body),
    )  # fmt: skip


@bp.get("/scorecards/<card>/changes/<int:version>")
@needs("reviews:read")
def differences(card: str, version: int) -> ResponseReturnValue:
    """What a version changed against the one before it, and who published it."""
    every = {one.version: one for one in cards().versions(card)}
    now, before = every.get(version), every.get(version - 1)
    if now is None or before is None:
        abort(404, "There is no version before this one.")
    said = changes(read_card(before.text, "card"), read_card(now.text, "card"))
    zone = desk().viewer().zone
    made = wording.when(now.made_at, zone) if now.made_at else ""
    return render_template("scorecards/changes.html", card=card, now=now, made=made, changes=said)


@bp.post("/scorecards/<card>/again")
@needs(EDIT)
def again(card: str) -> ResponseReturnValue:
    """An earlier version (``version``) as the next one: publishing is undone by publishing."""
    if "version" not in request.form:
        abort(400, "The form of the scorecard is missing. Load the page again.")
    version = request.form.get("version", 0, type=int)
    earlier = next((one for one in cards().versions(card) if one.version == version), None) or abort(404, GONE)
    base = request.form.get("base", "")
    try:
        new = cards().publish(
            earlier.text, f"as version {version}", base=int(base) if base.isdecimal() and len(base) < 10 else 0
        )
    except (CardError, StaleCard) as error:
        flash(str(error), "bad")
    else:
        flash(f"Version {new.version} is in force; it says what version {version} said.", "good")
    return redirect(f"/scorecards/{card}", 303)


@bp.post("/scorecards/<card>/trash")
@needs(EDIT)
def throw(card: str) -> ResponseReturnValue:
    if not cards().throw(card):
        abort(404, "There is no such scorecard, or it is the only one.")
    flash(
        "The scorecard is in the trash: no new review begins with it. Its reviews stay; below you can take it out again.",
        "good",
    )
    return redirect("/scorecards", 303)


@bp.post("/scorecards/<card>/restore")
@needs(EDIT)
def restore(card: str) -> ResponseReturnValue:
    if not cards().restore(card):
        abort(404, "There is no such scorecard in the trash.")
    flash("The scorecard is in force again.", "good")
    return redirect(f"/scorecards/{card}", 303)


def _back(card: str, do: str) -> ResponseReturnValue:
    if do == "undo" and not drafts().undo(card):
        flash("There is nothing to undo.", "bad")
    if do == "rebase":
        drafts().build_on(card)
    if do == "leave":
        drafts().leave(card)
        flash("Your change is gone; the card in force is what it was.", "good")
    return redirect(f"/scorecards/{card}" + ("" if do == "leave" else "/edit"), 303)


def _publish(found: DraftView, body: Body, token: str) -> ResponseReturnValue:
    card = found.line.id
    if faults_of(body):
        return _page(drafts().open(card), body, wrong="There are faults; they stand at their fields."), 400
    if not token:
        return _page(found, body, wrong="Nothing differs from the version in force."), 400
    new = drafts().publish(card, token, request.form.get("note", ""))
    flash(f"Version {new.version} is in force. Reviews that were begun keep the version they began with.", "good")
    return redirect(f"/scorecards/{card}", 303)


def _page(found: DraftView, body: Body, *, wrong: str = "", stale: str = "") -> str:
    shown = fields(body, faults_of({"id": found.line.id, **body}))
    return render_template(
        "scorecards/edit.html", found=found, form=shown, scales=SCALE_NAMES, wrong=wrong, stale=stale, rules=drafts().rules(),
        open=request.args.get("open", ""), note=request.form.get("note", ""),
    )  # fmt: skip


def _conditions(body: Body) -> list[tuple[str, str]]:
    """Questions that are asked only sometimes, and when."""
    asks = {q["id"]: q["ask"] for section in body["sections"] for q in section["questions"]}
    return [
        (q["ask"], f"only after “{', '.join(q['when']['is'])}” to “{asks.get(q['when']['question'], '')}”")
        for section in body["sections"] for q in section["questions"] if q.get("when")
    ]  # fmt: skip


def _fragment(do: str, place: str) -> str:
    """Back to the question that was changed: open, and in sight."""
    digits = [part for part in place.split(".") if part.isdecimal()]
    if do.startswith("add-question"):
        return f"?open=new#s{digits[0]}-new" if digits else ""
    if len(digits) < 2:
        return f"#s{digits[0]}" if digits else ""
    return f"?open=s{digits[0]}.q{digits[1]}#s{digits[0]}-q{digits[1]}"


def _clean(value: Any) -> Any:
    """Text without what no database and no page takes."""
    if isinstance(value, dict):
        return {name: _clean(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_clean(one) for one in value]
    return clean(value) if isinstance(value, str) else value


def _by_script() -> bool:
    return request.headers.get("X-Requested-With") == "callsift"
