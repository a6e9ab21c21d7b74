"""Amazon Connect Contact Lens and Amazon Transcribe Call Analytics: turns with roles, in milliseconds.

Sources: "Example Contact Lens output files" of the Connect guide, "Post-call analytics output" of the Transcribe guide,
and the API ListRealtimeContactAnalysisSegments, whose segments hold one turn each. Contact Lens names participants by id,
Call Analytics by role; words with times come only with Call Analytics.
"""

from __future__ import annotations

from pipeline.records import Metadata, Role
from pipeline.transcripts.building import Told, attached, build, role_named, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said, Speaker
from pipeline.transcripts.registry import Format

MILLI = 1e-3


def matches(document: Document) -> bool:
    root = document.root
    if root is None:
        return False
    if (
        root.is_object
        and root.has("Transcript")
        and (root.has("Participants") or root.has("ConversationCharacteristics"))
    ):
        return True
    turns = _turns(root)
    return bool(turns) and turns[0].is_object and (turns[0].has("ParticipantId") or turns[0].has("ParticipantRole"))


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    speakers = _participants(root)
    phrases = [_phrase(turn, speakers) for turn in _turns(root) if not _is_event(turn)]
    language = root.find("LanguageCode") if root.is_object else None
    told = Told(
        language.text() if language else None, _duration(root), _metadata(root), "Amazon Contact Lens",
        [Speaker(label, role) for label, role in speakers.items()], root.left() if root.is_object else None,
    )  # fmt: skip
    return [build(format.name, phrases, told)]


def _turns(root: Node) -> list[Node]:
    """The turns of a file, of the segments of the real-time API, or of a list of either."""
    if root.is_list or (root.is_object and root.has("Segments")):
        segments = root.items() if root.is_list else root.items("Segments")
        inside = [item.find("Transcript", "Utterance") if item.is_object else None for item in segments]
        return [turn for turn in inside if turn is not None] or [
            s for s in segments if s.is_object and s.has("Content")
        ]
    return root.items("Transcript") if root.is_object else []


def _is_event(turn: Node) -> bool:
    """Chats tell of people joining and leaving between the messages."""
    kind = turn.find("Type")
    return kind is not None and kind.value == "EVENT"


def _participants(root: Node) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for item in root.items("Participants") if root.is_object else []:
        label, role = item.find("ParticipantId", "ParticipantRole"), item.find("ParticipantRole")
        if label is not None:
            found[label.label()] = role_named(role.label() if role else label.label())
    return found


def _phrase(turn: Node, speakers: dict[str, Role]) -> Phrase:
    who, role = turn.find("ParticipantId", "ParticipantRole"), turn.find("ParticipantRole")
    label = who.label() if who is not None else ""
    told = role_named(role.label()) if role is not None else role_named(label)
    if label and speakers.get(label, "unknown") == "unknown":
        speakers[label] = told
    start, end = turn.find("BeginOffsetMillis"), turn.find("EndOffsetMillis")
    text = turn.find("Content", "Transcript", "PartialContent")
    said = text.text() if text is not None else ""
    items = turn.items("Items")
    words = tuple(_items(items)) if items else words_of(said)
    return Phrase(words, label, None, start.seconds(MILLI) if start else None, end.seconds(MILLI) if end else None)


def _items(items: list[Node]) -> list[Said]:
    words: list[Said] = []
    for item in items:
        text, kind = item.need("Content").text().strip(), item.find("Type")
        start, end, sure = item.find("BeginOffsetMillis"), item.find("EndOffsetMillis"), item.find("Confidence")
        if kind is not None and kind.label().lower() == "punctuation":
            attached(words, text)
            for told in (start, end, sure):
                if told is not None:
                    told.use()
            continue
        confidence = sure.confidence() if sure is not None else None
        words.append(
            Said(text, start.seconds(MILLI) if start else None, end.seconds(MILLI) if end else None, confidence)
        )
    return words


def _duration(root: Node) -> float | None:
    facts = root.find("ConversationCharacteristics") if root.is_object else None
    length = facts.find("TotalConversationDurationMillis") if facts is not None and facts.is_object else None
    return length.seconds(MILLI) if length is not None else None


def _metadata(root: Node) -> Metadata:
    about = root.find("CustomerMetadata") if root.is_object else None
    if about is not None and not about.is_object:
        raise TranscriptError("expected an object.", place=about.place)
    contact = about.find("ContactId") if about is not None else root.find("ContactId") if root.is_object else None
    return Metadata(call_id=contact.label() or None) if contact is not None else Metadata()


format = Format(
    "contact_lens", "Amazon Contact Lens / Call Analytics", "turns, roles; words where the service gives them", matches, read, rank=1,
)  # fmt: skip
