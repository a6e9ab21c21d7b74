"""`callsift eval quality`: what is measured of a recording, against what was done to it, and what each defect costs.

Sample calls with one channel a side are made worse in known ways (seeded), written as files of 8 kHz and sent through the
whole pipeline. ``error`` is how far the measure is off from what was done (dB; shares in percentage points). ``wer`` is
counted against the truth, each side for itself. Verdicts are compared with those that the true words give: ``wrong`` are
firm ones (PASS, FAIL) that differ, with the gate on poor sound and ``wrong_ungated`` without it; ``unsure`` likewise. The
mark of a recogniser that doubts a whole call hides what the gate does, so ``sure_`` counts the same without that mark.
With `--data`: a manifest of {"audio", "truth"} as for `eval planted`.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.asr.doubts import UNSURE
from pipeline.errors import BadDataset
from pipeline.evals._worse import WORSE, Worse
from pipeline.evals.asr import errors_between, normal_text
from pipeline.evals.planted import Item, _manifest, _own, _source, true_call
from pipeline.measuring.evaluation import EvalOptions, Report
from pipeline.protocols import Failure, Source
from pipeline.records import Call, CallResult, Value

if TYPE_CHECKING:
    from pipeline.process import Models
    from pipeline.protocols import Samples

RATE = 8000
CALLS = 4  # the shortest ones, where nothing else is asked for
FIRM = (Value.PASS, Value.FAIL)


@dataclass(frozen=True, slots=True)
class Cost:
    """One call in one condition."""

    worse: str
    call: str
    error: float | None
    errors: int
    words: int
    wrong: tuple[int, int]  # with the gate, without
    unsure: tuple[int, int]
    sure_wrong: tuple[int, int]  # the same where the recogniser doubts nothing
    sure_unsure: tuple[int, int]
    marked: bool


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """``wer`` by condition; ``wrong`` verdicts of all of them; ``by_condition``: ``error``, ``wer``, ``wrong``, ``unsure`` of each."""
    from pipeline.runs.local import RunOptions, open_models

    items = _chosen(_manifest(data) if data else _own(), options.limit or CALLS)
    models = open_models(RunOptions(options.model, device=options.device, threads=options.threads))
    costs: list[Cost] = []
    try:
        for done, item in enumerate(items, 1):
            costs += _costs(item, models)
            options.progress(done, len(items), item.audio.stem)
    finally:
        models.pool.close()
    each = {worse.name: _figures([c for c in costs if c.worse == worse.name], worse) for worse in WORSE}
    figure = {
        **{name: sum(int(row[name]) for row in each.values()) for name in ("wrong", "wrong_ungated", "unsure", "unsure_ungated")},
        "wer": {name: row["wer"] for name, row in each.items()},
        "by_condition": each,
    }  # fmt: skip
    settings = {"model": models.recognizer.name, "calls": [item.audio.stem for item in items], "seed": 0}
    return Report("quality", str(data or "sample_calls, made worse"), len(costs), figure, {}, _dearest(each), settings)


def _chosen(items: Sequence[Item], limit: int) -> list[Item]:
    """English calls with a channel for each side, the shortest first."""
    fitting = [i for i in items if int(i.truth["channels"]) == 2 and i.truth.get("language") == "en"]
    if not fitting:
        raise BadDataset("There is no English call with two channels to make worse.")
    return sorted(fitting, key=lambda item: (float(item.truth["duration"]), item.audio.stem))[:limit]


def _costs(item: Item, models: Models) -> list[Cost]:
    from pipeline.audio.decode import decode
    from pipeline.audio.vad import speech_regions

    samples = decode(item.audio).samples
    speech = speech_regions(list(samples), threads=models.threads)
    source = _source(item.audio)
    expected = _expected(item, source, models)
    costs = []
    for worse in WORSE:
        made, truth = worse.apply(samples, speech, np.random.default_rng(0))
        costs.append(_cost(item, worse, truth, _heard(_as_source(source, made, worse.name), models), expected, models))
    return costs


def _expected(item: Item, source: Source, models: Models) -> Mapping[str, Value]:
    from pipeline.process import reanalyze
    from pipeline.redaction import redact

    call = true_call(source.id, source.sha256, source.metadata, item.truth)
    return _values(reanalyze(CallResult(redact(call, models.policy)), models))


def _heard(source: Source, models: Models) -> tuple[CallResult, bytes]:
    """The result, and the posteriors that its rules looked into."""
    from pipeline.process import process

    kept: dict[str, bytes] = {}

    def keep(_source: Source, what: str, data: bytes, /) -> str:
        kept[what] = data
        return ""

    [result] = process([source], models, keep=keep)
    if isinstance(result, Failure):
        raise BadDataset(f"{source.name}: {result.message}")
    return result, kept.get("posteriors", b"")


def _cost(
    item: Item, worse: Worse, truth: float | None, heard: tuple[CallResult, bytes], expected: Mapping[str, Value],
    models: Models,
) -> Cost:  # fmt: skip
    result, posteriors = heard
    call = result.call
    sure = replace(call, marks=tuple(mark for mark in call.marks if mark != UNSURE))
    errors, words = _words(item, call, mono=worse.mono)
    got = None if truth is None or call.quality is None else worse.measured(call.quality)
    error = None if truth is None or got is None else got - truth
    judged = [_judged(result, one, posteriors, models)
              for one in (call, replace(call, quality=None), sure, replace(sure, quality=None))]  # fmt: skip
    wrong, unsure = [_wrong(values, expected) for values in judged], [_unsure(values) for values in judged]
    return Cost(worse.name, item.audio.stem, error, errors, words, (wrong[0], wrong[1]), (unsure[0], unsure[1]),
                (wrong[2], wrong[3]), (unsure[2], unsure[3]), UNSURE in call.marks)  # fmt: skip


def _judged(result: CallResult, call: Call, posteriors: bytes, models: Models) -> dict[str, Value]:
    """Verdicts of the same words with or without what was measured of their sound."""
    from pipeline.asr.heard import open_heard
    from pipeline.process import reanalyze

    heard = open_heard(call, posteriors, models.models) if posteriors else None
    return _values(reanalyze(replace(result, call=call), models, heard))


def _words(item: Item, call: Call, *, mono: bool) -> tuple[int, int]:
    """(word errors, words said), each side for itself; of a mono mix all together."""
    sides: list[int | None] = [None] if mono else [0, 1]
    channel = {str(p["party"]): p["channel"] for p in item.truth["parties"]}
    heard_on = {party.id: party.channel for party in call.parties}
    errors = words = 0
    for side in sides:
        rows = sorted(item.truth["words"], key=lambda row: float(row["start"]))
        said = [str(row["word"]) for row in rows if side in (None, channel[str(row["party"])])]
        spoken = sorted((w for t in call.turns if side in (None, heard_on.get(t.party)) for w in t.words),
                        key=lambda word: word.start)  # fmt: skip
        found = errors_between(normal_text(" ".join(said)), normal_text(" ".join(w.text for w in spoken)))
        errors, words = errors + found[0], words + found[1]
    return errors, words


def _values(result: CallResult) -> dict[str, Value]:
    return {verdict.rule: verdict.value for verdict in result.verdicts}


def _wrong(values: Mapping[str, Value], expected: Mapping[str, Value]) -> int:
    """Firm verdicts that the true words do not give; a doubt of theirs is no truth."""
    return sum(
        value in FIRM and value != expected[rule] and expected[rule] is not Value.UNSURE
        for rule, value in values.items()
        if rule in expected
    )


def _unsure(values: Mapping[str, Value]) -> int:
    return sum(value is Value.UNSURE for value in values.values())


def _as_source(source: Source, samples: Samples, name: str) -> Source:
    """A recorder's file of ``samples`` ``[channels, n]`` at 8 kHz."""
    from pipeline.audio.listening import wav_header
    from pipeline.sealing.anonymous import anonymous_file

    pcm = np.clip(np.rint(samples.T * 32768), -32768, 32767).astype("<i2").tobytes()
    data = wav_header(samples.shape[0], RATE, samples.shape[1]) + pcm

    def opened() -> Any:
        file = anonymous_file()
        file.write(data)
        file.flush()
        file.seek(io.SEEK_SET)
        return file

    return replace(source, id=f"{source.id}:{name}", open=opened, suffix=".wav")


def _figures(costs: Sequence[Cost], worse: Worse) -> dict[str, Any]:
    known = [abs(c.error) for c in costs if c.error is not None]
    return {
        "setting": worse.setting,
        "error": round(float(np.mean(known)), 2) if known else None,
        "wer": round(sum(c.errors for c in costs) / max(1, sum(c.words for c in costs)), 3),
        **{f"{name}{suffix}": sum(getattr(c, name)[n] for c in costs)
           for name in ("wrong", "unsure", "sure_wrong", "sure_unsure") for n, suffix in enumerate(("", "_ungated"))},
        "asr_unsure": f"{sum(c.marked for c in costs)} of {len(costs)}",
    }  # fmt: skip


def _dearest(figure: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Conditions by what they cost in words."""
    plain = figure[WORSE[0].name]["wer"]
    rows = [
        {"worse": name, "wer_rise": round(row["wer"] - plain, 3), "setting": row["setting"]}
        for name, row in figure.items()
    ]
    return sorted(rows, key=lambda row: -float(row["wer_rise"]))[:8]
