"""What every `callsift eval NAME` shares: reading a manifest, an interval by bootstrap, one printed object.

An evaluation is one file in pipeline/evals/ with ``evaluate(data: Path | None, options: EvalOptions) -> Report``. Without
``--data`` it measures on what the repository carries (sample_calls/); with it on a JSON-lines manifest whose paths count
from the manifest's folder.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import BadDataset


@dataclass(frozen=True, slots=True)
class EvalOptions:
    """Choices of the command line that evaluations share."""

    model: str = "demo"
    device: str = "auto"
    threads: int = 0
    limit: int | None = None
    progress: Callable[[int, int, str], None] = lambda done, of, what: None


@dataclass(frozen=True, slots=True)
class Report:
    """One figure set. ``interval``: 95 % bootstrap interval by figure key; ``worst``: the items to look at first."""

    name: str
    data: str
    n: int
    figure: Mapping[str, Any]
    interval: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    worst: Sequence[Mapping[str, Any]] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> str:
        """One line; a figure that has no value (nothing to divide by) is null."""
        return json.dumps(_without_nan(asdict(self)), ensure_ascii=False, sort_keys=True, allow_nan=False)


def read_manifest(manifest: Path, required: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """Objects of a JSON-lines manifest; raises BadDataset with file:line. Every object has the ``required`` keys."""
    try:
        lines = manifest.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadDataset(f"{manifest}: cannot be read: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadDataset(f"{manifest}:{number}: not JSON: {error.msg} at column {error.colno}") from error
        missing = [key for key in required if not isinstance(item, dict) or key not in item]
        if missing:
            raise BadDataset(
                f"{manifest}:{number}: needs the key{'s' if len(missing) > 1 else ''} {', '.join(missing)}"
            )
        yield item


def inside(manifest: Path, path: str) -> Path:
    """``path`` of a manifest, relative to its folder."""
    return manifest.parent / path


def bootstrap(
    items: Sequence[Any], figure: Callable[[Sequence[Any]], float], *, rounds: int = 1000, seed: int = 0
) -> tuple[float, float]:
    """95 % percentile interval of ``figure`` over resampled ``items`` (Efron 1979); (nan, nan) where it has no value."""
    if not items or math.isnan(figure(items)):
        return (float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    values = [figure([items[i] for i in rng.integers(0, len(items), len(items))]) for _ in range(rounds)]
    low, high = np.nanpercentile(values, [2.5, 97.5])
    return (float(low), float(high))


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
