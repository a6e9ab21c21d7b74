"""Deepgram: words of each channel with times, confidence and, where asked for, the speaker's number.

Source: the API reference of /v1/listen. Utterances repeat the words of the channels, cut into turns: they are read
where they hold all of them. Paragraphs repeat them once more.
"""

from __future__ import annotations

from pipeline.transcripts.building import Told, build, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said
from pipeline.transcripts.registry import Format


def matches(document: Document) -> bool:
    root = document.root
    if root is None or not root.has("results"):
        return False
    results = root.need("results")
    return results.is_object and (results.has("channels") or results.has("utterances"))


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    results = root.need("results")
    channels = results.items("channels")
    phrases = [phrase for number, one in enumerate(channels) for phrase in _channel(one, number, len(channels))]
    utterances = [_utterance(item, len(channels)) for item in results.items("utterances")]
    if sum(len(one.words) for one in utterances) >= sum(len(phrase.words) for phrase in phrases):
        phrases = utterances or phrases
    else:
        results.drop("utterances")
    about = root.find("metadata")
    length = about.find("duration") if about is not None else None
    language = next((found for one in channels if (found := one.find("detected_language"))), None)
    told = Told(
        language.text() if language else None,
        length.seconds() if length else None,
        model=_model(about),
        meta=root.left(),
    )
    return [build(format.name, phrases, told)]


def _channel(channel: Node, number: int, of: int) -> list[Phrase]:
    side = number if of > 1 else None
    alternatives = channel.items("alternatives")
    if not alternatives:
        return []
    first = alternatives[0]
    for other in alternatives[1:]:
        other.use()
    words = first.items("words")
    text, sure = first.find("transcript"), first.find("confidence")
    first.drop("paragraphs", "transcript")
    if words:
        return _stretches(words, side)
    confidence = sure.confidence() if sure is not None else None
    return [Phrase(words_of(text.text(), confidence), "", side)] if text is not None and text.value else []


def _stretches(words: list[Node], side: int | None) -> list[Phrase]:
    """Words in a row of one speaker."""
    groups: list[tuple[str, list[Said]]] = []
    for word in words:
        who = word.find("speaker")
        label = who.label() if who is not None else ""
        if not groups or groups[-1][0] != label:
            groups.append((label, []))
        groups[-1][1].append(_word(word))
    return [Phrase(tuple(said), label, side, whole=False) for label, said in groups]


def _word(word: Node) -> Said:
    plain, written = word.find("word"), word.find("punctuated_word")
    text = written or plain
    if text is None:
        raise TranscriptError('"word" is missing.', place=word.place)
    if plain is not None:
        plain.use()
    start, end, sure = word.need("start"), word.find("end"), word.find("confidence")
    confidence = sure.confidence() if sure is not None else None
    return Said(text.text().strip(), start.seconds(), end.seconds() if end else None, confidence)


def _utterance(item: Node, channels: int) -> Phrase:
    channel, who, sure = item.find("channel"), item.find("speaker"), item.find("confidence")
    start, end = item.find("start"), item.find("end")
    words = tuple(_word(word) for word in item.items("words"))
    for word in item.items("words"):
        word.drop("speaker")
    if not words:
        words = words_of(item.need("transcript").text(), sure.confidence() if sure else None)
    item.drop("transcript")
    return Phrase(
        words, who.label() if who else "", channel.whole() if channel and channels != 1 else None,
        start.seconds() if start else None, end.seconds() if end else None,
    )  # fmt: skip


def _model(about: Node | None) -> str:
    """Name of the model, as the file tells it by id."""
    models = about.find("model_info") if about is not None and about.is_object else None
    if models is None or not models.is_object:
        return "Deepgram"
    names = [name.value for _, one in models.pairs() if one.is_object and (name := one.find("name"))]
    return " ".join(["Deepgram", *(name for name in names[:1] if isinstance(name, str))])


format = Format("deepgram", "Deepgram", "times, confidence, speakers, channels", matches, read, rank=1)
