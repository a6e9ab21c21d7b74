"""The inbox behind the bell, how one wants to be told, and the searches one hears of."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue

from dashboards import notices as n
from dashboards import wording
from dashboards.here import desk, signed_in
from dashboards.notices import NoticeDesk, Wish
from webapp.desk import SqlDesk

bp = Blueprint("notices", __name__)


@bp.record
def offer(state: BlueprintSetupState) -> None:
    """Let the frame of all pages ask for the bell's number."""
    state.app.extensions[n.NOTICES] = notices


def notices() -> NoticeDesk:
    """The notices of whoever is signed in."""
    from webapp.desk.notices import SqlNoticeDesk

    return SqlNoticeDesk(cast(SqlDesk, desk()))


@bp.get("/notices")
@signed_in
def show() -> ResponseReturnValue:
    here, zone, told = notices(), desk().viewer().zone, concerned()
    rows = [
        {"id": one.id, "says": one.says, "at": wording.when(one.at, zone), "read": one.read, "kind": n.KINDS[one.kind]}
        for one in here.notices()
    ]
    return render_template(
        "notices.html", rows=rows, unread=sum(not row["read"] for row in rows), wish=here.wish(),
        kinds={kind: text for kind, text in n.KINDS.items() if kind in told},
        mail_address=here.mail_address(), watches=here.watches(),
    )  # fmt: skip


def concerned() -> set[str]:
    """Kinds of notices that can reach whoever is signed in."""
    return {kind for kind, any_of in n.NEEDS.items() if any(desk().may(one) for one in any_of)}


@bp.post("/notices/<notice_id>")
@signed_in
def read(notice_id: str) -> ResponseReturnValue:
    """Note that it was read, and go where it leads."""
    return redirect(notices().open(notice_id) or abort(404, "There is no such notice, or it is not one of yours."), 303)


@bp.post("/notices/read")
@signed_in
def read_all() -> ResponseReturnValue:
    count = notices().read_all()
    flash(
        f"{count} {'notice' if count == 1 else 'notices'} marked as read." if count else "All were read already.",
        "good",
    )
    return redirect("/notices", 303)


@bp.post("/notices/wish")
@signed_in
def keep() -> ResponseReturnValue:
    """How I want to be told."""
    form = request.form
    try:
        hour = int(form.get("digest_hour", "8"))
    except ValueError:
        abort(400, "The hour of the daily mail goes from 0 to 23.")
    told, offered, before = set(form.getlist("told")), concerned(), notices().wish()
    muted = (offered - told) | (set(before.muted) - offered)  # what was not offered stays as it was
    at_once = form.get("at_once") == "1" if "fatal" in offered else before.at_once
    wish = Wish(
        form.get("address", "").strip()[:200], form.get("digest") == "1", at_once, hour, form.get("quiet", "").strip()[:20],
        tuple(kind for kind in n.KINDS if kind in muted),
    )  # fmt: skip
    problem = notices().keep(wish)
    if problem:
        abort(400, problem)
    flash("Kept. You are told like this from now on.", "good")
    return redirect("/notices", 303)


@bp.post("/notices/watch")
@signed_in
def watch() -> ResponseReturnValue:
    """Hear of new calls that fit a kept search, or no more."""
    if not notices().watch(request.form.get("search", ""), request.form.get("how", "")):
        abort(404, "There is no such search, or it is not shared with you.")
    flash(
        "You hear of calls that are heard from now on." if request.form.get("how") else "You hear of it no more.",
        "good",
    )
    return redirect("/notices", 303)
