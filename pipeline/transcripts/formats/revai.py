"""Rev AI: monologues of elements, text and punctuation in turn, times in seconds.

Source: the API reference of /jobs/{id}/transcript. Punctuation holds the blanks, too.
"""

from __future__ import annotations

from pipeline.transcripts.building import Told, attached, build, role_named
from pipeline.transcripts.document import Document
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Imported, Phrase, Said, Speaker
from pipeline.transcripts.registry import Format


def matches(document: Document) -> bool:
    root = document.root
    return root is not None and root.has("monologues") and root.need("monologues").is_list


def read(document: Document) -> list[Imported]:
    root = document.root
    assert root is not None
    phrases = [_monologue(item) for item in root.items("monologues")]
    names = {
        speaker.need("id").label(): speaker.find("name") for speaker in root.items("speakers") if speaker.has("id")
    }
    speakers = [Speaker(label, role_named(name.label() if name is not None else None)) for label, name in names.items()]
    language = root.find("language")
    told = Told(language.text() if language is not None else None, model="Rev AI", speakers=speakers, meta=root.left())
    return [build(format.name, phrases, told)]


def _monologue(item: Node) -> Phrase:
    who = item.find("speaker")
    words: list[Said] = []
    open_word = False  # "12" "." "5" are one word: nothing but a blank ends it
    for element in item.items("elements"):
        kind, text = element.find("type"), element.find("value")
        value = text.text() if text is not None else ""
        if kind is not None and kind.label() == "punct":
            attached(words, value)
            open_word = bool(value) and value == value.strip() and value in "-'."
            continue
        said = _element(element, value.strip())
        if open_word and words:
            words[-1] = _joined(words[-1], said)
        elif said.text:
            words.append(said)
        open_word = False
    return Phrase(tuple(words), who.label() if who is not None else "")


def _element(element: Node, text: str) -> Said:
    start, end, sure = element.find("ts"), element.find("end_ts"), element.find("confidence")
    return Said(
        text, start.seconds() if start is not None else None, end.seconds() if end is not None else None,
        sure.confidence() if sure is not None else None,
    )  # fmt: skip


def _joined(first: Said, then: Said) -> Said:
    sure = [one.confidence for one in (first, then) if one.confidence is not None]
    return Said(
        first.text + then.text, first.start, then.end if then.end is not None else first.end, min(sure, default=None)
    )


format = Format("revai", "Rev AI", "times, confidence, speakers", matches, read)
