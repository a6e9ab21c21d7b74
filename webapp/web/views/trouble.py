"""Recordings that could not be used: why, and another try."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.frame import Entry
from dashboards.here import desk, needs

bp = Blueprint("trouble", __name__)
entry = Entry("/trouble", "Trouble", "refused:read", order=20)


@bp.get("/trouble")
@needs("refused:read")
def show() -> ResponseReturnValue:
    zone = desk().viewer().zone
    rows = [
        {"id": row.id, "source": row.source, "label": wording.plain(row.reason), "message": row.message,
         "at": wording.when(row.at, zone), "can_retry": row.can_retry, "waits": row.waits}
        for row in desk().refused()
    ]  # fmt: skip
    again = sum(bool(row["waits"]) for row in rows)
    return render_template("trouble.html", rows=rows, again=again, may_retry=desk().may("refused:retry"))


@bp.post("/trouble/<refused_id>/retry")
@needs("refused:retry")
def retry(refused_id: str) -> ResponseReturnValue:
    if not desk().retry(refused_id):
        abort(404, "There is no such recording, or it cannot be tried again.")
    flash("It waits to be tried again. If it fails once more it comes back here.", "good")
    return redirect("/trouble", 303)
