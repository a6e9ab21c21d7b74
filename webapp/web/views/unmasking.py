"""A removed part of a call, heard once more: for a reason, by who may, once it is written down."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, abort, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from dashboards.here import desk, needs
from dashboards.unmasking import UnmaskDesk, UnmaskRefused
from webapp.desk import SqlDesk
from webapp.settings import Settings

bp = Blueprint("unmasking", __name__)

SETTINGS = "callsift.settings"


def unmask_desk() -> UnmaskDesk:
    """Originals of calls for whoever is signed in."""
    from webapp.desk.unmasking import SqlUnmaskDesk  # with redaction: only where a call is looked at

    return SqlUnmaskDesk(cast(SqlDesk, desk()), cast(Settings, current_app.extensions[SETTINGS]))


@bp.post("/calls/<call_id>/unmask")
@needs("calls:unmask")
def hear(call_id: str) -> ResponseReturnValue:
    """The sound of the part that begins at ``start``, for a ``reason``; nothing of it is kept anywhere."""
    form = request.form
    try:
        sound = unmask_desk().hear(call_id, form.get("start", -1.0, type=float), form.get("reason", ""))
    except UnmaskRefused as refused:
        return jsonify(message=str(refused)), 400
    if sound is None:
        abort(404, "There is no such call, or it is not one of yours.")
    return Response(sound, mimetype="audio/wav")
