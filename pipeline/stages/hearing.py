"""From recordings to words: samples, keys of the telephone, speech regions, who speaks when, and what was said.

Every stage takes all calls of a batch at once. Nothing here is redacted: what these functions give stays in memory until
`pipeline.stages.keeping` has redacted it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import BadRecording
from pipeline.language import FOREIGN, with_language
from pipeline.protocols import Source, Transcript
from pipeline.records import Call, Span, Turn, Word
from pipeline.stages.models import Models, Sounded, Tell
from pipeline.transcripts import joining

if TYPE_CHECKING:
    from pipeline.audio.decode import Decoded
    from pipeline.protocols import Diarization, Samples


def has_words(call: Sounded) -> bool:
    """Whether a transcript from elsewhere takes the place of what would be heard."""
    return call.told is not None and call.told.words > 0


def decode_all(batch: Sequence[Source], models: Models, tell: Tell) -> list[Decoded | BadRecording]:
    """Samples of every source, from confined children."""
    decoded = []
    for number, answer in enumerate(models.pool.decode_all(batch), 1):
        decoded.append(answer)
        tell("decode", number, len(batch), 0.0 if isinstance(answer, BadRecording) else answer.facts.duration)
    return decoded


def listen(found: Sequence[tuple[Source, Decoded]], models: Models, tell: Tell) -> list[Sounded]:
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


def tell_apart(calls: Sequence[Sounded], models: Models, tell: Tell) -> list[Diarization]:
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


def hear(calls: Sequence[Sounded], voices: Sequence[Diarization], models: Models, tell: Tell) -> list[list[Transcript]]:
    """The words of each channel; a mono signal recorded twice is heard once."""
    if not calls:
        return []
    from pipeline.asr.calls import transcribe_calls  # torch

    sides = [_sides(call, voice) for call, voice in zip(calls, voices, strict=True)]
    heard = transcribe_calls([samples for samples, _ in sides], [speech for _, speech in sides], models.recognizer)
    for number, call in enumerate(calls, 1):
        tell("hear words", number, len(calls), call.seconds)
    return heard


def heard_again(
    calls: list[Sounded], voices: Sequence[Diarization], heard: list[list[Transcript]], models: Models, tell: Tell
) -> tuple[list[Sounded], list[list[Transcript]]]:
    """Calls whose first words are in a language without a model, as the multilingual recogniser hears them."""
    if models.multilingual is None:
        return calls, heard
    chosen = [n for n, call in enumerate(calls) if not has_words(call) and _is_foreign(call, voices[n], heard[n])]
    if not chosen:
        return calls, heard
    recognizer = models.multilingual()
    with_it = replace(models, recognizer=recognizer)
    again = hear([calls[n] for n in chosen], [voices[n] for n in chosen], with_it, tell)
    taken = dict(zip(chosen, again, strict=True))
    return (
        [replace(call, again=recognizer.name) if n in taken else call for n, call in enumerate(calls)],
        [taken.get(n, words) for n, words in enumerate(heard)],
    )


def _is_foreign(call: Sounded, voice: Diarization, heard: Sequence[Transcript]) -> bool:
    """Whether the first words, the line and the metadata speak of a language that the rules do not."""
    from pipeline.audio.levels import levels

    first = Call(
        call.source.id, "", call.source.metadata, turns=turns_of(voice, heard), levels=levels(call.decoded.samples)
    )
    return FOREIGN in with_language(first).marks


def _sides(call: Sounded, voice: Diarization) -> tuple[Samples, Sequence[Sequence[Span]]]:
    """What is heard of a call: its channels and the speech of each, without what leaks in from another."""
    sides = 1 if voice.mono_in_stereo else call.decoded.samples.shape[0]
    return call.decoded.samples[:sides], voice.own or call.speech[:sides]


def turns_of(voice: Diarization, heard: Sequence[Transcript]) -> tuple[Turn, ...]:
    from pipeline.diarization.assign import assign, turns_from_channels

    if len(heard) > 1:
        return turns_from_channels([transcript.words for transcript in heard], voice)
    return assign(_all_words(heard), voice)


def _all_words(heard: Sequence[Transcript]) -> tuple[Word, ...]:
    return tuple(word for transcript in heard for word in transcript.words)
