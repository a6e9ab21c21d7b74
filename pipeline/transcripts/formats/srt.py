"""SubRip (SRT): numbered cues. Speakers stand in the text ("s1: hello"); words have no times.

There is no standard; what is read is what players read. Written: one cue a turn.
"""

from __future__ import annotations

import re

from pipeline.records import Turn
from pipeline.transcripts.building import Told, build, role_named, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.formats import _captions
from pipeline.transcripts.records import Imported, Phrase, Speaker
from pipeline.transcripts.registry import Format

BEGIN = re.compile(r"\ufeff?\s*(?:\d+[ \t]*\n\s*)?(?:\d+:)?\d+:\d+(?:[.,]\d+)?\s*-->\s*(?:\d+:)?\d+:\d+")


def matches(document: Document) -> bool:
    return BEGIN.match(document.text) is not None


def read(document: Document) -> list[Imported]:
    cues = list(_captions.cues(document.text))
    said = _captions.speakers([" ".join(_captions.plain(cue.text).split()) for cue in cues])
    phrases = [
        Phrase(words_of(text), name, None, cue.start, cue.end) for cue, (name, text) in zip(cues, said, strict=True)
    ]
    labels = dict.fromkeys(phrase.speaker for phrase in phrases if phrase.speaker)
    told = Told(
        speakers=[Speaker(label, role_named(label)) for label in labels],
    )
    return [build(format.name, phrases, told)]


def write(transcript: Imported) -> str:
    return "\n".join(_cue(number, turn) for number, turn in enumerate(transcript.turns, 1))


def _cue(number: int, turn: Turn) -> str:
    said = turn.text.replace("-->", "->")  # would begin a cue
    return f"{number}\n{_captions.stamp(turn.start, ',')} --> {_captions.stamp(turn.end, ',')}\n{turn.party}: {said}\n"


format = Format(
    "srt",
    "SubRip (SRT)",
    "turns; speakers in the text",
    matches,
    read,
    write,
    ".srt",
    "application/x-subrip",
    (".srt",),
)
