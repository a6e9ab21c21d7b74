"""The whole way of a call: all calls in one batch, against one call after the other with a decoder process each.

The peer is how most scripts around WhisperX run: for each file start ffmpeg, hear it, tell the voices apart, judge it, and
only then open the next. Both arms use the same nets, rules and settings, so what differs is the batching, the decoder
and what is done once instead of once a call. Findings must be the same call by call before anything is timed.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from pipeline.errors import BadRecording, PipelineError
from pipeline.measuring.bench import Arms, BenchOptions
from pipeline.process import process
from pipeline.protocols import Failure, Source
from pipeline.records import AudioFacts, CallResult, Metadata
from pipeline.runs.local import RunOptions, open_models

SAMPLES = Path(__file__).parents[2] / "sample_calls" / "calls"
RATE = 16000


@dataclass(frozen=True, slots=True)
class FfmpegPool:
    """Decodes by starting ffmpeg for each file, as scripts do. Answers like `pipeline.audio.pool.DecodePool`."""

    facts: dict[str, AudioFacts]

    def decode_all(self, recordings: Iterable[BinaryIO]) -> Iterator[object]:
        from pipeline.audio.decode import Decoded

        for recording in recordings:
            name = Path(str(recording.name)).name  # the way of a call hands on a name, not always a path
            facts = self.facts[name]
            line = ["ffmpeg", "-v", "error", "-i", str(SAMPLES / name), "-f", "f32le", "-ar", str(RATE), "-"]
            done = subprocess.run(line, capture_output=True, check=False)
            if done.returncode:
                yield BadRecording("decoder_failed", done.stderr.decode(errors="replace"))
                continue
            samples = np.frombuffer(done.stdout, np.float32).reshape(-1, facts.channels).T
            yield Decoded(np.ascontiguousarray(samples), facts)

    def close(self) -> None:
        """Nothing stays open."""


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
        alone = replace(models, pool=FfmpegPool(facts))  # type: ignore[arg-type]
        heard = [source for path, source in zip(files, sources, strict=True) if path.name in facts]
        return Arms(
            lambda: process(heard, models),
            lambda: [result for source in heard for result in process([source], alone)],
            same_findings,
            sum(fact.duration for fact in facts.values()) / 60,
            "audio minutes",
            "one call after the other, ffmpeg each",
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
