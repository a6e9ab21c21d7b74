"""Parts of a listening copy over HTTP (RFC 9110, section 14): players ask for the bytes they need, and jump.

An open-ended part ("from here on") is answered with at most PART bytes, which the standard allows: a paused player
would otherwise hold a thread of the server for as long as it pauses.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, abort, request

from dashboards.desk import Audio

PART = 1024 * 1024
PIECE = 256 * 1024  # read and decrypted at once


def send_audio(audio: Audio) -> Response:
    """The answer to the present request: all of it (200), a part (206), nothing new (304), or no such part (416)."""
    etag = f'"{audio.etag}"'
    if request.if_none_match.contains(audio.etag):
        return Response(status=304, headers={"ETag": etag})
    start, end, partial = _wanted(audio)
    headers = {"Accept-Ranges": "bytes", "ETag": etag, "Content-Length": str(end - start)}
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{audio.size}"
    body = () if request.method == "HEAD" else _pieces(audio, start, end)
    return Response(body, 206 if partial else 200, headers, mimetype=audio.mime)


def _wanted(audio: Audio) -> tuple[int, int, bool]:
    """First byte, the one after the last, and whether that is a part."""
    asked = request.range
    condition = request.if_range
    stale = condition.etag is not None and condition.etag != audio.etag
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or stale or condition.date is not None:
        return 0, audio.size, False
    found = asked.range_for_length(audio.size)
    if found is None:
        abort(Response(status=416, headers={"Content-Range": f"bytes */{audio.size}"}))
    start, end = found
    return start, min(end, start + PART), True


def _pieces(audio: Audio, start: int, end: int) -> Iterator[bytes]:
    for at in range(start, end, PIECE):
        yield audio.read(at, min(end, at + PIECE))
