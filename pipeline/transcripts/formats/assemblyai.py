"""AssemblyAI: words and utterances in milliseconds, speakers A, B, ... or channels.

Source: the API reference of /v2/transcript. Utterances (only with speaker labels or several channels) are turns; else
words are grouped by speaker and pause. A transcript that ended in an error says so.
"""

from __future__ import annotations

from pipeline.records import Metadata
from pipeline.transcripts.building import Told, build, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said
from pipeline.transcripts.registry import Format

MILLI = 1e-3
CUT = ("sentences", "paragraphs")  # answers of their own, cut like utterances
OWN = (
    "audio_url",
    "acoustic_model",
    "language_model",
    "audio_src_url",
    "audio_duration",
    "speech_model",
    "utterances",
    "confidence",
)


def matches(document: Document) -> bool:
    root = document.root
    if root is None or not root.is_object:
        return False
    if root.has("id", "audio_duration") and any(root.has(key) for key in CUT):
        return True
    if not (root.has("status") or root.has("audio_url")):
        return False
    return (
        "id" in root.value
        and ("words" in root.value or "utterances" in root.value or "error" in root.value)
        and any(key in root.value for key in OWN)
    )


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    _check_status(root)
    utterances, words = root.items("utterances") or root.items(*CUT), root.items("words")
    if utterances:
        phrases = [_utterance(item) for item in utterances]
        root.drop("words")
    else:
        phrases = _stretches(words)
    if not phrases and root.has("text"):
        phrases = [Phrase(words_of(root.need("text").text(), _sure(root)))]
    root.drop("text", "segments")
    language, length, name = root.find("language_code"), root.find("audio_duration"), root.find("id")
    model = root.find("speech_model", "acoustic_model")
    told = Told(
        language.text() if language else None, length.seconds() if length else None,
        Metadata(call_id=name.label() or None) if name is not None and isinstance(name.value, str) else Metadata(),
        f"AssemblyAI {model.label()}" if model is not None and isinstance(model.value, str) else "AssemblyAI", meta=root.left(),
    )  # fmt: skip
    return [build(format.name, phrases, told)]


def _check_status(root: Node) -> None:
    status = root.find("status")
    if status is not None and status.value in ("error", "queued", "processing"):
        raise TranscriptError("this job did not come to an end; there is no transcript in it.", place=status.place)


def _utterance(item: Node) -> Phrase:
    speaker, channel, start, end = item.find("speaker"), item.find("channel"), item.find("start"), item.find("end")
    words = tuple(_word(word) for word in item.items("words"))
    for word in item.items("words"):
        word.drop("speaker", "channel")
    text = item.find("text")
    if not words:
        words = words_of(text.text() if text else "", _sure(item))
    item.drop("text")
    label = speaker.label() if speaker is not None else ""
    return Phrase(words, label, _channel(channel), _time(start), _time(end))


def _stretches(words: list[Node]) -> list[Phrase]:
    groups: list[tuple[str, int | None, list[Said]]] = []
    for word in words:
        speaker, channel = word.find("speaker"), _channel(word.find("channel"))
        label = speaker.label() if speaker is not None else ""
        if not groups or groups[-1][:2] != (label, channel):
            groups.append((label, channel, []))
        groups[-1][2].append(_word(word))
    return [Phrase(tuple(said), label, channel, whole=False) for label, channel, said in groups]


def _word(word: Node) -> Said:
    return Said(word.need("text").text().strip(), _time(word.need("start")), _time(word.find("end")), _sure(word))


def _time(found: Node | None) -> float | None:
    return None if found is None else found.seconds(MILLI)


def _sure(item: Node) -> float | None:
    found = item.find("confidence")
    return None if found is None else found.confidence()


def _channel(found: Node | None) -> int | None:
    """Channels count from 1 here."""
    if found is None:
        return None
    number = found.whole()
    return max(0, number - 1)


format = Format("assemblyai", "AssemblyAI", "times, confidence, speakers, channels", matches, read, rank=2)
