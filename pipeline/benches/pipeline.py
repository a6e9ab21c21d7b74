"""The whole way of a call: all calls in one batch, against one call after the other with the libraries as they come.

The peer is how most scripts around WhisperX run: for each file start ffmpeg, find the speech, hear it, tell the voices
apart, judge it, and only then open the next. Both arms use the same weights, rules and settings (models stay loaded in
both); what differs is our decoder, feature, speech and recogniser code, the batching, and what is done once instead of
once a call. Findings must be the same call by call before anything is timed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.benches._scripted import scripted
from pipeline.errors import PipelineError
from pipeline.measuring.bench import Arms, BenchOptions
from pipeline.process import process
from pipeline.protocols import Failure, Source
from pipeline.records import CallResult, Metadata
from pipeline.runs.local import RunOptions, open_models

SAMPLES = Path(__file__).parents[2] / "sample_calls" / "calls"


@dataclass(frozen=True)
class Pipeline:
    """Bars of performance.md's ``pipeline`` on CPU: 3x good, 6x goal."""

    name: str = "pipeline"
    good: float = 3.0
    goal: float = 6.0

    def prepare(self, options: BenchOptions) -> Arms:
        if shutil.which("ffmpeg") is None:
            raise PipelineError("bench pipeline needs ffmpeg for its peer: apt install ffmpeg")
        files = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".json")[: 6 if options.small else None]
        models = open_models(RunOptions(options.model, device=options.device, threads=options.threads))
        sources = [source_of(path) for path in files]
        results = process(sources, models)
        facts = {
            path.name: r.call.audio
            for path, r in zip(files, results, strict=True)
            if isinstance(r, CallResult) and r.call.audio
        }
        alone = scripted(models, facts, SAMPLES, options.model)
        heard = [source for path, source in zip(files, sources, strict=True) if path.name in facts]
        return Arms(
            lambda: process(heard, models),
            lambda: [result for source in heard for result in process([source], alone)],
            same_findings,
            sum(fact.duration for fact in facts.values()) / 60,
            "audio minutes",
            "a script over the stock libraries, call after call",
            {"calls": len(heard)},
        )


def source_of(path: Path) -> Source:
    """A file of sample_calls/ without its sidecar."""
    opened: Callable[[], BinaryIO] = lambda: path.open("rb")  # noqa: E731
    return Source(path.stem, path.name, path.stem, Metadata(), opened)


def same_findings(ours: list[CallResult | Failure], peer: list[CallResult | Failure]) -> str | None:
    """None when every call has the same findings, by kind."""
    for one, other in zip(ours, peer, strict=True):
        kinds = [sorted(f.kind for f in r.findings) if isinstance(r, CallResult) else r.reason for r in (one, other)]
        if kinds[0] != kinds[1]:
            name = one.call.id if isinstance(one, CallResult) else one.id
            return f"{name}: {kinds[0]} against {kinds[1]}"
    return None


bench = Pipeline()
