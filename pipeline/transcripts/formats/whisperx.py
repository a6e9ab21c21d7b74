"""WhisperX: segments with aligned words, scores and diarized speakers.

Source: the JSON that its command line writes. Numerals carry neither times nor score, so their place is the gap between
their neighbours. Before alignment a file is segments alone.
"""

from __future__ import annotations

from pipeline.transcripts.building import Told, build
from pipeline.transcripts.document import Document
from pipeline.transcripts.formats import _segments
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported
from pipeline.transcripts.registry import Format

WHISPERS = {"tokens", "seek", "avg_logprob", "no_speech_prob"}
OWN = {"segments", "word_segments", "language", "speaker_embeddings", "num_speakers"}


def matches(document: Document) -> bool:
    root = document.root
    if root is None or not root.is_object or not root.has("segments"):
        return False
    segments = root.need("segments")
    if not segments.is_list or "text" in root.value:
        return False
    items = segments.items()
    if items and not _segments.is_segment(items[0]):
        return False
    if "word_segments" in root.value or any(_scored(item) for item in items[:5]):
        return True
    return root.value.keys() <= OWN and not any(item.value.keys() & WHISPERS for item in items[:1])


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    phrases = [phrase for item in root.items("segments") for phrase in _segments.voices(item)]
    root.drop("word_segments")
    language = root.find("language")
    told = Told(language.text() if language is not None else None, model="WhisperX", meta=root.left())
    return [build(format.name, phrases, told)]


def _scored(item: Node) -> bool:
    words = item.find("words") if item.is_object else None
    return (
        words is not None and words.is_list and any(word.is_object and "score" in word.value for word in words.items())
    )


format = Format("whisperx", "WhisperX", "times, scores, speakers", matches, read, rank=1)
