"""The sample calls with their sound, and their true words and turns in the place of what a recogniser would hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.records import Call, CallResult, Span, Word
from pipeline.stages.judging import judged_together
from pipeline.stages.keeping import finish
from pipeline.stages.models import Models, Sounded

if TYPE_CHECKING:
    from pipeline.protocols import Diarization, Source, Transcript

SAMPLES = Path(__file__).parents[2] / "sample_calls"


@dataclass(frozen=True, slots=True)
class Heard:
    """A decoded call, who speaks when, and the words of each recorded side."""

    sounded: Sounded
    voice: Diarization
    words: list[Transcript]


def heard_call(call: Call) -> Heard:
    """``call`` as it comes from the recogniser, had it heard every word; decodes its recording."""
    from pipeline.audio.decode import decode
    from pipeline.protocols import Diarization, Segment, Source, Transcript

    decoded = decode(SAMPLES / call.source)
    sides = len(decoded.samples) if all(party.channel is not None for party in call.parties) else 1
    places = {party.id: party.channel or 0 for party in call.parties} if sides > 1 else {}
    speech: list[list[Span]] = [[] for _ in range(sides)]
    words: list[list[Word]] = [[] for _ in range(sides)]
    for turn in call.turns:
        speech[places.get(turn.party, 0)].append(Span(turn.start, turn.end))
        words[places.get(turn.party, 0)] += [replace(word, party="") for word in turn.words]
    voice = Diarization(call.parties, tuple(Segment(turn.party, turn.start, turn.end) for turn in call.turns))
    source = Source(
        call.id, call.source, decoded.facts.sha256, call.metadata, lambda: (SAMPLES / call.source).open("rb")
    )
    return Heard(
        Sounded(source, decoded, tuple(tuple(sorted(spans, key=lambda span: span.start)) for spans in speech)),
        voice,
        [Transcript(tuple(sorted(side, key=lambda word: word.start))) for side in words],
    )


def behind_hearing(calls: Sequence[Heard], models: Models) -> list[CallResult]:
    """Everything after recognition, as `pipeline.process` does it; what is kept of a call is made and dropped."""
    return judged_together([finish(call.sounded, call.voice, call.words, models, _dropped) for call in calls], models)


def _dropped(source: Source, what: str, data: bytes, /) -> str:
    return f"{source.id}/{what}"
