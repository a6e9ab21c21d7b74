"""Azure AI Speech: batch results (v2, v3, 2024-11-15), fast transcription, and lists of detailed real-time results.

Sources: Microsoft's JSON schemas transcriptionresult_v3*.schema.json and the REST reference. The best alternative is
taken. Times come as ISO 8601 durations, as ticks of 100 ns or as milliseconds; ticks are preferred, being exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.records import Metadata
from pipeline.transcripts import times
from pipeline.transcripts.building import Told, build, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said
from pipeline.transcripts.registry import Format

MILLI = 1e-3
PHRASES = ("recognizedPhrases", "RecognizedPhrases", "SegmentResults", "phrases")
COMBINED = ("combinedRecognizedPhrases", "CombinedRecognizedPhrases", "CombinedResults", "combinedPhrases")
BEST = ("nBest", "NBest")
START: Mapping[str, float] = {
    "offsetInTicks": times.TICK, "OffsetInTicks": times.TICK, "offsetMilliseconds": MILLI, "offsetInMs": MILLI,
    "OffsetInSeconds": 1.0, "offset": 0.0, "Offset": 0.0,
}  # fmt: skip
LENGTH: Mapping[str, float] = {
    "durationInTicks": times.TICK, "DurationInTicks": times.TICK, "durationMilliseconds": MILLI, "durationInMs": MILLI,
    "DurationInSeconds": 1.0, "duration": 0.0, "Duration": 0.0,
}  # fmt: skip


def matches(document: Document) -> bool:
    root = document.root
    if root is None:
        return False
    if root.is_list:
        return any(
            item.has("NBest") or item.has("RecognitionStatus") or item.has("DisplayText")
            for item in root.items()[:3]
            if item.is_object
        )
    if not root.is_object:
        return False
    return any(key in root.value for key in (*PHRASES[:3], *COMBINED, "AudioFileResults", "NBest")) or (
        root.has("phrases", "durationMilliseconds")
    )


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    main = root
    if root.is_object and root.has("AudioFileResults"):
        main = next(iter(root.items("AudioFileResults")), root)
    if root.is_list:
        items, unit = root.items(), times.TICK
    elif any(key in root.value for key in BEST):
        items, unit = [root], times.TICK
    else:
        found = main.find(*PHRASES)
        items = found.items() if found is not None else []
        unit = MILLI if main.has("phrases") else times.TICK
    phrases = [phrase for item in items if (phrase := _phrase(item, unit)) is not None]
    phrases = phrases or _combined(main)
    if root.is_object:
        main.drop(*COMBINED)
    length = _span(main, LENGTH, unit) if main.is_object and items != [main] else None
    told = Told(
        _language(items), length, _metadata(main), "Azure AI Speech", meta=root.left() if root.is_object else None
    )
    return [build(format.name, phrases, told)]


def _phrase(item: Node, unit: float) -> Phrase | None:
    status = item.find("recognitionStatus", "RecognitionStatus")
    if status is not None and status.label() not in ("Success", "0"):
        return None
    best = item.items(*BEST)
    for other in best[1:]:
        other.use()
    first = best[0] if best else item
    who = item.find("speaker", "Speaker", "SpeakerId", "speakerId") or first.find("speaker", "Speaker")
    channel = item.find("channel", "Channel", "ChannelNumber")
    start, length = _span(item, START, unit), _span(item, LENGTH, unit)
    words = _words(first, unit)
    first.drop(
        "lexical",
        "Lexical",
        "itn",
        "ITN",
        "maskedITN",
        "MaskedITN",
        "display",
        "Display",
        "DisplayText",
        "text",
        "displayWords",
    )
    end = start + length if start is not None and length is not None else None
    return Phrase(words, who.label() if who is not None else "", _side(channel), start, end)


def _words(first: Node, unit: float) -> tuple[Said, ...]:
    """The displayed words with times, else the spoken ones, else the text without times."""
    sure = first.find("confidence", "Confidence")
    confidence = sure.confidence() if sure is not None else None
    text = first.find("display", "Display", "DisplayText", "text", "itn", "ITN", "lexical", "Lexical")
    shown = text.text().split() if text is not None else []
    told = first.items("displayPhraseElements", "displayWords") or first.items("words", "Words")
    said = [_word(word, confidence, unit) for word in told]
    first.drop("words", "Words")
    if not said:
        return words_of(" ".join(shown), confidence)
    if len(said) == len(shown):  # the same words as they are written: with capitals and punctuation
        return tuple(
            Said(written, one.start, one.end, one.confidence) for written, one in zip(shown, said, strict=True)
        )
    return tuple(said)


def _word(word: Node, confidence: float | None, unit: float) -> Said:
    text, own = word.need("displayText", "word", "Word", "text"), word.find("confidence", "Confidence")
    start, length = _span(word, START, unit), _span(word, LENGTH, unit)
    end = start + length if start is not None and length is not None else None
    return Said(
        text.text().strip(),
        start,
        None if end is None else round(end, 7),
        own.confidence() if own is not None else confidence,
    )


def _span(item: Node, names: Mapping[str, float], unit: float) -> float | None:
    """A time under the first of ``names`` that is there; bare numbers of ``offset`` count in ``unit``."""
    found: float | None = None
    for name, scale in names.items():
        told = item.find(name)
        if told is None:
            continue
        if found is None:
            found = told.seconds(scale or (unit if not isinstance(told.value, str) else 1.0))
        told.use()
    return found


def _combined(main: Node) -> list[Phrase]:
    """A file without phrases still tells the text of each channel."""
    found = []
    for item in (main.find(*COMBINED) or Node([])).items() if main.is_object else []:
        text = item.find("display", "Display", "text", "lexical", "Lexical")
        if text is not None and text.value:
            found.append(Phrase(words_of(text.text()), "", _side(item.find("channel", "ChannelNumber"))))
    return found


def _side(channel: Node | None) -> int | None:
    if channel is None:
        return None
    if isinstance(channel.value, str) and not channel.value.strip().isdigit():
        channel.use()
        return None
    return max(0, channel.whole())


def _language(items: list[Node]) -> str | None:
    found: Any = next((told for item in items if (told := item.find("locale", "Locale")) is not None), None)
    return found.text() if found is not None else None


def _metadata(main: Node) -> Metadata:
    """Nothing of a result names the call: ``timestamp`` is when the job ran, ``source`` an address with a key in it."""
    if main.is_object:
        main.drop("source")
    return Metadata()


format = Format("azure", "Azure AI Speech", "times, confidence of phrases, speakers or channels", matches, read, rank=2)
