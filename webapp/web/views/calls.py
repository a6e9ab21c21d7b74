"""One call: its page, its waveform and its sound."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from dashboards.call_page.view import call_page
from dashboards.here import desk, needs
from webapp.web.ranges import send_audio

bp = Blueprint("calls", __name__)


@bp.get("/calls/<call_id>")
@needs("calls:read")
def show(call_id: str) -> ResponseReturnValue:
    """The call with its reasons, the transcript and the player."""
    call = desk().call(call_id) or abort(404, "There is no such call, or it is not one of yours.")
    here = desk()
    page = call_page(
        call, zone=here.viewer().zone, may_listen=here.may("calls:listen"), may_see_looks=here.may("audit:read")
    )
    return render_template("call.html", page=page)


@bp.get("/calls/<call_id>/peaks")
@needs("calls:listen")
def peaks(call_id: str) -> ResponseReturnValue:
    """The waveform as int8: channel after channel, each minimum and maximum per slot; the headers say how many."""
    found = desk().peaks(call_id) or abort(404)
    headers = {"X-Peaks-Rate": str(found.rate), "X-Peaks-Channels": str(len(found.channels))}
    return Response(b"".join(found.channels), headers=headers, mimetype="application/octet-stream")


@bp.get("/calls/<call_id>/audio")
@needs("calls:listen")
def audio(call_id: str) -> ResponseReturnValue:
    """The listening copy, in the parts the player asks for."""
    return send_audio(desk().audio(call_id) or abort(404))
