"""STM, segment time marks: file, channel, speaker, start, end, perhaps a label, and what was said; one stretch a line.

Source: NIST's SCTK. Of alternatives (``{ a / b }``) the first is taken; ``@`` is no word. Gaps that are only there to be
left out of scoring (``inter_segment_gap``, ``excluded_region``, IGNORE_TIME_SEGMENT_IN_SCORING) say nothing.
"""

from __future__ import annotations

import re

from pipeline.transcripts.building import Told, build, role_named, words_of
from pipeline.transcripts.document import Document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.formats import _lines
from pipeline.transcripts.records import Imported, Phrase, Speaker
from pipeline.transcripts.registry import Format

GAPS = ("inter_segment_gap", "excluded_region", "intersegment_gap")
ALTERNATIVES = re.compile(r"\{([^{}/]*)/[^{}]*\}")
IGNORED = "IGNORE_TIME_SEGMENT_IN_SCORING"


def matches(document: Document) -> bool:
    if document.is_json or document.broken is not None:
        return False
    first = [fields for _, (_, fields) in zip(range(20), _lines.records(document.text), strict=False)]
    return bool(first) and all(
        len(f) >= 5 and _lines.is_number(f[3]) and _lines.is_number(f[4]) for f in first[:-1] or first
    )


def read(document: Document) -> list[Imported]:
    found: dict[str, list[tuple[str, Phrase]]] = {}
    for number, fields in _lines.records(document.text):
        if len(fields) < 5:
            raise TranscriptError(
                f"expected file, channel, speaker, start and end, found {len(fields)} fields.", place=f"line {number}"
            )
        start, end = _lines.time(fields[3], number, "start"), _lines.time(fields[4], number, "end")
        said = fields[6:] if len(fields) > 5 and re.fullmatch("<.*>", fields[5]) else fields[5:]
        text = " ".join(said)
        if fields[2] in GAPS or IGNORED in text:
            continue
        for _ in range(3):
            text = ALTERNATIVES.sub(r"\1", text)
        words = words_of(" ".join(word for word in text.split() if word != "@"))
        found.setdefault(fields[0], []).append((fields[1], Phrase(words, fields[2], None, start, max(start, end))))
    return [_recording(name, stretches) for name, stretches in found.items()]


def _recording(name: str, stretches: list[tuple[str, Phrase]]) -> Imported:
    sides = {side for side, _ in stretches}
    phrases = [
        Phrase(one.words, one.speaker, _lines.side(side) if len(sides) > 1 else None, one.start, one.end)
        for side, one in stretches
    ]
    labels = dict.fromkeys((phrase.speaker, phrase.channel) for phrase in phrases)
    return build(
        format.name,
        phrases,
        Told(name=name, speakers=[Speaker(label, role_named(label), side) for label, side in labels]),
    )


format = Format("stm", "STM", "turns, speakers, channels", matches, read, endings=(".stm",))
