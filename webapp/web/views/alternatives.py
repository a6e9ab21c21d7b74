"""What a word may have been instead, for the form that corrects it."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from dashboards.here import desk, needs
from webapp.desk import SqlDesk
from webapp.settings import Settings

bp = Blueprint("alternatives", __name__)
SETTINGS = "callsift.settings"


@bp.get("/calls/<call_id>/alternatives")
@needs("calls:correct")
def show(call_id: str) -> ResponseReturnValue:
    """At most three words for the one at ``place``, the likeliest first."""
    from webapp.desk.alternatives import SqlAlternativeDesk  # with the recogniser's words: only where one is corrected

    here = SqlAlternativeDesk(cast(SqlDesk, desk()), cast(Settings, current_app.extensions[SETTINGS]))
    words = here.of(call_id, request.args.get("place", ""))
    if words is None:
        abort(404, "There is no such call, or it is not one of yours.")
    return jsonify(words=list(words))
