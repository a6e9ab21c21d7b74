"""CTM, time-marked conversation: file, channel, start, duration, word, perhaps a confidence; one word a line.

Source: NIST's SCTK (``sclite``). Of alternatives (``<ALT_BEGIN>``) the first is taken. A file may tell of several
recordings. Written: the channel is the number of the party, because the format knows no speakers.
"""

from __future__ import annotations

from itertools import groupby

from pipeline.transcripts.building import Told, build
from pipeline.transcripts.document import Document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.formats import _lines
from pipeline.transcripts.records import Imported, Phrase, Said
from pipeline.transcripts.registry import Format

ALTERNATIVES = ("<ALT_BEGIN>", "<ALT>", "<ALT_END>")


def matches(document: Document) -> bool:
    if document.is_json or document.broken is not None:
        return False
    first = [fields for _, (_, fields) in zip(range(20), _lines.records(document.text), strict=False)]
    return (
        bool(first)
        and all(_is_word(fields) for fields in first[:-1] or first)
        and not all(_is_stretch(fields) for fields in first)
    )


def _is_word(fields: list[str]) -> bool:
    return 5 <= len(fields) <= 9 and (
        (_lines.is_number(fields[2]) and _lines.is_number(fields[3])) or fields[4] in ALTERNATIVES
    )


def _is_stretch(fields: list[str]) -> bool:
    """A line of an STM whose speaker is a number looks like a word."""
    return len(fields) > 5 and all(_lines.is_number(field) for field in fields[2:5]) and not _lines.is_number(fields[5])


def read(document: Document) -> list[Imported]:
    words: list[tuple[str, str, Said]] = []
    skipping = False
    for number, fields in _lines.records(document.text):
        if len(fields) < 5:
            raise TranscriptError(
                f"expected file, channel, start, duration and word, found {len(fields)} fields.", place=f"line {number}"
            )
        if fields[4] in ALTERNATIVES:
            skipping = fields[4] == "<ALT>" or (skipping and fields[4] != "<ALT_END>")
            continue
        start, length = _lines.time(fields[2], number, "start"), _lines.time(fields[3], number, "duration")
        if not skipping:
            sure = _lines.confidence(fields[5] if len(fields) > 5 else None)
            words.append((fields[0], fields[1], Said(fields[4], start, round(start + length, 6), sure)))
    names = dict.fromkeys(name for name, _, _ in words)
    return [_recording(name, [(side, said) for file, side, said in words if file == name]) for name in names]


def _recording(name: str, words: list[tuple[str, Said]]) -> Imported:
    sides = list(dict.fromkeys(side for side, _ in words))
    phrases = [
        Phrase(
            tuple(said for _, said in group),
            side if len(sides) > 1 else "",
            _lines.side(side) if len(sides) > 1 else None,
            whole=False,
        )
        for side, group in groupby(sorted(words, key=lambda item: item[0]), key=lambda item: item[0])
    ]
    return build(format.name, phrases, Told(name=name))


def write(transcript: Imported) -> str:
    number = {party.id: n for n, party in enumerate(transcript.parties, 1)}
    name = "_".join((transcript.name or transcript.metadata.call_id or "call").split())
    lines = [
        (number.get(word.party, 0), word.start, word.end, "_".join(word.text.split()), word.confidence)
        for turn in transcript.turns for word in turn.words if word.text.strip()
    ]  # fmt: skip
    return "".join(
        f"{name} {side} {start:.3f} {max(0.0, end - start):.3f} {text}{'' if sure is None else f' {sure:.4f}'}\n"
        for side, start, end, text, sure in sorted(lines, key=lambda line: (line[0], line[1]))
    )


format = Format("ctm", "CTM", "times, confidence, channels", matches, read, write, ".ctm", endings=(".ctm",))
