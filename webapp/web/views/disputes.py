"""Disputes: what agents object to, and deciding about it."""

from __future__ import annotations

from typing import Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.here import desk, needs
from dashboards.results import DisputeLine
from webapp.desk import SqlDesk

bp = Blueprint("disputes", __name__)
SAYS = {"uphold": "The answer is corrected; what it was before stays in the history.",
        "reject": "The answer stays as it was."}  # fmt: skip
STATES = {"open": ("unsure", "waits"), "upheld": ("pass", "upheld"), "rejected": ("", "turned down")}


def disputes() -> Any:
    """The disputes whoever is signed in may see."""
    from webapp.desk.quality.deciding import SqlDisputeDesk  # with the cards: only where reviews are looked at

    return SqlDisputeDesk(cast(SqlDesk, desk()))


@bp.get("/disputes")
@needs("reviews:read")
def show() -> ResponseReturnValue:
    """Those that wait for a decision; with ?decided=1 the others."""
    decided, zone = request.args.get("decided") == "1", desk().viewer().zone
    lines = [line(one, zone) for one in disputes().disputes(decided=decided)]
    return render_template("scorecards/disputes.html", lines=lines, decided=decided)


@bp.post("/disputes/<dispute_id>/decide")
@needs("disputes:decide")
def decide(dispute_id: str) -> ResponseReturnValue:
    """Uphold it with the answer that is right, or turn it down; both with a reason."""
    form = request.form
    what = form.get("what", "")
    if what not in SAYS:
        here = any(one.id == dispute_id for one in disputes().disputes())
        abort(400 if here else 404, "Uphold the dispute or turn it down." if here else "There is no such dispute.")
    said = disputes().decide(
        dispute_id, what == "uphold", form.get("new", ""), form.get("said", ""), misheard=form.get("misheard") == "1"
    )
    if said.startswith("There is no such"):
        abort(404, said)
    flash(said or SAYS[what], "bad" if said else "good")
    return redirect("/disputes", 303)


def line(one: DisputeLine, zone: str) -> dict[str, Any]:
    """A dispute in a list."""
    tone, says = STATES[one.state]
    return {"id": one.id, "review": one.review, "call": one.call, "name": one.call_name, "agent": one.agent, "ask": one.ask,
            "question": one.question, "old": one.old, "new": one.new, "machine": one.machine, "text": one.text, "by": one.by,
            "at": wording.when(one.at, zone), "tone": tone, "state": one.state, "says": says, "reviewer": one.reviewer,
            "decided_by": one.decided_by, "decided_at": wording.when(one.decided_at, zone) if one.decided_at else "",
            "said": one.said, "may": one.may_decide, "choices": one.choices, "rules": ", ".join(one.rules)}  # fmt: skip
