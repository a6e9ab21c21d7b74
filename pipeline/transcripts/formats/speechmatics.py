"""Speechmatics, json-v2: a list of words and punctuation, the speaker in the alternative, the channel beside it.

Source: the batch API reference. An ``entity`` (with entities enabled) holds the words as written; ``UU`` is a speaker
that could not be told. The old json-v1 (words with ``name`` and ``duration``) is read as well.
"""

from __future__ import annotations

from pipeline.records import Metadata
from pipeline.transcripts.building import Told, attached, build
from pipeline.transcripts.document import Document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Recording, Said
from pipeline.transcripts.registry import Format

NOBODY = "UU"


def matches(document: Document) -> bool:
    root = document.root
    if root is None or not root.is_object:
        return False
    if root.has("results") and root.need("results").is_list:
        results = root.items("results")
        if root.has("format") or (root.has("metadata") and root.has("job")):
            return all((item.is_object and "alternatives" in item.value) or item.has("type") for item in results[:1])
        return bool(results) and results[0].has("type", "alternatives")
    return root.has("words") and root.has("job") and root.need("words").is_list


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    phrases = _phrases(root.items("results")) if root.has("results") else _old(root)
    job, about = root.find("job"), root.find("metadata")
    length = job.find("duration") if job is not None and job.is_object else None
    name = job.find("data_name") if job is not None and job.is_object else None
    config = about.find("transcription_config") if about is not None and about.is_object else None
    language = config.find("language") if config is not None and config.is_object else None
    told = Told(
        language.text() if language is not None else None, length.seconds() if length is not None else None, Metadata(), "Speechmatics",
        meta=root.left(), recording=Recording(name.label()) if name is not None else None,
    )  # fmt: skip
    return [build(format.name, phrases, told)]


def _phrases(results: list[Node]) -> list[Phrase]:
    channels = {label: number for number, label in enumerate(dict.fromkeys(_channel(item) for item in results))}
    groups: list[tuple[str, str, list[Said]]] = []
    before_next = ""  # an opening quote that attaches to the word behind it
    for item in results:
        kind = item.find("type")
        named = kind.label() if kind is not None else "word"
        if named not in ("word", "punctuation", "entity"):
            continue  # speaker_change and what may come: no words
        first, text = _best(item)
        who, side = first.find("speaker"), _channel(item)
        label = who.label() if who is not None else ""
        if named == "punctuation":
            before_next = _punctuation(item, text, groups, before_next)
            continue
        if not groups or groups[-1][:2] != (label, side):
            groups.append((label, side, []))
        groups[-1][2].append(_said(item, first, before_next + text))
        before_next = ""
    several = len(channels) > 1
    return [
        Phrase(tuple(said), "" if label == NOBODY else label, channels[side] if several else None, whole=False)
        for label, side, said in groups
    ]


def _best(item: Node) -> tuple[Node, str]:
    alternatives = item.items("alternatives")
    if not alternatives:
        raise TranscriptError("no alternative tells the word.", place=item.place)
    for other in alternatives[1:]:
        other.use()
    item.drop("written_form", "spoken_form")
    return alternatives[0], alternatives[0].need("content").text().strip()


def _punctuation(item: Node, mark: str, groups: list[tuple[str, str, list[Said]]], waiting: str) -> str:
    """Puts a mark where it belongs; returns what waits for the next word."""
    attaches, sure = item.find("attaches_to"), item.items("alternatives")[0].find("confidence")
    side = attaches.label() if attaches is not None else "previous"
    for told in (sure, item.find("start_time"), item.find("end_time")):
        if told is not None:
            told.use()
    if side == "next":
        return waiting + mark
    if groups and side in ("previous", "both"):
        attached(groups[-1][2], mark)
    return waiting


def _said(item: Node, first: Node, text: str) -> Said:
    start, end, sure = item.find("start_time"), item.find("end_time"), first.find("confidence")
    return Said(
        text, start.seconds() if start is not None else None, end.seconds() if end is not None else None,
        sure.confidence() if sure is not None else None,
    )  # fmt: skip


def _channel(item: Node) -> str:
    found = item.find("channel")
    return found.label() if found is not None else ""


def _old(root: Node) -> list[Phrase]:
    """json-v1: speakers beside the words, by time."""
    starts = [
        (item.need("time").seconds(), item.need("name").label())
        for item in root.items("speakers")
        if item.has("time", "name")
    ]
    phrases: list[Phrase] = []
    for item in root.items("words"):
        text, start, length, sure = (
            item.need("name").text().strip(),
            item.need("time").seconds(),
            item.find("duration"),
            item.find("confidence"),
        )
        if text in (".", ",", "?", "!") and phrases:
            words = [*phrases[-1].words]
            attached(words, text)
            phrases[-1] = Phrase(tuple(words), phrases[-1].speaker, whole=False)
            continue
        who = next((name for begin, name in reversed(starts) if begin <= start + 1e-6), "")
        end = start + length.seconds() if length is not None else None
        said = Said(text, start, end, sure.confidence() if sure is not None else None)
        phrases.append(Phrase((said,), "" if who == NOBODY else who, whole=False))
    return phrases


format = Format("speechmatics", "Speechmatics", "times, confidence, speakers or channels", matches, read, rank=2)
