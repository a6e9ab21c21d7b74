"""Files of the program go out compressed: the queue page is 3.4 MB of scripts, a quarter of that when squeezed.

Pages and answers about calls are left as they are: what is compressed together with a secret (the form token) can be
guessed from the length of the result (the attack called BREACH).
"""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

from webapp.web.files import program_file

LEAST = 1024  # bytes; less is not worth the work
KINDS = ("text/", "application/javascript", "application/json", "image/svg")


def init(app: Flask) -> None:
    app.after_request(squeeze)


def squeeze(response: Response) -> Response:
    """``response`` compressed where that is allowed, worth it, and asked for."""
    fits = program_file(response) and response.status_code == 200 and (response.mimetype or "").startswith(KINDS)
    if not fits:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or request.method != "GET":
        return response
    response.direct_passthrough = False
    data = response.get_data()
    if len(data) >= LEAST:
        response.set_data(_squeezed(data))
        response.headers["Content-Encoding"] = "gzip"
        tag, _weak = response.get_etag()
        if tag:
            response.set_etag(tag, weak=True)  # the same content, not the same bytes
    return response


@lru_cache(maxsize=64)  # there are about thirty such files
def _squeezed(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)
