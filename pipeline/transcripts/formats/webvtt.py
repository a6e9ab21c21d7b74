"""WebVTT: cues with voices and, inside a cue, times of words.

Source: the W3C's WebVTT. Voices (``<v.agent s1>``) are speakers, a class that is the name of a role tells the role,
times inside a cue are those of the words. Written: one cue a turn, a time where a word begins and, before a pause, where
it ends. Confidences are lost, and so are word times finer than a millisecond.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from pipeline.records import ROLES, Role, Seconds, Turn
from pipeline.transcripts import times
from pipeline.transcripts.building import Told, build, role_named
from pipeline.transcripts.document import Document
from pipeline.transcripts.formats import _captions
from pipeline.transcripts.records import Imported, Phrase, Said, Speaker
from pipeline.transcripts.registry import Format

MARKUP = re.compile(r"</?(?:b|i|u|c|ruby|rt|lang)(?:[.\s][^<>]*)?>")  # within words, too
PIECE = re.compile(
    r"<v(?P<classes>[.\w-]*)[ \t\n]+(?P<voice>[^<>]*)>|<(?P<time>\d[\d:.]*)>|(?P<end></v>)|(?P<tag><[^<>]*>)|(?P<text>[^<]+|<)"
)
OPEN_END = re.compile(r"<v[.\w-]*[ \t]([^<>]*)\Z")  # a tag that nobody closed is what was said
LANGUAGE = re.compile(r"Language:\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*")


def matches(document: Document) -> bool:
    return re.match(r"\ufeff?WEBVTT(?=[ \t\n]|\Z)", document.text) is not None


def read(document: Document) -> list[Imported]:
    head, roles = document.text.split("\n\n", 1)[0], dict[str, Role]()
    phrases = []
    for cue in _captions.cues(_without_blocks(document.text)):
        phrases += _phrases(cue, roles)
    if phrases and not any(phrase.speaker for phrase in phrases):
        phrases = _prefixed(phrases)
    language = LANGUAGE.search(head)
    labels = dict.fromkeys(phrase.speaker for phrase in phrases if phrase.speaker)
    told = Told(
        language[1] if language else None, max((phrase.end or 0.0 for phrase in phrases), default=None),
        speakers=[Speaker(label, roles.get(label, role_named(label))) for label in labels], meta=_notes(document.text),
    )  # fmt: skip
    return [build(format.name, phrases, told)]


def _without_blocks(text: str) -> str:
    """Without notes and styles, which may hold anything; their lines stay, so that numbers of lines stay right."""
    blocks = re.split(r"(\n{2,})", text)
    return "".join(
        re.sub(r"[^\n]", "", block)
        if re.match(r"\ufeff?(NOTE|STYLE|REGION)(\s|\Z)", block) and "-->" not in block.split("\n")[0]
        else block
        for block in blocks
    )


def _notes(text: str) -> dict[str, object]:
    notes = [block[4:].strip() for block in re.split(r"\n{2,}", text) if re.match(r"NOTE(\s|\Z)", block)]
    title = text.split("\n", 1)[0].partition("WEBVTT")[2].strip(" -\t")
    return {**({"title": title} if title else {}), **({"notes": notes} if notes else {})}


def _phrases(cue: _captions.Cue, roles: dict[str, Role]) -> list[Phrase]:
    """One phrase for each voice of the cue."""
    voices: list[tuple[str, list[Said]]] = [("", [])]
    timed = any(piece["time"] for piece in PIECE.finditer(cue.text))
    start: Seconds | None = cue.start if timed else None  # of the words that follow
    for piece in PIECE.finditer(OPEN_END.sub(r"\1", MARKUP.sub("", cue.text))):
        if piece["voice"] is not None:
            label = html.unescape(" ".join(piece["voice"].split()))
            classes = piece["classes"].split(".")
            roles.update((label, role) for role in ROLES if role in classes)
            voices.append((label, []))
        elif piece["end"] is not None:
            voices.append(("", []))
        elif piece["time"] is not None:
            at = times.clock(piece["time"])
            if (
                at is not None
                and voices[-1][1]
                and voices[-1][1][-1].end is None
                and voices[-1][1][-1].start is not None
            ):
                voices[-1][1][-1] = Said(voices[-1][1][-1].text, voices[-1][1][-1].start, at)
            start = at
        elif piece["text"] is not None:
            words = _captions.plain(piece["text"]).split()
            voices[-1][1].extend(Said(word, start if n == 0 else None) for n, word in enumerate(words))
            start = None if words else start
    spoken = [(label, words) for label, words in voices if words]
    return [Phrase(tuple(words), label, None, cue.start, cue.end) for label, words in spoken] or [
        Phrase((), voices[-1][0], None, cue.start, cue.end)
    ]


def _prefixed(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Speakers as text in front of what they say."""
    texts = _captions.speakers([" ".join(word.text for word in phrase.words) for phrase in phrases])
    found = []
    for (name, rest), phrase in zip(texts, phrases, strict=True):
        words = phrase.words[len(phrase.words) - len(rest.split()) :] if name else phrase.words
        found.append(Phrase(words, name, None, phrase.start, phrase.end))
    return found


def write(transcript: Imported) -> str:
    roles = {party.id: party.role for party in transcript.parties}
    language = (
        f"\nLanguage: {transcript.language}"
        if transcript.language and LANGUAGE.fullmatch(f"Language: {transcript.language}")
        else ""
    )
    cues = [_cue(number, turn, roles.get(turn.party, "unknown")) for number, turn in enumerate(transcript.turns, 1)]
    return "\n\n".join([f"WEBVTT{language}", *cues]) + "\n"


def _cue(number: int, turn: Turn, role: Role) -> str:
    start, end = round(turn.start, 3), max(round(turn.end, 3), round(turn.start, 3) + 0.001)
    named = "" if role == "unknown" else f".{role}"
    said = "".join(_payload(turn, start, end))
    return f"{number}\n{_captions.stamp(start)} --> {_captions.stamp(end)}\n<v{named} {turn.party}>{said}</v>"


def _payload(turn: Turn, start: Seconds, end: Seconds) -> Iterator[str]:
    """Words with times between them, which must grow and lie inside the cue."""
    at = start
    for number, word in enumerate(turn.words):
        blank = " " if number else ""
        first, last = round(word.start, 3), round(word.end, 3)
        if at < first < end:
            yield f"{blank}<{_captions.stamp(first)}>"
            at = first
        else:
            yield blank
        yield html.escape(word.text, quote=False)
        follows = round(turn.words[number + 1].start, 3) if number + 1 < len(turn.words) else end
        if at < last < min(follows, end):
            yield f"<{_captions.stamp(last)}>"
            at = last


format = Format(
    "webvtt", "WebVTT", "turns, voices; words where timed", matches, read, write, ".vtt", "text/vtt", (".vtt",)
)
