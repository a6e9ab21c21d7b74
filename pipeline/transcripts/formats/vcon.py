"""vCon, the IETF's container of conversations: 0.4.0 (draft-ietf-vcon-vcon-core), older ones read as well.

Read: parties, the dialogs and their recordings, transcripts among the analyses, text dialogs. A signed vCon is read and
its signature not judged; an encrypted one cannot be read. Written: version 0.4.0 in its unsigned form with one analysis
``transcript`` whose body is callsift's JSON, so nothing is lost on the way back. What the draft demands is asked of every
file (parties that exist, media types, times, encodings), because a wrong one tells of a broken exporter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from pipeline.records import Direction, Metadata, Role, Turn
from pipeline.transcripts import times
from pipeline.transcripts.building import Told, build, role_named
from pipeline.transcripts.document import Document, parsed
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.formats import _vcon_bodies, _vcon_text, _vcon_writing
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Recording, Said, Speaker
from pipeline.transcripts.registry import Format, all_formats
from pipeline.transcripts.telephone import e164

MEDIA_TYPE = re.compile(r"[A-Za-z0-9][\w.+-]*/[A-Za-z0-9][\w.+-]*\s*(;.*)?", re.S)
MEDIA = ("mediatype", "mimetype")
EXTENSIONS = ("wtf_transcription", "transcription")  # draft-howe-vcon-wtf-extension, and what older tools wrote
UNDERSTOOD = frozenset({"CC", "WTF", *EXTENSIONS})  # extensions whose content is read here
WAYS: Mapping[str, Direction] = {"in": "inbound", "inbound": "inbound", "out": "outbound", "outbound": "outbound"}


def matches(document: Document) -> bool:
    root = document.root
    if root is None or not root.is_object:
        return False
    if root.has("payload", "signatures") or root.has("ciphertext", "recipients"):
        return True
    return "vcon" in root.value or (
        root.has("parties") and any(key in root.value for key in ("dialog", "analysis")) and "turns" not in root.value
    )


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    if root.has("ciphertext", "recipients"):
        raise TranscriptError("This vCon is encrypted (JWE). Give callsift the decrypted one.", reason="encrypted")
    if root.has("payload", "signatures"):
        root = _payload(root)
    _check_frame(root)
    return [_transcript(root)]


def _payload(root: Node) -> Node:
    """The vCon inside a signature."""
    text = _vcon_bodies.decoded(root.need("payload")).decode("utf-8", errors="replace")
    try:
        inside = Node(parsed(text), root.need("payload"), "(json)")
    except (ValueError, RecursionError) as error:
        raise TranscriptError("expected a vCon as JSON.", place="payload") from error
    if not inside.is_object:
        inside.fail("an object")
    return inside


def _check_frame(root: Node) -> None:
    """What every vCon tells."""
    if not root.has("vcon") and not root.has("uuid"):
        raise TranscriptError(
            'both "vcon" (the version) and "uuid" are missing: this is no vCon.', place="the document"
        )
    version, name = root.find("vcon"), root.find("uuid")
    if version is not None and not re.fullmatch(r"\d{1,3}\.\d{1,3}(\.\d{1,3})?", version.label()):
        version.fail("", 'expected a version like "0.4.0".')
    if name is not None:
        try:
            UUID(name.text())
        except ValueError as error:
            raise TranscriptError("expected a UUID.", place=name.place) from error
    for key in ("critical", "must_support"):  # the newer and the older name
        for item in root.items(key):
            if item.label() not in UNDERSTOOD:
                item.fail("", "this vCon may not be read without an extension that is not known here.")
    for key in ("created_at", "updated_at"):
        _moment(root.find(key))


def _transcript(root: Node) -> Imported:
    parties = root.items("parties")
    speakers = [_speaker(item, number) for number, item in enumerate(parties)]
    dialogs = [_Dialog(item, len(parties)) for item in root.items("dialog")]
    phrases, inside = _said(root, dialogs, speakers)
    metadata, length, recording = _metadata(root, parties, speakers, dialogs), _length(dialogs), _recording(dialogs)
    if inside is not None:
        return _around(inside, root, metadata, length, recording)
    labelled = [_labelled(phrase, parties, speakers) for phrase in phrases]
    labels = dict.fromkeys(phrase.speaker for phrase in labelled)
    known = [
        *speakers,
        *(Speaker(label, role_named(label)) for label in labels if label not in {s.label for s in speakers}),
    ]
    if any(label == "" for label in labels) and not any(labels):
        known = []  # nobody told who speaks
    told = Told(None, length, metadata, _model(root), known, root.left(), recording)
    return build(format.name, labelled, told)


class _Dialog:
    """One dialog, checked."""

    def __init__(self, item: Node, parties: int) -> None:
        self.item = item
        kind, length, media = item.find("type"), item.find("duration"), item.find(*MEDIA)
        self.kind = kind.label() if kind is not None else ""
        self.start = _moment(item.find("start"))
        self.length = length.seconds() if length is not None else None
        if media is not None and not MEDIA_TYPE.fullmatch(media.text()):
            media.fail("", 'expected a media type like "audio/wav".')
        self.media = media.value if media is not None else ""
        self.parties = _indices(item.find("parties"), parties)
        origin = item.find("originator")
        if origin is not None:
            self.parties = [*_indices(origin, parties), *self.parties]


def _indices(found: Node | None, parties: int) -> list[int]:
    """Party indices, which must exist; a channel with several parties is a list of its own."""
    if found is None:
        return []
    if found.is_list:
        return [index for item in found.items() for index in _indices(item, parties)]
    number = found.whole()
    if not 0 <= number < parties:
        found.fail("", f"there is no party {number}; the vCon has {parties}.")
    return [number]


def _moment(found: Node | None) -> datetime | None:
    """A time; without a zone (old exporters) it is taken for UTC."""
    if found is None:
        return None
    text = found.text()
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise TranscriptError('expected a time like "2026-03-01T14:05:00Z".', place=found.place) from error
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _speaker(item: Node, number: int) -> Speaker:
    if not item.is_object:
        item.fail("an object")
    about, role = item.find("meta"), item.find("role")
    inside = about.find("role") if about is not None and about.is_object else None
    for told in (role, inside):
        if told is not None and isinstance(told.value, str) and role_named(told.value) != "unknown":
            return Speaker(str(number), role_named(told.text()))
    name = item.find("name")
    return Speaker(
        str(number), role_named(name.value) if name is not None and isinstance(name.value, str) else "unknown"
    )


def _said(root: Node, dialogs: list[_Dialog], speakers: list[Speaker]) -> tuple[list[Phrase], Imported | None]:
    """Transcripts of the dialogs, one each; else the text of text dialogs."""
    zero = min((dialog.start for dialog in dialogs if dialog.start is not None), default=None)
    phrases: list[Phrase] = []
    done: set[int] = set()
    transcripts = [item for item in root.items("analysis") if _is_transcript(item)] or _attached(root)
    for item in transcripts:
        number = next(iter(_indices(item.find("dialog"), len(dialogs) or 1)), 0)
        body = _vcon_bodies.opened(item)
        if body is None or number in done:
            continue
        done.add(number)
        begun = dialogs[number].start if number < len(dialogs) else None
        found, inside = _vcon_bodies.phrases(body, begun, _other)
        if inside is not None and len(transcripts) == 1:
            return [], inside
        if inside is not None:
            found = [Phrase(_words(turn), turn.party, None, turn.start, turn.end) for turn in inside.turns]
        item.drop("body")
        phrases += [_moved(phrase, _offset(begun, zero)) for phrase in found]
    return (phrases or _vcon_text.phrases([(d.item, d.kind, d.start, d.parties) for d in dialogs], zero)), None


def _is_transcript(item: Node) -> bool:
    kind = item.find("type")
    if kind is None:
        item.need("type")
    return kind is not None and (kind.text().startswith("transcript") or kind.text() in EXTENSIONS)


def _attached(root: Node) -> list[Node]:
    """Transcripts that some tools put among the attachments."""
    found = []
    for item in root.items("attachments"):
        told = item.find("purpose", "type") if item.is_object else None
        if (
            told is not None
            and isinstance(told.value, str)
            and told.value.lower().startswith(("transcript", *EXTENSIONS))
        ):
            found.append(item)
    return found


def _words(turn: Turn) -> tuple[Said, ...]:
    return tuple(Said(w.text, w.start, w.end, w.confidence, w.kind, w.facts) for w in turn.words)


def _other(document: Document) -> Imported | None:
    """The body in another format known here."""
    for item in sorted(all_formats().values(), key=lambda one: (-one.rank, one.name)):
        if item.name != format.name and item.matches(document):
            return item.read(document)[0]
    return None


def _around(
    inside: Imported, root: Node, metadata: Metadata, length: float | None, recording: Recording | None
) -> Imported:
    for item in [*(item for item in root.items("analysis") if _is_transcript(item)), *_attached(root)]:
        item.drop("body")
    meta = {**(root.left() or {}), **({"transcript": dict(inside.meta)} if inside.meta else {})}
    ours = inside.metadata
    merged = replace(
        metadata,
        call_id=ours.call_id or metadata.call_id,
        queue=ours.queue,
        direction=metadata.direction or ours.direction,
        started_at=metadata.started_at or ours.started_at,
    )
    return replace(
        inside, format=format.name, metadata=merged, duration=inside.duration or length, meta=meta, recording=recording
    )


def _offset(begun: datetime | None, zero: datetime | None) -> float:
    """Seconds from the first dialog's start; dialogs of days apart are one conversation but no one recording."""
    if begun is None or zero is None or begun - zero > timedelta(seconds=times.LATEST):
        return 0.0
    return round((begun - zero).total_seconds(), 6)


def _moved(phrase: Phrase, by: float) -> Phrase:
    if not by:
        return phrase
    words = tuple(
        replace(w, start=w.start + by if w.start is not None else None, end=w.end + by if w.end is not None else None)
        for w in phrase.words
    )
    start = (
        phrase.start + by if phrase.start is not None else by if not any(w.start is not None for w in words) else None
    )
    return replace(phrase, words=words, start=start, end=phrase.end + by if phrase.end is not None else None)


def _labelled(phrase: Phrase, parties: list[Node], speakers: list[Speaker]) -> Phrase:
    """The phrase with the index of its party as speaker, where its label is an index, a name or a role of one."""
    label = phrase.speaker
    if label in {speaker.label for speaker in speakers} or not label:
        return phrase
    names = [str(item.value.get("name", "")).strip().casefold() for item in parties]
    if label.casefold() in names:
        return replace(phrase, speaker=str(names.index(label.casefold())))
    role: Role = role_named(label)
    same = [speaker.label for speaker in speakers if role != "unknown" and speaker.role == role]
    return replace(phrase, speaker=same[0]) if len(same) == 1 else phrase


def _metadata(root: Node, parties: list[Node], speakers: list[Speaker], dialogs: list[_Dialog]) -> Metadata:
    call = root.find("uuid")
    started = next((dialog.start for dialog in dialogs if dialog.start is not None), None)
    abouts = [about for dialog in dialogs if (about := dialog.item.find("meta")) is not None and about.is_object] + [
        about for about in [root.find("meta")] if about is not None and about.is_object
    ]
    way = next(
        (found for about in abouts if (found := about.find("direction")) is not None and isinstance(found.value, str)),
        None,
    )
    customer = next((parties[n] for n, speaker in enumerate(speakers) if speaker.role == "customer"), None)
    tel = customer.find("tel") if customer is not None else None
    return Metadata(
        call_id=call.text() if call is not None else None, started_at=started,
        direction=WAYS.get(way.text().lower()) if way is not None else None, person_number=e164(tel.value) if tel is not None else None,
    )  # fmt: skip


def _length(dialogs: list[_Dialog]) -> float | None:
    recorded = [dialog.length for dialog in dialogs if dialog.kind == "recording" and dialog.length is not None]
    return recorded[0] if len(recorded) == 1 else None


def _recording(dialogs: list[_Dialog]) -> Recording | None:
    """The first recording: its bytes where they lie inside, else the name it is to be found by."""
    for dialog in dialogs:
        if dialog.kind != "recording" and not str(dialog.media).startswith("audio/"):
            continue
        body, encoding, name, url = (dialog.item.find(key) for key in ("body", "encoding", "filename", "url"))
        where = urlsplit(url.text()).path.rsplit("/", 1)[-1] if url is not None else ""
        shown = name.text() if name is not None else where
        if body is not None and encoding is not None and str(encoding.value).startswith("base64"):
            return Recording(shown, _vcon_bodies.decoded(body))
        if shown:
            return Recording(shown.replace("\\", "/").rsplit("/", 1)[-1])
    return None


def _model(root: Node) -> str:
    found = next((item for item in root.items("analysis") if _is_transcript(item)), None)
    told = [found.find(key) for key in ("vendor", "product")] if found is not None else []
    return " ".join(node.text() for node in told if node is not None and isinstance(node.value, str))[:100]


format = Format("vcon", "vCon", "parties, roles, recordings, transcripts", matches, read, _vcon_writing.write, ".vcon.json",
                "application/vcon+json", (".vcon",), rank=5)  # fmt: skip
