"""An imported transcript becomes the words of a call: alone, or in place of what a recogniser would have heard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath

from pipeline.errors import BadRecording
from pipeline.ingest.metadata import together
from pipeline.language.codes import code_of
from pipeline.protocols import Diarization, Failure, Segment, Source
from pipeline.records import Call, Party, Span, Word
from pipeline.redaction import Choice, spans
from pipeline.redaction.redact import WIDEN
from pipeline.transcripts.errors import TranscriptError
from pipeline.transcripts.kept import kept
from pipeline.transcripts.reading import read
from pipeline.transcripts.records import Imported

ESTIMATED, UNTIMED, WITHHELD, FOREIGN = "times_estimated", "times_unknown", "sound_withheld", "foreign_language"
IMPORTED = "imported from "
SPOKEN_HERE = "en"  # what the rules speak


def imported_of(source: Source) -> Imported | None:
    """The transcript that came with a source; raises TranscriptError for one that cannot be used."""
    if source.transcript is None:
        return None
    found = read(source.transcript(), source.metadata.call_id, PurePath(source.name).stem)
    if source.silent and not found.words:
        raise TranscriptError(
            "There are no words in this transcript, and no recording came with it.", reason="no_words"
        )
    return found


def told(batch: Sequence[Source]) -> tuple[dict[str, Imported], dict[str, Failure]]:
    """The transcripts that came with sources, and the failures of those that cannot be used, by id."""
    found: dict[str, Imported] = {}
    failed: dict[str, Failure] = {}
    for source in batch:
        try:
            imported = imported_of(source)
        except BadRecording as error:
            failed[source.id] = Failure(source.id, error.reason, str(error), final=True)
            continue
        if imported is not None:
            found[source.id] = imported
    return found, failed


def told_call(source: Source, imported: Imported, policy: Choice, marks: Sequence[str] = ()) -> Call:
    """The call as its transcript tells it, not redacted yet; other fields of the file are."""
    doubts = {"turns": (ESTIMATED,), "none": (UNTIMED,)}.get(imported.timing, ())
    language = code_of(imported.language)
    foreign = (FOREIGN,) if language not in (None, SPOKEN_HERE) else ()
    metadata = together(source.metadata, imported.metadata)
    return Call(
        source.id, source.name, metadata, None, imported.parties, imported.turns, language, (*marks, *doubts, *foreign),
        trusted=bool(metadata.trusted_transcript), source_meta=kept(imported.meta, policy.of(metadata)),
    )  # fmt: skip


def with_told_roles(call: Call, imported: Imported | None) -> Call:
    """The call with the roles that its transcript tells; they are no guess."""
    if imported is None:
        return call
    told = {party.id: party for party in imported.parties if party.role != "unknown"}
    return replace(call, parties=tuple(_told(party, told.get(party.id)) for party in call.parties))


def _told(party: Party, known: Party | None) -> Party:
    return party if known is None else replace(party, role=known.role, role_confidence=known.role_confidence)


def nobody_told(imported: Imported) -> bool:
    """Whether the transcript tells when each word was said, but not by whom."""
    return imported.timing == "words" and len(imported.parties) == 1 and not imported.labels and bool(imported.words)


def voices_told(imported: Imported | None, heard: Diarization, channels: int) -> Diarization:
    """Who speaks when: of a mono call, what a file that tells nothing else (RTTM) says; else what was heard."""
    if imported is None or imported.words or not imported.turns or (channels > 1 and not heard.mono_in_stereo):
        return heard
    segments = tuple(Segment(turn.party, turn.start, turn.end) for turn in imported.turns)
    return Diarization(imported.parties, segments, heard.mono_in_stereo)


def words_in_order(imported: Imported) -> list[Word]:
    return sorted((word for turn in imported.turns for word in turn.words), key=lambda word: word.start)


def cuts(call: Call, imported: Imported) -> list[Span] | None:
    """What goes from the sound: removed words; the whole turn where their times are estimates. None: nothing may be heard,
    because something was removed and nobody knows where."""
    if imported.timing == "words":
        return spans(call)
    hidden = [turn for turn in call.turns if any(word.redacted for word in turn.words)]
    if imported.timing == "none":
        return None if hidden else []
    return [Span(max(0.0, turn.start - WIDEN), turn.end + WIDEN) for turn in hidden]


def made_by(imported: Imported) -> str:
    """What stands where else the name of the recogniser stands."""
    return f"{IMPORTED}{imported.model or imported.format}".strip()
