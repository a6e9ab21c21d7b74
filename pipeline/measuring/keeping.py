"""Reports of evaluations kept as files: the figures, the data they were measured on, and the examples to look at first.

One JSON file for each evaluation and data set in one folder; measuring again replaces it, whole or not at all. What leaves an
evaluation as an example is redacted first: the data of a customer may hold what no page may show.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline import evals
from pipeline.measuring.everything import Outcome, Row, rows
from pipeline.measuring.examples import AUDIO, BETWEEN, in_turns
from pipeline.redaction import load_policy, redact
from rules.discovery import load_module

log = logging.getLogger(__name__)

SHA256 = "sha256"  # of an example: the fingerprint of its recording
LONGEST = 400  # signs of a text that is kept


@dataclass(frozen=True, slots=True)
class Kept:
    """One kept report. ``examples`` hold plain values; ``sha256`` and ``at`` lead to a recording and its second."""

    name: str
    data: str
    at: datetime
    seconds: float
    n: int = 0
    error: str = ""
    rows: Sequence[Row] = ()
    examples: Sequence[Mapping[str, Any]] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    made_of: str = ""


def keep(outcome: Outcome, folder: Path, at: datetime | None = None) -> Path:
    """Write what came of a trial into ``folder`` and return the file."""
    report = outcome.report
    dropped = frozenset(getattr(load_module(evals, outcome.trial.name), "UNKEPT", ())) if report else frozenset()
    kept = Kept(
        outcome.trial.name, rows(outcome)[0].data if rows(outcome) else outcome.trial.label, at or datetime.now(UTC), outcome.seconds,
        report.n if report else 0, outcome.error, rows(outcome),
        [_example(item, dropped) for item in report.worst] if report else (), dict(report.settings) if report else {},
        outcome.made_of,
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{kept.name}-{hashlib.sha256(outcome.trial.label.encode()).hexdigest()[:8]}.json"
    fresh = place.with_suffix(f".{os.getpid()}.part")
    fresh.write_text(json.dumps(asdict(kept), default=str, ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(place)
    return place


def read_kept(folder: Path) -> list[Kept]:
    """All reports of ``folder``, by name; one that cannot be read is left out and logged."""
    found = []
    for file in sorted(folder.glob("*.json")):
        try:
            row = json.loads(file.read_text(encoding="utf-8"))
            figures = [Row(**{**one, "interval": _pair(one["interval"])}) for one in row.pop("rows")]
            found.append(Kept(**{**row, "at": datetime.fromisoformat(row["at"]), "rows": figures}))
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("%s holds no report of an evaluation", file, exc_info=True)
    return found


def _pair(interval: Sequence[float] | None) -> tuple[float, float] | None:
    return None if interval is None else (interval[0], interval[1])


def _example(item: Mapping[str, Any], dropped: frozenset[str]) -> dict[str, Any]:
    shown = {key: _shown(value) for key, value in item.items() if key not in dropped and key != AUDIO}
    audio = item.get(AUDIO)
    if audio is not None and Path(audio).is_file():
        shown[SHA256] = hashlib.sha256(Path(audio).read_bytes()).hexdigest()
    return shown


def _shown(value: Any) -> Any:
    """Redacted, and not longer than a page can bear."""
    if isinstance(value, str):
        return _redacted(value)[:LONGEST]
    if isinstance(value, list | tuple):
        return [_shown(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): _shown(one) for key, one in value.items()}
    return value


def _redacted(text: str) -> str:
    """As a call of these turns would be stored. A lone word is a name of something and stays."""
    if len(text.split()) < 2:
        return text
    names, call = in_turns(text)
    told = [turn.text for turn in redact(call, load_policy()).turns]
    return BETWEEN.join(f"{name}: {said}" if name else said for name, said in zip(names, told, strict=True))
