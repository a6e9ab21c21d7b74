"""A call of ours as a transcript to write: redacted words, parties, times, and what identifies no person.

What an imported file told beyond its words goes along as it is kept: redacted (`pipeline.transcripts.kept`).
"""

from __future__ import annotations

from pipeline.records import Call, Metadata
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.records import Imported, Timing
from pipeline.transcripts.registry import Format, writers

MARKED: dict[str, Timing] = {"times_unknown": "none", "times_estimated": "turns"}
EXACT: Timing = "words"


def transcript_of(call: Call) -> Imported:
    """``call`` as a transcript; only redacted calls are given to it."""
    about = call.metadata
    known = Metadata(call_id=about.call_id, started_at=about.started_at, direction=about.direction, queue=about.queue)
    timing = next((timing for mark, timing in MARKED.items() if mark in call.marks), EXACT)
    made_by, name = call.models.get("asr", ""), about.call_id or call.id
    return Imported(
        "callsift", call.parties, call.turns, timing, call.language, call.duration, known, made_by, meta=call.source_meta,
        name=name,
    )  # fmt: skip


def writer(name: str) -> Format:
    """The format to write; raises TranscriptError for one that is none, or that is only read."""
    found = writers().get(name)
    if found is None:
        raise TranscriptError(
            f'There is no format "{name[:40]}" to write; there are {", ".join(writers())}.', reason="no_such_format"
        )
    return found


def written(transcript: Imported, name: str) -> str:
    """The text of a file in the format ``name``."""
    found = writer(name)
    assert found.write is not None
    return found.write(transcript)
