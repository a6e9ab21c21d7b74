"""A call's redacted transcript as a file: WebVTT, SRT, RTTM, CTM, JSON or vCon."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, abort

from dashboards.here import desk, needs
from pipeline.transcripts import TranscriptError
from webapp.desk import SqlDesk
from webapp.desk.exports import SqlExportDesk

bp = Blueprint("exports", __name__)


@bp.get("/calls/<call_id>/export/<format>")
@needs("calls:read")
def transcript(call_id: str, format: str) -> Response:
    """The file, named after nothing but the call's public id."""
    try:
        found = SqlExportDesk(cast(SqlDesk, desk())).transcript(call_id, format)
    except TranscriptError as error:
        abort(404, str(error))
    if found is None:
        abort(404, "There is no such call, or it is not one of yours.")
    text, chosen = found
    name = f"callsift-{call_id[:8]}{chosen.suffix}"
    headers = {"Content-Disposition": f"attachment; filename={name}", "Cache-Control": "no-store"}
    return Response(text, headers=headers, content_type=f"{chosen.mime}; charset=utf-8")
