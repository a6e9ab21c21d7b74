"""From a redacted call to its result: languages, analyzers, rules last, and the interest score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.analysis import analyze, prepare
from pipeline.language import with_language
from pipeline.protocols import Heard
from pipeline.records import Call, CallResult
from pipeline.scoring import score
from pipeline.stages.models import Models, Redacted, Tell, silent
from pipeline.transcripts import joining


def judged_together(found: Sequence[Redacted], models: Models, tell: Tell = silent) -> list[CallResult]:
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
