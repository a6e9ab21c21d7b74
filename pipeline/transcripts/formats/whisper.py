"""Whisper's JSON: OpenAI's verbose_json and diarized_json, openai-whisper, faster-whisper, whisper-timestamped, whisper.cpp.

Sources: OpenAI's API reference (audio/transcriptions), the writers of the tools named. The tools differ in where words
stand (in their segment or beside all of them) and how they name text and probability. The mean log probability of a
segment is no confidence of a word and stays in ``meta``.
"""

from __future__ import annotations

from pipeline.transcripts.building import Told, build, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.formats import _segments
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase
from pipeline.transcripts.registry import Format

MILLI = 1e-3


def matches(document: Document) -> bool:
    root = document.root
    if root is None or not root.is_object or root.has("results") or root.has("Transcript"):
        return False
    if root.has("transcription") and root.need("transcription").is_list:
        return all(item.has("offsets") for item in root.items("transcription")[:1])
    if not root.has("text") or not isinstance(root.value["text"], str):
        return root.has("segments") and _is_first_segment(root)
    segments = root.find("segments")
    if segments is not None and (not segments.is_list or (segments.value and not _is_first_segment(root))):
        return False
    return segments is not None or root.has("words") or root.has("task")


def _is_first_segment(root: Node) -> bool:
    segments = root.find("segments")
    items = segments.items() if segments is not None and segments.is_list else []
    return bool(items) and _segments.is_segment(items[0])


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    if root.has("transcription"):
        return [_cpp(root)]
    phrases = [phrase for item in root.items("segments") for phrase in _segments.voices(item)]
    words = root.items("words")
    if words and not any(word.start is not None for phrase in phrases for word in phrase.words):
        phrases = _segments.whole(words, phrases)
    elif words:
        root.drop("words")
    if not phrases and root.has("text"):
        phrases = [Phrase(words_of(root.need("text").text()))]
    root.drop("text")
    language, length, model = root.find("language"), root.find("duration"), root.find("model")
    told = Told(
        language.text() if language is not None else None, length.seconds() if length is not None else None,
        model=model.label() if model is not None and isinstance(model.value, str) else "Whisper", meta=root.left(),
    )  # fmt: skip
    return [build(format.name, phrases, told)]


def _cpp(root: Node) -> Imported:
    """whisper.cpp: offsets in milliseconds."""
    phrases = []
    for item in root.items("transcription"):
        offsets, who = item.need("offsets"), item.find("speaker")
        start, end = offsets.find("from"), offsets.find("to")
        item.drop("timestamps", "tokens")
        phrases.append(Phrase(
            words_of(item.need("text").text()), who.label() if who is not None else "", None,
            start.seconds(MILLI) if start is not None else None, end.seconds(MILLI) if end is not None else None,
        ))  # fmt: skip
    result = root.find("result")
    language = result.find("language") if result is not None else None
    return build(
        format.name, phrases, Told(language.text() if language else None, model="whisper.cpp", meta=root.left())
    )


format = Format("whisper", "OpenAI Whisper (verbose_json)", "segments; words where asked for", matches, read)
