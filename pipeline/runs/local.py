"""Runs in this process: models loaded once, calls in batches of like size.

A batch is bounded by calls and by audio: an hour of sound at once keeps memory flat, whatever the calls' lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.protocols import Failure, Keep, Recognizer, Source
from pipeline.records import CallResult
from pipeline.scoring import read_weights

if TYPE_CHECKING:
    from pipeline.process import Models, Tell

BATCH_CALLS = 32


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Which models and policies a run uses. ``models`` is the folder of imported models."""

    model: str = "demo"
    diarizer: str = "clustering"
    device: str = "auto"
    threads: int = 0
    redaction_policy: str = "default"
    max_hours: float = 4.0
    models: Path | None = None
    weights: Path | None = None
    analyzers: Mapping[str, Any] = field(default_factory=dict)
    multilingual: str | None = None  # recogniser of calls in languages that the rules do not speak


def open_models(options: RunOptions) -> Models:
    """Load everything once; the caller closes ``models.pool``."""
    from pipeline.analysis import load_analyzers
    from pipeline.asr.loading import load as load_recognizer  # torch: 3 s, only where calls are heard
    from pipeline.audio.opening import Limits
    from pipeline.audio.pool import DecodePool
    from pipeline.diarization import load as load_diarizer
    from pipeline.process import Models
    from pipeline.redaction import load_policies

    recognizer = load_recognizer(options.model, device=options.device, threads=options.threads, models=options.models)
    diarizer = load_diarizer(options.diarizer, device=options.device, threads=options.threads, models=options.models)
    analyzers = load_analyzers(
        {
            **options.analyzers,
            "device": options.device,
            "models": options.models,
            "redaction_policy": options.redaction_policy,
        }
    )
    names = {
        "asr": recognizer.name,
        "diarization": diarizer.name,
        **{f"analyzer.{a.name}": a.version for a in analyzers},
    }
    return Models(
        DecodePool(Limits(max_seconds=options.max_hours * 3600)),
        recognizer,
        diarizer,
        analyzers,
        load_policies(options.redaction_policy),
        {**names, "redaction": options.redaction_policy},
        read_weights(options.weights) if options.weights else {},
        ("demo_model",) if options.model == "demo" else (),
        options.threads,
        options.models,
        multilingual=_multilingual(options),
    )


def _multilingual(options: RunOptions) -> Callable[[], Recognizer] | None:
    """Opens that recogniser with the first call that needs it; it must be there from the beginning. Raises ModelError."""
    if not options.multilingual or options.multilingual == options.model:
        return None
    from pipeline.asr.loading import load
    from pipeline.models.catalogue import default_models
    from pipeline.models.networks import imported

    model, models = options.multilingual, options.models or default_models()
    folder = str(imported(model, models).path)
    return cache(lambda: load(folder, device=options.device, threads=options.threads, models=models))


def run(sources: Sequence[Source], models: Models, *, keep: Keep | None = None, tell: Tell | None = None,
        batch: int = BATCH_CALLS) -> Iterator[CallResult | Failure]:  # fmt: skip
    """Results in the order of ``sources``, batch by batch."""
    from pipeline.process import process, silent

    for start in range(0, len(sources), batch):
        yield from process(sources[start : start + batch], models, keep=keep, tell=tell or silent)
