"""One call: its page, its waveform and its sound."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from dashboards import wording
from dashboards.call_page import slots
from dashboards.call_page.alike import alike_views
from dashboards.call_page.removed import Original
from dashboards.call_page.turning import queue_bar
from dashboards.call_page.view import Beside, Sight, call_page
from dashboards.here import desk, needs
from dashboards.queues import queues
from pipeline.sentiment.lexicon import vader
from webapp.web.ranges import send_audio
from webapp.web.views.figures import came_from
from webapp.web.views.notes import note_desk
from webapp.web.views.search import search
from webapp.web.views.unmasking import unmask_desk

bp = Blueprint("calls", __name__)
BACK = {
    "queues:work": ("/queue", "Queue"),
    "own:reviews": ("/results", "My results"),
    "calls:read": ("/search", "Search"),
}


@bp.get("/calls/<call_id>")
@needs("calls:read")
def show(call_id: str) -> ResponseReturnValue:
    """The call with its reasons, the transcript, the player, and what people wrote about it."""
    here = desk()
    call = here.call(call_id) or abort(404, "There is no such call, or it is not one of yours.")
    sight = Sight(
        here.viewer().zone, here.may("calls:listen"), here.may("audit:read"), here.may("calls:comment"),
        here.may("calls:correct"),
    )  # fmt: skip
    written = note_desk()
    original = Original(unmask_desk().kept_until(call_id), here.may("calls:unmask"))
    told = written.notes(call_id), written.blind(call_id), written.corrections(call_id)
    beside = Beside(*told, original, vader())
    page = call_page(call, sight, beside)
    bar = queue_bar(request.args["queue"]) if "queue" in request.args and here.may("queues:work") else None
    held = queues().holder(call_id) if here.may("queues:work") else None
    home = next(place for may, place in BACK.items() if here.may(may))
    if "figure" in request.args and here.may("figures:read"):
        home = came_from(request.args["figure"])
    return render_template(
        "call.html", page=page, bar=bar, home=home, held=held, may_take=here.may("reviews:assign"), wording=wording,
        panels=slots.filled(call_id),
    )  # fmt: skip


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


@bp.get("/calls/<call_id>/similar")
@needs("calls:read")
def similar(call_id: str) -> ResponseReturnValue:
    """Calls like this one as a piece of the page; nothing where there are none or the search does not answer."""
    if not note_desk().sees(call_id):
        abort(404)
    alike = alike_views(search().similar(call_id), desk().viewer().zone)
    return render_template("_similar.html", alike=alike) if alike else ""
