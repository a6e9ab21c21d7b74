"""The way of a call, from a recording to a scored result; reads top to bottom.

    decode -> keys of the telephone go -> speech regions -> who speaks -> words -> roles -> redaction -> sound without the
    redacted spans -> analyzers (rules last) -> interest

A transcript from elsewhere takes the place of the words; without a recording, everything before roles falls away.

Everything works on batches, because models and pools are only fast on many calls at once; one call is a batch of one. A
call that breaks a batch is found by running the batch again one by one: its neighbours lose nothing. The stages lie in
pipeline/stages: what is heard, what is kept of it (only behind redaction), how it is judged.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.errors import BadRecording
from pipeline.files import FileDamaged
from pipeline.protocols import Failure, Heard, Keep, Source, Transcript
from pipeline.records import Call, CallResult
from pipeline.sealing.errors import KeyUnknown, SealBroken
from pipeline.stages.hearing import decode_all, has_words, hear, heard_again, listen, tell_apart
from pipeline.stages.judging import judged_together
from pipeline.stages.keeping import finish, finish_silent, without_secrets
from pipeline.stages.models import Models, Redacted, Sounded, Tell, silent
from pipeline.transcripts import joining

if TYPE_CHECKING:
    from pipeline.protocols import Diarization

__all__ = ["Models", "Tell", "process", "reanalyze", "silent", "understand"]

log = logging.getLogger(__name__)


def process(
    batch: Sequence[Source], models: Models, *, keep: Keep | None = None, tell: Tell = silent
) -> list[CallResult | Failure]:
    """One result or failure for each source, in order. Never raises for what is wrong with a call."""
    try:
        return _process(batch, models, keep, tell)
    except Exception as error:  # the one place: find the call that breaks its batch and mark only that
        if len(batch) == 1:
            log.exception("call %s could not be processed", batch[0].id)
            # Messages of others may hold words of the call.
            says = str(error) if isinstance(error, FileDamaged | SealBroken | KeyUnknown) else type(error).__name__
            return [Failure(batch[0].id, type(error).__name__, f"processing failed: {says}", final=False)]
        log.warning("a batch of %d calls failed with %s; running them one by one", len(batch), type(error).__name__)
        return [result for source in batch for result in process([source], models, keep=keep, tell=tell)]


def reanalyze(result: CallResult, models: Models, heard: Heard | None = None) -> CallResult:
    """Analyzers, rules and interest again on a kept, redacted transcript; no audio and no GPU.

    :param heard: the call's kept posteriors, for the rules' second look.
    """
    return judged_together([Redacted(replace(result.call, findings=()), result.files, heard)], models)[0]


def understand(calls: Sequence[Call], models: Models) -> list[CallResult]:
    """Everything behind the words, without sound: roles, redaction, language, analyzers, rules and interest."""
    return judged_together([Redacted(without_secrets(call, models, None)) for call in calls], models)


def _process(batch: Sequence[Source], models: Models, keep: Keep | None, tell: Tell) -> list[CallResult | Failure]:
    done: dict[str, CallResult | Failure] = {}
    told, unreadable = joining.told(batch)
    done |= unreadable
    unheard = [source for source in batch if source.silent and source.id in told]
    redacted = [finish_silent(source, told[source.id], models) for source in unheard]
    known = {source.id for source in unheard}.union(done)
    recorded = [source for source in batch if source.id not in known]
    sounded = []
    for source, decoded in zip(recorded, decode_all(recorded, models, tell), strict=True):
        if isinstance(decoded, BadRecording):
            done[source.id] = Failure(source.id, decoded.reason, str(decoded), final=True)
        else:
            sounded.append((source, decoded))
    calls = [replace(call, told=told.get(call.source.id)) for call in listen([*sounded], models, tell)]
    voices = tell_apart(calls, models, tell)
    words = iter(hear([call for call in calls if not has_words(call)], _voices_heard(calls, voices), models, tell))
    heard: list[list[Transcript]] = [[] if has_words(call) else next(words) for call in calls]
    calls, heard = heard_again(calls, voices, heard, models, tell)
    for number, (call, voice, said) in enumerate(zip(calls, voices, heard, strict=True), 1):
        redacted.append(finish(call, voice, said, models, keep))
        tell("redact", number, len(calls), call.seconds)
    done |= {result.call.id: result for result in judged_together(redacted, models, tell)}
    return [done[source.id] for source in batch]


def _voices_heard(calls: Sequence[Sounded], voices: Sequence[Diarization]) -> list[Diarization]:
    return [voice for call, voice in zip(calls, voices, strict=True) if not has_words(call)]
