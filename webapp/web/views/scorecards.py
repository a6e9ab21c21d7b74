"""Scorecards: what is in force, earlier versions, and changing one as text with every fault named by its line."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.cards import CardDesk, CardLine
from dashboards.here import desk, needs
from pipeline.quality.drafting import EMPTY, as_text, body_of
from pipeline.quality.errors import CardError
from pipeline.quality.scorecards import Card, read_card
from webapp.desk import SqlDesk
from webapp.store.scorecards import StaleCard

bp = Blueprint("scorecards", __name__)
GONE = "There is no such scorecard."


def cards() -> CardDesk:
    """The scorecards of the organisation of whoever is signed in."""
    from webapp.desk.quality.cards import SqlCardDesk  # with the cards: only where they are looked at

    return SqlCardDesk(cast(SqlDesk, desk()))


@bp.get("/scorecards")
@needs("reviews:read")
def show() -> ResponseReturnValue:
    zone = desk().viewer().zone
    return render_template("scorecards/scorecards.html", cards=[_line(one, zone) for one in cards().cards()],
                           may_edit=desk().may("scorecards:edit"), trash=_trash(zone))  # fmt: skip


@bp.get("/scorecards/<card>")
@needs("reviews:read")
def show_one(card: str) -> ResponseReturnValue:
    found = cards().card(card) or abort(404, GONE)
    return _page(found)


@bp.get("/scorecards/<card>/<int:version>.yaml")
@needs("reviews:read")
def fetch(card: str, version: int) -> ResponseReturnValue:
    """One version as a file; version 0 is the shipped one that nobody used yet."""
    every = [*cards().versions(card), *(one for one in cards().cards() if one.id == card)]
    found = next((one for one in every if one.version == version), None) or abort(404, GONE)
    name = f"attachment; filename={found.id}-{found.version}.yaml"
    return Response(found.text, mimetype="application/yaml", headers={"Content-Disposition": name})


@bp.post("/scorecards/<card>")
@needs("scorecards:edit")
def publish(card: str) -> ResponseReturnValue:
    """Check the text, or publish it as the next version. A fault keeps the text in the form."""
    found = cards().card(card) or abort(404, GONE)
    text, note = request.form.get("text", ""), request.form.get("note", "")
    base = request.form.get("base", "")
    try:
        read = read_card(text.replace("\r\n", "\n"), "line")
        if read.id != card:
            raise CardError(f'the id must stay "{card}"; a new id is a new card', file="line", line=1)
        if request.form.get("what") != "publish":
            return _page(found, text=text, checked=read)
        new = cards().publish(text, note, base=int(base) if base.isdecimal() and len(base) < 10 else 0)
    except (CardError, StaleCard) as error:
        return _page(found, text=text, fault=str(error)), 400
    flash(f"Version {new.version} is in force. Reviews that were begun keep the version they began with.", "good")
    return redirect(f"/scorecards/{card}", 303)


@bp.post("/scorecards")
@needs("scorecards:edit")
def add() -> ResponseReturnValue:
    """A new card: an empty one, or a copy of another one under a new id."""
    name, wanted = request.form.get("id", "").strip(), request.form.get("like", "")
    like = cards().card(wanted)
    if like is None and wanted:
        abort(400, "Choose the scorecard to begin with.")
    if cards().card(name) is not None:
        abort(400, f"There is a scorecard “{name}” already.")
    body = body_of(read_card(like.text, "scorecard")) if like is not None else EMPTY
    try:
        new = cards().publish(as_text({**body, "id": name}), f"copied from {like.id}" if like else "begun", base=0)
    except CardError as error:
        abort(400, str(error))
    return redirect(f"/scorecards/{new.id}/edit", 303)


def _trash(zone: str) -> list[dict[str, str]]:
    """Cards in the trash, for who may take them out."""
    found = cards().trash() if desk().may("scorecards:edit") else ()
    return [{"id": one.id, "title": one.title, "at": wording.when(one.at, zone), "by": one.by} for one in found]


def _page(found: CardLine, *, text: str | None = None, fault: str = "", checked: Card | None = None) -> str:
    zone = desk().viewer().zone
    shown = checked or read_card(found.text, f"scorecard {found.id}")
    return render_template(
        "scorecards/scorecard.html", card=_line(found, zone), text=found.text if text is None else text, fault=fault,
        checked=checked is not None, body=shown.body, versions=[_line(one, zone) for one in cards().versions(found.id)],
        may_edit=desk().may("scorecards:edit"),
    )  # fmt: skip


def _line(one: CardLine, zone: str) -> dict[str, object]:
    made = wording.when(one.made_at, zone) if one.made_at else "shipped with callsift"
    return {"id": one.id, "title": one.title, "about": one.about, "version": one.version, "questions": one.questions,
            "weight": f"{one.weight:g}", "made": made, "by": one.made_by, "note": one.note}  # fmt: skip
