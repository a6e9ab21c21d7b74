"""What WebVTT and SRT share: cues between blank lines, speakers in the text, markup to drop."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.records import Seconds
from pipeline.transcripts import times
from pipeline.transcripts.errors import TranscriptError

ARROW = re.compile(r"\s*((?:\d+:)?\d+:\d+(?:[.,]\d+)?)\s*-->\s*((?:\d+:)?\d+:\d+(?:[.,]\d+)?)(?:\s.*)?")
# of players, not "<unk>" of recognisers
TAG = re.compile(r"</?(?:b|i|u|s|c|v|font|span|br|p|ruby|rt|lang|\d[\d:.,]*)(?:[\s./][^<>]*)?>|\{\\[^{}]*\}", re.I)
PREFIX = re.compile(
    r"(?:>>\s*)?(?:\[([^\[\]:]{1,40})\]|\(([^():]{1,40})\)|([^\s:\[\]()][^:\[\]()]{0,39}))\s*:\s+(?=\S)"
)
PERSON = re.compile(r"[^\W\d_a-z][\w'’.-]*(?: [^\W\d_a-z][\w'’.-]*){1,3}")  # "John Smith", as meetings name people
NAMED = re.compile(
    r"s[1-9]\d{0,3}|(?:speaker|spk|channel|participant|person)[ _]?\w{1,3}"
    r"|agent|customer|caller|client|rep|representative|operator|advisor|ivr|system|bot",
    re.I,
)
DASH = re.compile(r"^[^\S\n]*[-\u2013\u2014]\s+", re.M)


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue; ``text`` is its payload as it stands there, lines joined by line ends."""

    start: Seconds
    end: Seconds
    text: str
    line: int


def cues(text: str) -> Iterator[Cue]:
    """Everything that has a time line; what stands outside (identifiers, notes, styles) is passed over.

    Raises TranscriptError with the line for a time line that is none.
    """
    lines = text.split("\n")
    place = 0
    while place < len(lines):
        if "-->" not in lines[place]:
            place += 1
            continue
        start, end = _span(lines[place], place + 1)
        first = place = place + 1
        while place < len(lines) and lines[place].strip() and "-->" not in lines[place]:
            place += 1
        if place < len(lines) and "-->" in lines[place] and place > first and lines[place - 1].strip().isdigit():
            yield Cue(start, end, "\n".join(lines[first : place - 1]), first)  # no blank line before the next number
        else:
            yield Cue(start, end, "\n".join(lines[first:place]), first)


def _span(line: str, number: int) -> tuple[Seconds, Seconds]:
    found = ARROW.fullmatch(line)
    start, end = (times.clock(found[1]), times.clock(found[2])) if found else (None, None)
    if start is None or end is None:
        raise TranscriptError("expected two times like 00:00:01.000 --> 00:00:02.000.", place=f"line {number}")
    if not times.possible(start) or not times.possible(end):
        raise TranscriptError("a time that is not possible in a call.", place=f"line {number}")
    return start, max(start, end)


def plain(text: str) -> str:
    """The words of a payload without markup, dashes of dialogues and entities."""
    return html.unescape(DASH.sub("", TAG.sub("", text))).replace("\u200e", "").replace("\u200f", "")


def speakers(texts: Sequence[str]) -> list[tuple[str, str]]:
    """(speaker, rest) of each text where texts begin with speakers ("Agent: hello").

    A beginning counts where it names what is usual for speakers, or is a name of two words or more, or comes back, or most
    texts have one: "Note: it rains" has no speaker called Note.
    """
    found = [PREFIX.match(text) for text in texts]
    names = [next((g.strip() for g in match.groups() if g), "") if match else "" for match in found]
    often = Counter(name.casefold() for name in names if name)
    most = sum(often.values()) * 2 > len(texts) and len(texts) > 1
    said = []
    for text, match, name in zip(texts, found, names, strict=True):
        counts = bool(name) and (
            NAMED.fullmatch(name) is not None
            or PERSON.fullmatch(name) is not None
            or (len(name.split()) <= 3 and (most or often[name.casefold()] > 2))
        )
        said.append((name, text[match.end() :]) if match and counts else ("", text))
    return said


def stamp(at: Seconds, comma: str = ".") -> str:
    """``00:01:02.500``"""
    whole = round(at * 1000)
    return f"{whole // 3600000:02}:{whole // 60000 % 60:02}:{whole // 1000 % 60:02}{comma}{whole % 1000:03}"
