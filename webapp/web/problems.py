"""What people read when something is wrong: what it is, what to do, and a number to pass on. Programs get JSON."""

from __future__ import annotations

import logging
import secrets

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError, SecurityError

log = logging.getLogger(__name__)

TEXTS = {
    400: ("This could not be done", "The request was not one callsift understands."),
    401: ("You are not signed in", "Your session has ended. Sign in and try again."),
    404: ("Nothing here", "There is no such page or call, or it is not one of yours."),
    405: ("This could not be done", "The page cannot be used in this way."),
    409: ("Somebody else has it", "Somebody else works on this at the moment. Nothing was changed."),
    413: ("Too large", "The file is larger than this server takes. Ask for a larger `max_upload_mb`, or use `callsift ingest`."),
    500: ("Something broke", "This is a fault of callsift, not yours. Nothing done before is lost. Try again, or pass on the reference."),
}  # fmt: skip


def init(app: Flask) -> None:
    app.register_error_handler(SecurityError, other_host)
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(CSRFError, stale_form)


def stale_form(_error: CSRFError) -> ResponseReturnValue:
    return _say(
        400,
        "The form was too old",
        "The page you sent was opened in an earlier session. Go back, reload and send it again.",
    )


def other_host(_error: SecurityError) -> ResponseReturnValue:
    """The name of the host is not one of ours, so no address of this application can be written into a page."""
    text = "This server does not answer to that name. Whoever runs callsift adds names with CALLSIFT_TRUSTED_HOSTS.\n"
    return Response(text, 400, mimetype="text/plain")


def answer(error: HTTPException) -> ResponseReturnValue:
    """Any error as a page or as JSON; unexpected ones are logged under the reference that is shown."""
    if error.response is not None:
        return Response(error.get_response().get_data(), error.response.status_code, error.response.headers)
    code = error.code or 500
    title, text = TEXTS.get(code, (error.name, "This could not be done."))
    own = error.description if code in (400, 404, 409) and error.description != type(error).description else None
    return _say(code, title, own or text, _log(error) if code >= 500 else None)


def _log(error: HTTPException) -> str:
    reference = secrets.token_hex(4)
    cause = error.original_exception if isinstance(error, InternalServerError) else None
    log.error("reference %s at %s %s", reference, request.method, request.url_rule, exc_info=cause or error)
    return reference


def _say(code: int, title: str, text: str, reference: str | None = None) -> ResponseReturnValue:
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify(error=title, message=text, reference=reference), code
    return render_template("problem.html", title=title, text=text, reference=reference), code
