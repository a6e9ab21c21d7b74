"""Genesys Cloud speech and text analytics: phrases of the internal and the external party.

Source: the vendor's schema of the transcript behind ``transcript-url``. Times are milliseconds since 1970 (older ones:
since the start of the recording); the call begins at the transcript's own start. ``decoratedText`` is the text with
capitals and punctuation.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.records import Direction, Metadata, Seconds
from pipeline.transcripts import times
from pipeline.transcripts.building import Told, build, role_named, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said, Speaker
from pipeline.transcripts.registry import Format
from pipeline.transcripts.telephone import e164

MILLI = 1e-3
EPOCH = 1e11  # milliseconds; what is larger counts from 1970


def matches(document: Document) -> bool:
    root = document.root
    if root is None or not root.is_object or not root.has("transcripts") or not root.need("transcripts").is_list:
        return False
    parts = root.items("transcripts")
    return root.has("conversationId") or any(part.is_object and part.has("phrases") for part in parts)


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    parts = root.items("transcripts")
    zero = _zero(root, parts)
    phrases = [_phrase(item, zero) for part in parts for item in part.items("phrases")]
    labels = dict.fromkeys(phrase.speaker for phrase in phrases if phrase.speaker)
    language = next((found for part in parts if (found := part.find("language")) is not None), None)
    length = root.find("duration")
    told = Told(
        language.text() if language is not None else None, _milliseconds(length), _metadata(root, zero), "Genesys Cloud",
        [Speaker(label, role_named(label)) for label in labels], root.left(),
    )  # fmt: skip
    return [build(format.name, phrases, told)]


def _zero(root: Node, parts: list[Node]) -> float:
    """When the transcript begins, in milliseconds since 1970; 0 where times count from there already."""
    told = [part.find("startTime") for part in parts] + [root.find("startTime"), root.find("conversationStartTime")]
    spoken = [item.find("startTimeMs") for part in parts for item in part.items("phrases")]
    first = min((found.number() for found in spoken if found is not None), default=0.0)
    if first < EPOCH:
        return 0.0
    begun = [found.number() for found in told if found is not None and isinstance(found.value, int | float)]
    return next((start for start in begun if EPOCH < start <= first + 1000), first)


def _phrase(item: Node, zero: float) -> Phrase:
    who, text, sure = item.find("participantPurpose"), item.find("text"), item.find("confidence")
    shown = item.find("decoratedText") or text
    start, length = _start(item, zero), _milliseconds(item.find("duration"))
    confidence = sure.confidence() if sure is not None else None
    written = shown.text().split() if shown is not None else []
    words = [_word(word, zero, confidence) for word in item.items("words")]
    item.drop("text", "decoratedText", "alternatives")
    plain = text.text().split() if text is not None else written
    said = tuple(words) if len(words) == len(plain) else _partly(words, plain)
    if len(said) == len(written):
        said = tuple(
            Said(shown_word, one.start, one.end, one.confidence) for shown_word, one in zip(written, said, strict=True)
        )
    elif not words:
        said = words_of(" ".join(written), confidence)
    end = start + length if start is not None and length is not None else None
    return Phrase(tuple(word if word.confidence is not None else Said(word.text, word.start, word.end, confidence) for word in said),
                  who.label() if who is not None else "", None, start, end)  # fmt: skip


def _partly(words: list[Said], plain: list[str]) -> tuple[Said, ...]:
    """The text of a phrase with the times of those of its words that are told, in order."""
    waiting = [*words]
    said = []
    for text in plain:
        if waiting and waiting[0].text.lower() == text.lower():
            said.append(waiting.pop(0))
        else:
            said.append(Said(text))
    return tuple(said) if not waiting else tuple(words)


def _word(word: Node, zero: float, confidence: float | None) -> Said:
    sure, start, length = word.find("confidence"), _start(word, zero), _milliseconds(word.find("duration"))
    end = round(start + length, 6) if start is not None and length is not None else None
    return Said(word.need("word").text().strip(), start, end, sure.confidence() if sure is not None else confidence)


def _start(item: Node, zero: float) -> Seconds | None:
    found, offset = item.find("startTimeMs"), item.find("offset")
    if found is None:
        return _milliseconds(offset)
    if offset is not None:
        offset.use()
    place = Node((found.number() - zero) * MILLI if found.number() >= EPOCH else found.number() * MILLI, found, "")
    return round(_possible(place, found), 6)


def _possible(place: Node, told: Node) -> Seconds:
    if not times.possible(place.value):
        told.fail("a time", f"a time of {place.value:.6g} s from the start of the call is not possible.")
    return max(0.0, float(place.value))


def _milliseconds(found: Node | None) -> Seconds | None:
    """{milliseconds: n}, or the bare number."""
    if found is None:
        return None
    if found.is_object:
        inside = found.find("milliseconds", "totalMillis")
        return inside.seconds(MILLI) if inside is not None else None
    return found.seconds(MILLI)


def _metadata(root: Node, zero: float) -> Metadata:
    call, begun = root.find("conversationId"), root.find("conversationStartTime", "startTime")
    started = (
        times.moment(begun.value) if begun is not None else datetime.fromtimestamp(zero / 1000, UTC) if zero else None
    )
    outside = next(
        (
            one
            for one in root.items("participants")
            if one.is_object and one.value.get("participantPurpose") in ("external", "customer")
        ),
        None,
    )
    inside = next(
        (
            one
            for one in root.items("participants")
            if one.is_object and one.value.get("participantPurpose") in ("internal", "agent", "user")
        ),
        None,
    )
    agent = inside.find("userId") if inside is not None else None
    return Metadata(
        call_id=call.label() or None if call is not None else None, started_at=started, direction=_direction(outside),
        person_number=_number(outside), agent_id=agent.label() or None if agent is not None else None,
    )  # fmt: skip


def _direction(outside: Node | None) -> Direction | None:
    told = outside.find("initialDirection") if outside is not None else None
    return {"inbound": "inbound", "outbound": "outbound"}.get(told.label().lower()) if told is not None else None  # type: ignore[return-value]


def _number(outside: Node | None) -> str | None:
    """The number of the person: the one that calls in an inbound call, the one called in an outbound one."""
    if outside is None:
        return None
    told = outside.find("dnis" if outside.value.get("initialDirection") == "outbound" else "ani")
    return e164(told.value) if told is not None else None


format = Format("genesys", "Genesys Cloud", "phrases, roles, confidence; words where told", matches, read, rank=1)
