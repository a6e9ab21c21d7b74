"""The bodies of vCon transcripts: no two tools agree, so whatever is told is taken.

A body is a document in a format known here (a Deepgram result, Whisper segments, our own), the World Transcription Format
(draft-howe-vcon-wtf-extension), a list of {speaker, message}, or text with speakers in front of its lines.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from datetime import datetime

from pipeline.records import Seconds
from pipeline.transcripts import times
from pipeline.transcripts.building import words_of
from pipeline.transcripts.document import Document, parsed
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.formats import _captions, _segments
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said

WHO = ("speaker", "party", "parties", "participant", "role", "name", "from", "speaker_id", "originator")
SAID = ("message", "text", "transcript", "content", "body", "utterance", "value")
START, END, LENGTH = (
    ("start", "start_time", "startTime", "begin", "offset", "timestamp"),
    ("end", "end_time", "endTime"),
    ("duration",),
)
Other = Callable[[Document], Imported | None]  # reads a body that is in another format known here


def opened(holder: Node) -> Node | None:
    """The content of ``body`` by its ``encoding``; None where there is none here (it lies behind a URL)."""
    body, encoding = holder.find("body"), holder.find("encoding")
    if body is None:
        return None
    named = encoding.label().lower() if encoding is not None else "none"
    if named not in ("json", "none", "base64url", "base64", ""):
        assert encoding is not None
        encoding.fail("", "the encoding is one of base64url, json and none.")
    if named.startswith("base64") and isinstance(body.value, str):
        return _as_json(Node(decoded(body).decode("utf-8", errors="replace"), holder, "body"), must=False)
    return _as_json(body, must=named == "json") if isinstance(body.value, str) else body


def decoded(body: Node) -> bytes:
    """base64url, with or without padding; what tools write as plain base64 too."""
    text = "".join(body.text().split()).replace("+", "-").replace("/", "_").rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise TranscriptError("expected content in base64url.", place=body.place) from error


def _as_json(body: Node, *, must: bool) -> Node:
    text = body.text()
    if not must and text.lstrip()[:1] not in ("{", "["):
        return body
    try:
        return Node(parsed(text), body, "(json)")
    except (RecursionError, ValueError) as error:
        if must:
            raise TranscriptError("expected JSON as text.", place=body.place) from error
        return body


def phrases(body: Node, begun: datetime | None, other: Other) -> tuple[list[Phrase], Imported | None]:
    """What was said, or the transcript in another format that the body is.

    ``begun``: when the dialog began, for absolute times.
    """
    if isinstance(body.value, str):
        return _text(body.text()), None
    if body.is_object:
        if body.has("transcript") and body.need("transcript").is_object:
            return _world(body), None
        inside = other(Document("", Node(body.value)))
        if inside is not None:
            body.use()
            return [], inside
        return _object(body, begun), None
    return [_entry(item, begun) for item in body.items()], None


def _text(text: str) -> list[Phrase]:
    """Lines with speakers in front; without any, one stretch."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    said = _captions.speakers(lines)
    if not any(name for name, _ in said):
        return [Phrase(words_of(" ".join(lines)))] if lines else []
    found: list[tuple[str, str]] = []
    for name, rest in said:
        if name or not found:
            found.append((name, rest))
        else:
            found[-1] = (found[-1][0], f"{found[-1][1]} {rest}")
    return [Phrase(words_of(rest), name) for name, rest in found]


def _entry(item: Node, begun: datetime | None) -> Phrase:
    if isinstance(item.value, str):
        return Phrase(words_of(item.text()))
    who, text = item.find(*WHO), item.find(*SAID)
    if who is not None and who.is_list:
        who = next(iter(who.items()), None)
    words = tuple(_segments.word(word) for word in item.items("words")) if item.has("words") else ()
    start, end, length = _time(item.find(*START), begun), _time(item.find(*END), begun), item.find(*LENGTH)
    if end is None and start is not None and length is not None:
        end = start + length.seconds()
    sure = item.find("confidence")
    said = words or words_of(text.text() if text is not None else "", sure.confidence() if sure is not None else None)
    if words and text is not None:
        text.use()
    return Phrase(said, who.label() if who is not None else "", None, start, end)


def _time(found: Node | None, begun: datetime | None) -> Seconds | None:
    """Seconds, or a moment that counts from the beginning of the dialog."""
    if found is None:
        return None
    at = times.moment(found.value)
    if at is not None:
        found.use()
        past = (at - begun).total_seconds() if begun is not None else None
        return None if past is None or not times.possible(past) else round(max(0.0, past), 6)
    return found.seconds()


def _object(body: Node, begun: datetime | None) -> list[Phrase]:
    """Words, utterances, segments or text, by whatever key."""
    entries = body.find(
        "utterances", "segments", "turns", "messages", "conversation", "entries", "transcript", "dialog", "phrases"
    )
    if entries is not None and entries.is_list and entries.value:
        body.drop("words", "text", "paragraphs")
        return [_entry(item, begun) for item in entries.items()]
    if body.has("words") and body.need("words").is_list:
        body.drop("transcript", "text", "paragraphs")
        return _by_speaker([(item.find("speaker"), _word(item)) for item in body.items("words")])
    text = body.find("transcript", "text", "message", "content")
    if text is None or not isinstance(text.value, str):
        raise TranscriptError("there is no transcript in a shape that is known here.", place=body.place)
    body.drop("paragraphs")
    return _text(text.text())


def _word(item: Node) -> Said:
    """Deepgram's words, cut out of their document, tell the word twice."""
    written = item.find("punctuated_word")
    found = _segments.word(item)
    return found if written is None else Said(written.text().strip(), found.start, found.end, found.confidence)


def _world(body: Node) -> list[Phrase]:
    """World Transcription Format: words with speakers, else segments."""
    body.drop("transcript")
    words, segments = body.items("words"), body.items("segments")
    if words:
        body.drop("segments")
        return _by_speaker([(item.find("speaker"), _segments.word(item)) for item in words])
    for item in segments:
        item.drop("words")  # indices of words that are not there
    made = [_entry(item, None) for item in segments]
    text = body.need("transcript").find("text")
    return made or _text(text.text() if text is not None else "")


def _by_speaker(told: list[tuple[Node | None, Said]]) -> list[Phrase]:
    groups: list[tuple[str, list[Said]]] = []
    for who, said in told:
        label = who.label() if who is not None else ""
        if not groups or groups[-1][0] != label:
            groups.append((label, []))
        groups[-1][1].append(said)
    return [Phrase(tuple(words), label, whole=False) for label, words in groups]
