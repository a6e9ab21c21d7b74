"""Roles and redaction, and what is kept of a call afterwards: listening copy, peaks, posteriors.

Nothing unredacted leaves this module: bytes go out through ``keep`` only after redaction.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.protocols import Heard, Keep, Source, Transcript
from pipeline.records import Call, Posteriors, Quality, Span
from pipeline.redaction import Policy, redact, spans
from pipeline.stages.hearing import has_words, turns_of
from pipeline.stages.models import Models, Redacted, Sounded
from pipeline.transcripts import joining

if TYPE_CHECKING:
    from pipeline.protocols import Diarization
    from pipeline.transcripts import Imported


def finish(
    sounded: Sounded, voice: Diarization, heard: Sequence[Transcript], models: Models, keep: Keep | None
) -> Redacted:
    """Redaction and what is kept. Only redacted words and sound leave this function."""
    from pipeline.audio.events import events
    from pipeline.audio.levels import levels
    from pipeline.audio.prosody import pitch

    samples, facts = sounded.decoded.samples, sounded.decoded.facts
    call = replace(
        _heard_call(sounded, voice, heard, models) if not has_words(sounded) else _read_call(sounded, voice, models),
        audio=replace(facts, mono_in_stereo=voice.mono_in_stereo),
        events=events(samples, sounded.speech, sounded.keys),
        quality=_quality(sounded, voice),
        levels=levels(samples),
        pitch=pitch(samples, sounded.speech),
    )
    call = without_secrets(call, models, sounded.told if has_words(sounded) else None)
    if sounded.again:
        call = replace(call, models={**call.models, "asr": sounded.again})
    packed = _posteriors(call, heard)
    call, files = _keep_safely(sounded, call, packed, keep)
    if packed is None:
        return Redacted(call, files)
    call = replace(call, posteriors=named(packed, heard, files.get("posteriors", "")))
    return Redacted(call, files, _by_sound(call, packed, models))


def _quality(sounded: Sounded, voice: Diarization) -> Quality:
    """How well it was recorded; a mono signal recorded twice is judged once."""
    from pipeline.audio.keypad import covers
    from pipeline.audio.quality import quality

    sides = 1 if voice.mono_in_stereo else len(sounded.speech)
    hidden = [Span(start, end) for start, end, _ in covers(sounded.keys)]
    return quality(sounded.decoded.samples[:sides], voice.own or sounded.speech[:sides], hidden)


def _heard_call(sounded: Sounded, voice: Diarization, heard: Sequence[Transcript], models: Models) -> Call:
    from pipeline.asr.doubts import doubts

    source, marks = sounded.source, (*(() if sounded.again else models.marks), *doubts(heard))
    return Call(source.id, source.name, source.metadata, None, voice.parties, turns_of(voice, heard), marks=marks)


def _read_call(sounded: Sounded, voice: Diarization, models: Models) -> Call:
    """The call as its transcript tells it; where that does not say who spoke, the sound does."""
    from pipeline.diarization.assign import assign

    assert sounded.told is not None
    call = joining.told_call(sounded.source, sounded.told, models.policy)
    if joining.nobody_told(sounded.told) and len(voice.parties) > 1:
        return replace(call, parties=voice.parties, turns=assign(joining.words_in_order(sounded.told), voice))
    return call


def finish_silent(source: Source, told: Imported, models: Models) -> Redacted:
    """A transcript without a recording."""
    return Redacted(without_secrets(joining.told_call(source, told, models.policy), models, told))


def without_secrets(call: Call, models: Models, told: Imported | None) -> Call:
    """Roles, redaction, and the names of what the words come from. Nothing unredacted is behind this."""
    from pipeline.roles import assign_roles

    call = joining.with_told_roles(assign_roles(call), told)
    return replace(redact(call, models.policy), models=made_by(models, models.policy.of(call.metadata), told))


def made_by(models: Models, policy: Policy, told: Imported | None = None) -> dict[str, str]:
    """Name and hash of what the words of a call come from."""
    names = {step: models.names[step] for step in ("asr", "diarization") if step in models.names}
    if told is not None:
        names = {"asr": joining.made_by(told)}
    return {**names, "redaction": f"{policy.name}@{policy.fingerprint}"}


def _posteriors(call: Call, heard: Sequence[Transcript]) -> bytes | None:
    """What was heard, as it is kept: without the redacted stretches. None where the recogniser gives none."""
    from pipeline.asr import posteriors

    frames = [transcript.posteriors for transcript in heard if transcript.posteriors is not None]
    if not frames or len(frames) < len(heard):
        return None
    return posteriors.cut(posteriors.pack(frames), spans(call))


def named(packed: bytes, heard: Sequence[Transcript], path: str) -> Posteriors:
    first = heard[0].posteriors
    assert first is not None
    return Posteriors(hashlib.sha256(packed).hexdigest(), path, first.frame, first.model)


def _by_sound(call: Call, packed: bytes, models: Models) -> Heard | None:
    """The rules' second look; it hears what is kept, so that a verdict can be made again from the file."""
    from pipeline.asr.heard import open_heard

    return open_heard(call, packed, models.models)


def _keep_safely(sounded: Sounded, call: Call, packed: bytes | None, keep: Keep | None) -> tuple[Call, dict[str, str]]:
    """The files of a call; none, and a mark, where something was removed and nobody knows where it is in the sound."""
    cut: Sequence[Span] | None = spans(call)
    if sounded.told is not None and sounded.told.words:
        cut = joining.cuts(call, sounded.told)
    if cut is None:
        return replace(call, marks=(*call.marks, joining.WITHHELD)), {}
    return call, _keep(sounded, cut, packed, keep) if keep else {}


def _keep(sounded: Sounded, cut: Sequence[Span], packed: bytes | None, keep: Keep) -> dict[str, str]:
    """Listening copy, peaks and posteriors without the redacted spans."""
    from pipeline.audio.keypad import covers
    from pipeline.audio.listening import listening_copy
    from pipeline.audio.peaks import peaks_of

    toned = [*((s.start, s.end, None) for s in cut), *covers(sounded.keys)]
    copy = listening_copy(sounded.decoded.samples, sounded.decoded.facts.sample_rate, toned)
    files = {
        "listening": keep(sounded.source, "listening", copy),
        "peaks": keep(sounded.source, "peaks", peaks_of(copy)),
    }
    if packed is not None:
        files["posteriors"] = keep(sounded.source, "posteriors", packed)
    return files
