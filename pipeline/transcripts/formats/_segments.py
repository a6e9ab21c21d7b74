"""What the Whisper family writes: segments of text, with words where the tool aligned them."""

from __future__ import annotations

from pipeline.transcripts.building import words_of
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.nodes import Node
from pipeline.transcripts.records import Phrase, Said

TEXT, SURE = ("word", "text", "punctuated_word"), ("score", "probability", "confidence")


def segment(item: Node) -> Phrase:
    """One segment as a phrase; words that the aligner could not place have no times (WhisperX: numerals)."""
    start, end, who = item.find("start"), item.find("end"), item.find("speaker")
    text = item.find("text")
    told = item.items("words")
    words = tuple(said for one in told if (said := word(one)).text)
    if words:
        for one in told:
            one.drop("speaker")
    else:
        words = words_of(text.text() if text is not None else "")
    item.drop("text", "tokens")
    return Phrase(
        words, who.label() if who is not None else "", None,
        start.seconds() if start is not None else None, end.seconds() if end is not None else None,
    )  # fmt: skip


def voices(item: Node) -> list[Phrase]:
    """A segment in which the tool heard several speakers, as stretches of one each."""
    whole = segment(item)
    who = [
        found.label() if (found := one.find("speaker")) is not None else whole.speaker for one in item.items("words")
    ]
    if len(who) != len(whole.words) or set(who) <= {whole.speaker}:
        return [whole]
    stretches: list[tuple[str, list[Said]]] = []
    for label, said in zip(who, whole.words, strict=True):
        if not stretches or stretches[-1][0] != label:
            stretches.append((label, []))
        stretches[-1][1].append(said)
    first = Phrase(tuple(stretches[0][1]), stretches[0][0], None, whole.start, None)
    last = Phrase(tuple(stretches[-1][1]), stretches[-1][0], None, None, whole.end)
    return [first, *(Phrase(tuple(said), label) for label, said in stretches[1:-1]), last]


def word(item: Node) -> Said:
    text = item.find(*TEXT)
    if text is None:
        raise TranscriptError('"word" is missing.', place=item.place)
    start, end, sure = item.find("start"), item.find("end"), item.find(*SURE)
    return Said(
        text.text().strip(), start.seconds() if start is not None else None, end.seconds() if end is not None else None,
        sure.confidence() if sure is not None else None,
    )  # fmt: skip


def whole(words: list[Node], phrases: list[Phrase]) -> list[Phrase]:
    """Words beside the segments (OpenAI's API), each in the segment its middle lies in."""
    said = [word(item) for item in words]
    if not phrases:
        return [Phrase(tuple(said), whole=False)]
    ends = [phrase.end if phrase.end is not None else float("inf") for phrase in phrases]
    given: list[list[Said]] = [[] for _ in phrases]
    place = 0
    for one in said:
        middle = ((one.start or 0.0) + (one.end if one.end is not None else one.start or 0.0)) / 2
        while place + 1 < len(phrases) and middle > ends[place]:
            place += 1
        given[place].append(one)
    return [
        Phrase(tuple(mine) or phrase.words, phrase.speaker, None, phrase.start, phrase.end)
        for phrase, mine in zip(phrases, given, strict=True)
    ]


def is_segment(item: Node) -> bool:
    return item.is_object and "text" in item.value and ("start" in item.value or "words" in item.value)
