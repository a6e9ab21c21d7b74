"""`callsift eval topics --data MANIFEST`: are calls put under the topics that people gave them?

A manifest object is {"id", "turns": [{"speaker", "text"}] or "text", "labels": [topic, ...], "split"}; only items of the split
"test" are measured where the data has one. Measured is what an analyzer called `topics` finds: findings of the kind
``topic.NAME``, the strongest of which is its answer. An analyzer that learns its topics is first given the items of the split
"train" by its ``taught(items) -> Analyzer``. This version ships no such analyzer, and says so instead of printing a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset, PipelineError
from pipeline.measuring.dialogues import call_of
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.labels import accuracy, macro_f1
from pipeline.protocols import Analyzer
from pipeline.records import Call, Finding

PREFIX = "topic."
WORST = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One dialogue: the topics it has and the one it got, empty for none."""

    id: str
    labels: tuple[str, ...]
    got: str

    @property
    def pair(self) -> tuple[str, str]:
        """The label that was met, else the first one, with what was got."""
        return (self.got if self.got in self.labels else self.labels[0]), self.got


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``accuracy`` (the answer is one of the labels), ``macro_f1`` and ``coverage`` (items that got an answer)."""
    if data is None:
        raise BadDataset('eval topics needs --data: {"id", "text" or "turns", "labels", "split"} objects, one a line.')
    rows = list(read_manifest(data, ("id", "labels")))
    teaching = [row for row in rows if row.get("split") == "train"]
    tested = [row for row in rows if row.get("split", "test") == "test"][: options.limit]
    if not tested:
        raise BadDataset(f"{data}: holds nothing to measure on (split test).")
    analyzer = _analyzer(teaching)
    items = []
    for done, row in enumerate(tested, 1):
        items.append(Item(str(row["id"]), _labels(row, data), _answer(analyzer, call_of(row, data))))
        options.progress(done, len(tested), "")
    figure = {
        "accuracy": _accuracy(items),
        "macro_f1": _macro_f1(items),
        "coverage": sum(bool(i.got) for i in items) / len(items),
    }
    worst = [{"id": i.id, "labels": list(i.labels), "got": i.got or "none"} for i in items if i.got not in i.labels][
        :WORST
    ]
    settings = {"analyzer": f"{analyzer.name} {analyzer.version}", "taught_with": len(teaching)}
    interval = {"accuracy": bootstrap(items, _accuracy), "macro_f1": bootstrap(items, _macro_f1)}
    return Report("topics", str(data), len(items), figure, interval, worst, settings)


def _accuracy(items: Sequence[Item]) -> float:
    return accuracy([item.pair for item in items])


def _macro_f1(items: Sequence[Item]) -> float:
    return macro_f1([item.pair for item in items])


def _analyzer(teaching: Sequence[Mapping[str, Any]]) -> Analyzer:
    from pipeline.analysis import load_analyzers

    analyzer = next((found for found in load_analyzers() if found.name == "topics"), None)
    if analyzer is None:
        raise PipelineError(
            "This version has no analyzer called topics, so there is nothing to measure. Put one into pipeline/analyzers/ "
            f"whose findings are of the kind {PREFIX}NAME."
        )
    taught: Analyzer = analyzer.taught(teaching) if hasattr(analyzer, "taught") else analyzer
    return taught


def _answer(analyzer: Analyzer, call: Call) -> str:
    found = [row for row in analyzer.analyze(call) if isinstance(row, Finding) and row.kind.startswith(PREFIX)]
    strongest = max(found, key=lambda finding: finding.score, default=None)
    return strongest.kind.removeprefix(PREFIX) if strongest else ""


def _labels(row: Mapping[str, Any], data: Path) -> tuple[str, ...]:
    labels = row["labels"]
    if not isinstance(labels, list) or not labels:
        raise BadDataset(f"{data}: item {row['id']}: labels must be a list of at least one topic.")
    return tuple(map(str, labels))
