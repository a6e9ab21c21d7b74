"""Text dialogs of a vCon (chat, SMS, mail) as what their authors said, one phrase a message."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.transcripts import times
from pipeline.transcripts.building import words_of
from pipeline.transcripts.formats import _vcon_bodies
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Phrase

QUOTED = re.compile(r"^[^\S\n]*(>|On .{5,80} wrote:)", re.M)  # what a mail repeats of the one before


def phrases(dialogs: Sequence[tuple[Node, str, datetime | None, Sequence[int]]], zero: datetime | None) -> list[Phrase]:
    """``dialogs``: each with its kind, start and parties, the first of which wrote it."""
    found = []
    for item, kind, start, parties in dialogs:
        body = item.find("body")
        if kind != "text" or body is None or not isinstance(body.value, str):
            continue
        text = _plain(item)
        past = start - zero if start is not None and zero is not None else None
        at = (
            round(past.total_seconds(), 6)
            if past is not None and timedelta(0) <= past <= timedelta(seconds=times.LATEST)
            else None
        )
        found.append(Phrase(words_of(text), str(parties[0]) if parties else "", None, at, None))
    return found


def _plain(item: Node) -> str:
    body, media, encoding = item.need("body"), item.find("mediatype", "mimetype"), item.find("encoding")
    packed = encoding is not None and str(encoding.value).startswith("base64")
    text = _vcon_bodies.decoded(body).decode("utf-8", errors="replace") if packed else body.text()
    kind = str(media.value).strip() if media is not None else "text/plain"
    if kind.lower().startswith(("multipart/", "message/")):
        text = _of_mail(kind, text)
    elif kind.lower().startswith("text/html"):
        text = re.sub(r"<[^<>]*>", " ", text)
    quote = QUOTED.search(text)
    return text[: quote.start()] if quote is not None and text[: quote.start()].strip() else text


def _of_mail(kind: str, text: str) -> str:
    """The first plain part of a mail's body."""
    header = " ".join(kind.split())
    message = email.message_from_string(f"Content-Type: {header}\n\n{text}", policy=email.policy.default)
    try:
        part = message.get_body(("plain",)) if message.is_multipart() else None
        return str(part.get_content()) if part is not None else ""
    except (KeyError, ValueError, LookupError, AttributeError, AssertionError):  # a mail that nobody could read
        return ""
