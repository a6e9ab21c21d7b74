"""The way of a call, from a recording to a scored result; reads top to bottom.

    decode -> keys of the telephone go -> speech regions -> who speaks -> words -> roles -> redaction -> sound without the
    redacted spans -> analyzers (rules last) -> interest

A transcript from elsewhere takes the place of the words; without a recording, everything before roles falls away.

Everything works on batches, because models and pools are only fast on many calls at once; one call is a batch of one. A
call that breaks a batch is found by running the batch again one by one: its neighbours lose nothing. Nothing unredacted
leaves this module: bytes go out through ``keep`` only after redaction.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.analysis import analyze, prepare
from pipeline.errors import BadRecording
from pipeline.language import FOREIGN, with_language
from pipeline.protocols import Analyzer, Diarizer, Failure, Heard, Keep, Recognizer, Source, Transcript
from pipeline.records import Call, CallResult, Posteriors, Quality, Span, Turn, Word
from pipeline.redaction import Choice, Policy, redact, spans
from pipeline.scoring import score
from pipeline.transcripts import joining

if TYPE_CHECKING:
    from pipeline.audio.decode import Decoded
    from pipeline.audio.keypad import Press
    from pipeline.audio.pool import DecodePool
    from pipeline.protocols import Diarization, Samples
    from pipeline.transcripts import Imported

log = logging.getLogger(__name__)

FindSpeech = Callable[..., list[tuple[Span, ...]]]  # (signals, threads=n): as `pipeline.audio.vad.speech_regions`
Tell = Callable[[str, int, int, float], None]  # stage, call k, of n, audio seconds done in this stage


@dataclass(frozen=True, slots=True)
class Models:
    """What a worker loads once. ``names`` goes into every result: step -> model name and hash."""

    pool: DecodePool
    recognizer: Recognizer
    diarizer: Diarizer
    analyzers: Sequence[Analyzer]
    policy: Choice
    names: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    marks: tuple[str, ...] = ()  # marks that every call of these models carries ("demo_model")
    threads: int = 0
    models: Path | None = None  # folder of imported models, for what is opened by name later
    find_speech: FindSpeech | None = None  # None: silero-vad over the channels of all calls at once
    multilingual: Callable[[], Recognizer] | None = None  # opens the recogniser of calls in other languages, once


@dataclass(frozen=True, slots=True)
class Sounded:
    """A decoded call, without the sound of its keys, and where speech is in each of its channels."""

    source: Source
    decoded: Decoded
    speech: tuple[tuple[Span, ...], ...]
    told: Imported | None = None
    keys: tuple[Press, ...] = ()
    again: str = ""  # name of the multilingual recogniser that heard it instead

    @property
    def seconds(self) -> float:
        return self.decoded.facts.duration


@dataclass(frozen=True, slots=True)
class Redacted:
    """A call whose words are redacted, the files that were kept of it, and its posteriors for the rules' second look."""

    call: Call
    files: Mapping[str, str] = field(default_factory=dict)
    heard: Heard | None = None


def silent(stage: str, done: int, of: int, seconds: float) -> None:
    """Progress that nobody watches."""


def process(
    batch: Sequence[Source], models: Models, *, keep: Keep | None = None, tell: Tell = silent
) -> list[CallResult | Failure]:
    """One result or failure for each source, in order. Never raises for what is wrong with a call."""
    try:
        return _process(batch, models, keep, tell)
    except Exception as error:  # the one place: find the call that breaks its batch and mark only that
        if len(batch) == 1:
            log.exception("call %s could not be processed", batch[0].id)
            return [
                Failure(batch[0].id, type(error).__name__, f"processing failed: {type(error).__name__}", final=False)
            ]
        log.warning("a batch of %d calls failed with %s; running them one by one", len(batch), type(error).__name__)
        return [result for source in batch for result in process([source], models, keep=keep, tell=tell)]


def reanalyze(result: CallResult, models: Models, heard: Heard | None = None) -> CallResult:
    """Analyzers, rules and interest again on a kept, redacted transcript; no audio and no GPU.

    :param heard: the call's kept posteriors, for the rules' second look.
    """
    return _judged_together([Redacted(replace(result.call, findings=()), result.files, heard)], models)[0]


def understand(calls: Sequence[Call], models: Models) -> list[CallResult]:
    """Everything behind the words, without sound: roles, redaction, language, analyzers, rules and interest."""
    return _judged_together([Redacted(_without_secrets(call, models, None)) for call in calls], models)


def _process(batch: Sequence[Source], models: Models, keep: Keep | None, tell: Tell) -> list[CallResult | Failure]:
    done: dict[str, CallResult | Failure] = {}
    told, unreadable = joining.told(batch)
    done |= unreadable
    unheard = [source for source in batch if source.silent and source.id in told]
    redacted = [_finish_silent(source, told[source.id], models) for source in unheard]
    known = {source.id for source in unheard}.union(done)
    recorded = [source for source in batch if source.id not in known]
    sounded = []
    for source, decoded in zip(recorded, _decode(recorded, models, tell), strict=True):
        if isinstance(decoded, BadRecording):
            done[source.id] = Failure(source.id, decoded.reason, str(decoded), final=True)
        else:
            sounded.append((source, decoded))
    calls = [replace(call, told=told.get(call.source.id)) for call in _listen([*sounded], models, tell)]
    voices = _who(calls, models, tell)
    words = iter(_hear([call for call in calls if not _has_words(call)], _voices_heard(calls, voices), models, tell))
    heard: list[list[Transcript]] = [[] if _has_words(call) else next(words) for call in calls]
    calls, heard = _heard_again(calls, voices, heard, models, tell)
    for number, (call, voice, said) in enumerate(zip(calls, voices, heard, strict=True), 1):
        redacted.append(_finish(call, voice, said, models, keep))
        tell("redact", number, len(calls), call.seconds)
    done |= {result.call.id: result for result in _judged_together(redacted, models, tell)}
    return [done[source.id] for source in batch]


def _has_words(call: Sounded) -> bool:
    return call.told is not None and call.told.words > 0


def _voices_heard(calls: Sequence[Sounded], voices: Sequence[Diarization]) -> list[Diarization]:
    return [voice for call, voice in zip(calls, voices, strict=True) if not _has_words(call)]


def _decode(batch: Sequence[Source], models: Models, tell: Tell) -> list[Decoded | BadRecording]:
    """Samples of every source, from confined children."""
    decoded = []
    for number, answer in enumerate(models.pool.decode_all(batch), 1):
        decoded.append(answer)
        tell("decode", number, len(batch), 0.0 if isinstance(answer, BadRecording) else answer.facts.duration)
    return decoded


def _listen(found: Sequence[tuple[Source, Decoded]], models: Models, tell: Tell) -> list[Sounded]:
    """Where speech is, all channels of all calls in one go."""
    if not found:
        return []
    from pipeline.audio.keypad import presses, silenced
    from pipeline.audio.vad import speech_regions  # torch

    keys = [presses(decoded.samples) for _, decoded in found]
    for (_, decoded), pressed in zip(found, keys, strict=True):
        silenced(decoded.samples, pressed)  # from here on nothing can tell which keys they were
    channels = [channel for _, decoded in found for channel in decoded.samples]
    regions = iter((models.find_speech or speech_regions)(channels, threads=models.threads))
    sounded = []
    for number, ((source, decoded), pressed) in enumerate(zip(found, keys, strict=True), 1):
        sounded.append(Sounded(source, decoded, tuple(next(regions) for _ in decoded.samples), keys=pressed))
        tell("find speech", number, len(found), decoded.facts.duration)
    return sounded


def _who(calls: Sequence[Sounded], models: Models, tell: Tell) -> list[Diarization]:
    """Who speaks when; a file that came with a mono call and tells it is believed."""
    if not calls:
        return []
    voices = models.diarizer.diarize([call.decoded.samples for call in calls], [call.speech for call in calls])
    voices = [
        joining.voices_told(call.told, voice, call.decoded.facts.channels)
        for call, voice in zip(calls, voices, strict=True)
    ]
    for number, call in enumerate(calls, 1):
        tell("tell voices apart", number, len(calls), call.seconds)
    return voices


def _hear(
    calls: Sequence[Sounded], voices: Sequence[Diarization], models: Models, tell: Tell
) -> list[list[Transcript]]:
    """The words of each channel; a mono signal recorded twice is heard once."""
    if not calls:
        return []
    from pipeline.asr.calls import transcribe_calls  # torch

    sides = [_sides(call, voice) for call, voice in zip(calls, voices, strict=True)]
    heard = transcribe_calls([samples for samples, _ in sides], [speech for _, speech in sides], models.recognizer)
    for number, call in enumerate(calls, 1):
        tell("hear words", number, len(calls), call.seconds)
    return heard


def _heard_again(
    calls: list[Sounded], voices: Sequence[Diarization], heard: list[list[Transcript]], models: Models, tell: Tell
) -> tuple[list[Sounded], list[list[Transcript]]]:
    """Calls whose first words are in a language without a model, as the multilingual recogniser hears them."""
    if models.multilingual is None:
        return calls, heard
    chosen = [n for n, call in enumerate(calls) if not _has_words(call) and _is_foreign(call, voices[n], heard[n])]
    if not chosen:
        return calls, heard
    recognizer = models.multilingual()
    with_it = replace(models, recognizer=recognizer)
    again = _hear([calls[n] for n in chosen], [voices[n] for n in chosen], with_it, tell)
    taken = dict(zip(chosen, again, strict=True))
    return (
        [replace(call, again=recognizer.name) if n in taken else call for n, call in enumerate(calls)],
        [taken.get(n, words) for n, words in enumerate(heard)],
    )


def _is_foreign(call: Sounded, voice: Diarization, heard: Sequence[Transcript]) -> bool:
    """Whether the first words, the line and the metadata speak of a language that the rules do not."""
    from pipeline.audio.levels import levels

    first = Call(
        call.source.id, "", call.source.metadata, turns=_turns(voice, heard), levels=levels(call.decoded.samples)
    )
    return FOREIGN in with_language(first).marks


def _sides(call: Sounded, voice: Diarization) -> tuple[Samples, Sequence[Sequence[Span]]]:
    """What is heard of a call: its channels and the speech of each, without what leaks in from another."""
    sides = 1 if voice.mono_in_stereo else call.decoded.samples.shape[0]
    return call.decoded.samples[:sides], voice.own or call.speech[:sides]


def _finish(
    sounded: Sounded, voice: Diarization, heard: Sequence[Transcript], models: Models, keep: Keep | None
) -> Redacted:
    """Redaction and what is kept. Only redacted words and sound leave this function."""
    from pipeline.audio.events import events
    from pipeline.audio.levels import levels
    from pipeline.audio.prosody import pitch

    samples, facts = sounded.decoded.samples, sounded.decoded.facts
    call = replace(
        _heard_call(sounded, voice, heard, models) if not _has_words(sounded) else _read_call(sounded, voice, models),
        audio=replace(facts, mono_in_stereo=voice.mono_in_stereo),
        events=events(samples, sounded.speech, sounded.keys),
        quality=_quality(sounded, voice),
        levels=levels(samples),
        pitch=pitch(samples, sounded.speech),
    )
    call = _without_secrets(call, models, sounded.told if _has_words(sounded) else None)
    if sounded.again:
        call = replace(call, models={**call.models, "asr": sounded.again})
    packed = _posteriors(call, heard)
    call, files = _keep_safely(sounded, call, packed, keep)
    if packed is None:
        return Redacted(call, files)
    call = replace(call, posteriors=_named(packed, heard, files.get("posteriors", "")))
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
    return Call(source.id, source.name, source.metadata, None, voice.parties, _turns(voice, heard), marks=marks)


def _read_call(sounded: Sounded, voice: Diarization, models: Models) -> Call:
    """The call as its transcript tells it; where that does not say who spoke, the sound does."""
    from pipeline.diarization.assign import assign

    assert sounded.told is not None
    call = joining.told_call(sounded.source, sounded.told, models.policy)
    if joining.nobody_told(sounded.told) and len(voice.parties) > 1:
        return replace(call, parties=voice.parties, turns=assign(joining.words_in_order(sounded.told), voice))
    return call


def _finish_silent(source: Source, told: Imported, models: Models) -> Redacted:
    """A transcript without a recording."""
    return Redacted(_without_secrets(joining.told_call(source, told, models.policy), models, told))


def _without_secrets(call: Call, models: Models, told: Imported | None) -> Call:
    """Roles, redaction, and the names of what the words come from. Nothing unredacted is behind this."""
    from pipeline.roles import assign_roles

    call = joining.with_told_roles(assign_roles(call), told)
    return replace(redact(call, models.policy), models=_made_by(models, models.policy.of(call.metadata), told))


def _made_by(models: Models, policy: Policy, told: Imported | None = None) -> dict[str, str]:
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


def _named(packed: bytes, heard: Sequence[Transcript], path: str) -> Posteriors:
    first = heard[0].posteriors
    assert first is not None
    return Posteriors(hashlib.sha256(packed).hexdigest(), path, first.frame, first.model)


def _by_sound(call: Call, packed: bytes, models: Models) -> Heard | None:
    """The rules' second look; it hears what is kept, so that a verdict can be made again from the file."""
    from pipeline.asr.heard import open_heard

    return open_heard(call, packed, models.models)


def _turns(voice: Diarization, heard: Sequence[Transcript]) -> tuple[Turn, ...]:
    from pipeline.diarization.assign import assign, turns_from_channels

    if len(heard) > 1:
        return turns_from_channels([transcript.words for transcript in heard], voice)
    return assign(_all_words(heard), voice)


def _all_words(heard: Sequence[Transcript]) -> tuple[Word, ...]:
    return tuple(word for transcript in heard for word in transcript.words)


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


def _judged_together(found: Sequence[Redacted], models: Models, tell: Tell = silent) -> list[CallResult]:
    """The languages, then what is compared in meaning in all calls at once, then call by call."""
    spoken = [replace(one, call=with_language(one.call)) for one in found]
    prepare([one.call for one in spoken], models.analyzers)
    results = []
    for number, one in enumerate(spoken, 1):
        results.append(_judged(one.call, models, one.files, one.heard))
        tell("judge", number, len(spoken), one.call.duration)
    return results


def _judged(call: Call, models: Models, files: Mapping[str, str], heard: Heard | None) -> CallResult:
    """Analyzers, rules last, and the interest score."""
    chosen = [a.hearing(heard) if heard is not None and hasattr(a, "hearing") else a for a in models.analyzers]
    analysis = analyze(call, chosen)
    marks = tuple(dict.fromkeys([*call.marks, *(f"failed:{name}" for name in analysis.failed)]))
    interest = score(analysis.findings, analysis.weights, models.weights)
    judged = replace(call, findings=analysis.findings, moods=analysis.moods, marks=marks)
    return CallResult(
        judged, analysis.findings, analysis.measures, analysis.verdicts, interest, files, _makers(call, models)
    )


def _makers(call: Call, models: Models) -> Mapping[str, str]:
    """Step -> model and hash; words of an imported transcript, or heard by another recogniser, have a maker of their own."""
    words = call.models.get("asr", "")
    if words in ("", models.names.get("asr")):
        return models.names
    if not words.startswith(joining.IMPORTED):
        return {**models.names, "asr": words}
    return {**{step: name for step, name in models.names.items() if step != "diarization"}, "asr": words}
