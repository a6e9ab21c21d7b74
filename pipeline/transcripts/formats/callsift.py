"""callsift's own JSON: everything a transcript of ours says. Also what `callsift process` prints is read.

One object: format, version, id, language, duration, timing, started_at, direction, queue, parties [{id, role,
role_confidence, channel}], turns [{speaker, role, start, end, text, words [{text, start, end, confidence, kind, facts}]}],
source_meta (what a file of another format told beyond its words). ``speaker`` is the party. A turn may be text alone.
Read back, nothing is lost.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any, get_args

from pipeline.records import SPOKEN, Direction, Fact, Metadata, Party, Role, Turn, Word
from pipeline.transcripts import times
from pipeline.transcripts.building import OWN_ID, Told, build, role_named, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said, Speaker, Timing
from pipeline.transcripts.registry import Format

NAME, VERSION = "callsift-transcript", 1
WHO = ("speaker", "party", "role")


def matches(document: Document) -> bool:
    return document.root is not None and is_ours(document.root)


def is_ours(root: Node) -> bool:
    if not root.is_object or not root.has("turns") or not root.need("turns").is_list:
        return False
    turns = root.items("turns")
    return all(
        turn.is_object and turn.find(*WHO) is not None and ("words" in turn.value or "text" in turn.value)
        for turn in turns[:3]
    )


def read(document: Document) -> list[Imported]:
    assert document.root is not None
    return [transcript_of(document.root)]


def transcript_of(root: Node) -> Imported:
    parties = tuple(_party(item) for item in root.items("parties"))
    phrases = [_phrase(item) for item in root.items("turns")]
    known = {phrase.speaker for phrase in phrases} <= {party.id for party in parties}
    ours = bool(parties) and known and all(OWN_ID.fullmatch(party.id) for party in parties)
    speakers = [Speaker(party.id, party.role, party.channel) for party in parties] or _by_role(root)
    length, language, timing, name = root.find("duration"), root.find("language"), root.find("timing"), root.find("id")
    root.drop("format", "version", "words", "measures", "verdicts", "findings", "interest", "models", "redactions")
    told = Told(
        language.text() if language is not None else None, length.seconds() if length is not None else None,
        _metadata(root, name), model=_model(root), speakers=speakers, parties=parties if ours else (),
        timing=_one_of(timing, get_args(Timing)), meta=_meta(root),
    )  # fmt: skip
    return build(format.name, phrases, told)


def _meta(root: Node) -> dict[str, Any]:
    """What another format told beyond its words, and what nobody knows here."""
    found = root.find("source_meta")
    inside = found.value if found is not None and found.is_object else {}
    root.drop("source_meta")
    return {**(root.left() or {}), **inside}


def finite(value: Any) -> Any:
    """``value`` as JSON may hold it: numbers that are none become null."""
    if isinstance(value, dict):
        return {key: finite(inside) for key, inside in value.items()}
    if isinstance(value, list | tuple):
        return [finite(inside) for inside in value]
    return value if not isinstance(value, float) or math.isfinite(value) else None


def _model(root: Node) -> str:
    found = root.find("model")
    return found.text() if found is not None else ""


def _party(item: Node) -> Party:
    sure, side = item.find("role_confidence"), item.find("channel")
    role = _role(item)
    confidence = sure.confidence() if sure is not None else None
    return Party(
        item.need("id").label(),
        role,
        confidence if confidence is not None else float(role != "unknown"),
        side.whole() if side is not None else None,
    )


def _role(item: Node) -> Role:
    found = item.find("role")
    return role_named(found.label()) if found is not None else "unknown"


def _by_role(root: Node) -> list[Speaker]:
    """Without parties, those of the turns with the roles their turns name."""
    found: dict[str, Role] = {}
    for turn in root.items("turns"):
        label = turn.need(*WHO).label()
        role = _role(turn)
        if found.get(label, "unknown") == "unknown":
            found[label] = role if role != "unknown" else role_named(label)
    return [Speaker(label, role) for label, role in found.items()]


def _phrase(turn: Node) -> Phrase:
    start, end, text, words = turn.find("start"), turn.find("end"), turn.find("text"), turn.items("words")
    turn.drop("text", "normal", "role")
    said = tuple(_word(item) for item in words) or words_of(text.text() if text is not None else "")
    return Phrase(
        said,
        turn.need(*WHO).label(),
        None,
        start.seconds() if start is not None else None,
        end.seconds() if end is not None else None,
    )


def _word(item: Node) -> Said:
    start, end, sure, kind, facts = (item.find(key) for key in ("start", "end", "confidence", "kind", "facts"))
    return Said(
        item.need("text").text(), start.seconds() if start is not None else None, end.seconds() if end is not None else None,
        sure.confidence() if sure is not None else None, kind.label() or SPOKEN if kind is not None else SPOKEN,
        {key: _fact(value) for key, value in facts.pairs()} if facts is not None else {},
    )  # fmt: skip


def _fact(item: Node) -> Fact:
    item.use()
    if not isinstance(item.value, str | int | float | bool | None):
        item.fail("text, a number, true or false")
    return item.value


def _metadata(root: Node, name: Node | None) -> Metadata:
    inside = root.find("metadata") or root
    inside = inside if inside.is_object else root
    started, way, queue = (inside.find(key) for key in ("started_at", "direction", "queue"))
    call = name.label() if name is not None and isinstance(name.value, str) and len(name.value) <= 200 else ""
    return Metadata(
        call_id=call or None, started_at=times.moment(started.value) if started is not None else None,
        direction=_one_of(way, get_args(Direction)), queue=queue.label() or None if queue is not None else None,
    )  # fmt: skip


def _one_of(found: Node | None, known: tuple[Any, ...]) -> Any:
    if found is None:
        return None
    found.use()
    return found.value if found.value in known else None


def as_document(transcript: Imported) -> dict[str, Any]:
    """The transcript as the object described above; of the metadata only what identifies no person."""
    roles = {party.id: party.role for party in transcript.parties}
    about = transcript.metadata
    return {
        "format": NAME, "version": VERSION, "id": about.call_id or transcript.name, "language": transcript.language,
        "duration": transcript.duration, "timing": transcript.timing, "model": transcript.model,
        "started_at": about.started_at.isoformat() if about.started_at is not None else None,
        "direction": about.direction, "queue": about.queue,
        "parties": [asdict(party) for party in transcript.parties],
        "turns": [_turn(turn, roles.get(turn.party, "unknown")) for turn in transcript.turns],
        **({"source_meta": finite(transcript.meta)} if transcript.meta else {}),
    }  # fmt: skip


def _turn(turn: Turn, role: Role) -> dict[str, Any]:
    words = [_spoken(word) for word in turn.words]
    return {
        "speaker": turn.party,
        "role": role,
        "start": turn.start,
        "end": turn.end,
        "text": turn.text,
        "words": words,
    }


def _spoken(word: Word) -> dict[str, Any]:
    told: dict[str, Any] = {"text": word.text, "start": word.start, "end": word.end, "confidence": word.confidence}
    return {**told, **({"kind": word.kind, "facts": dict(word.facts)} if word.redacted or word.facts else {})}


def write(transcript: Imported) -> str:
    return json.dumps(as_document(transcript), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


format = Format("callsift", "callsift JSON", "everything", matches, read, write, ".json", "application/json", rank=3)
