"""RTTM, rich transcription time marks: who speaks when (SPEAKER), perhaps the words (LEXEME).

Source: NIST's Rich Transcription evaluation plans (RT-09). Most RTTM files tell no words: beside a recording they say
whose the heard words are. Written: one SPEAKER line a turn.
"""

from __future__ import annotations

from pipeline.transcripts.building import Told, build, role_named
from pipeline.transcripts.document import Document
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.formats import _lines
from pipeline.transcripts.records import Imported, Phrase, Said, Speaker
from pipeline.transcripts.registry import Format

TYPES = (
    "SPEAKER", "LEXEME", "NON-LEX", "NON-SPEECH", "SEGMENT", "NOSCORE", "NO_RT_METADATA", "FILLER", "EDIT", "IP", "SU", "CB", "A/P",
    "SPKR-INFO",
)  # fmt: skip


def matches(document: Document) -> bool:
    if document.is_json:
        return False
    first = [fields for _, (_, fields) in zip(range(20), _lines.records(document.text), strict=False)]
    return bool(first) and all(fields[0] in TYPES for fields in first) and any(len(fields) > 7 for fields in first)


def read(document: Document) -> list[Imported]:
    stretches: dict[str, list[tuple[str, float, float, str]]] = {}
    words: dict[str, list[tuple[str, Said]]] = {}
    for number, fields in _lines.records(document.text):
        if fields[0] not in ("SPEAKER", "LEXEME"):
            continue
        if len(fields) < 8:
            raise TranscriptError(f"expected at least 8 fields, found {len(fields)}.", place=f"line {number}")
        start, length = _lines.time(fields[3], number, "start"), _lines.time(fields[4], number, "duration")
        stretches.setdefault(fields[1], [])
        end = round(start + length, 6)
        if fields[0] == "SPEAKER":
            stretches[fields[1]].append((fields[2], start, end, fields[7]))
        elif fields[5] not in _lines.NONE:
            sure = _lines.confidence(fields[8] if len(fields) > 8 else None)
            words.setdefault(fields[1], []).append((fields[7], Said(fields[5], start, end, sure)))
    return [_recording(name, found, words.get(name, [])) for name, found in stretches.items()]


def _recording(name: str, stretches: list[tuple[str, float, float, str]], words: list[tuple[str, Said]]) -> Imported:
    """Each word in the stretch of its speaker in which it begins; others make turns of their own."""
    sides = {side for side, _, _, _ in stretches}
    inside: list[list[Said]] = [[] for _ in stretches]
    by_speaker: dict[str, list[tuple[float, float, int]]] = {}
    for n, (_, start, end, who) in enumerate(stretches):
        by_speaker.setdefault(who, []).append((start, end, n))
    loose: list[tuple[str, Said]] = []
    for who, said in words:
        begin = said.start or 0.0
        home = next((n for start, end, n in by_speaker.get(who, []) if start - 1e-6 <= begin < end + 1e-6), None)
        if home is None:
            loose.append((who, said))
        else:
            inside[home].append(said)
    channels = {who: _lines.side(side) if len(sides) > 1 else None for side, _, _, who in stretches}
    phrases = [
        Phrase(tuple(sorted(said, key=lambda word: word.start or 0.0)), who, channels[who], start, end)
        for (_, start, end, who), said in zip(stretches, inside, strict=True)
    ]
    phrases += [Phrase((said,), who, channels.get(who), whole=False) for who, said in loose]
    labels = dict.fromkeys(phrase.speaker for phrase in phrases)
    speakers = [Speaker(label, role_named(label), channels.get(label)) for label in labels]
    return build(format.name, phrases, Told(name=name, speakers=speakers))


def write(transcript: Imported) -> str:
    name = "_".join((transcript.name or transcript.metadata.call_id or "call").split())
    return "".join(
        f"SPEAKER {name} 1 {turn.start:.3f} {max(0.0, turn.end - turn.start):.3f} <NA> <NA> {turn.party} <NA> <NA>\n"
        for turn in transcript.turns
    )


format = Format("rttm", "RTTM", "who speaks when; words where told", matches, read, write, ".rttm", rank=1)
