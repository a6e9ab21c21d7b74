"""`callsift eval topics`: are calls put under the topics that people gave them?

Without data: the shipped taxonomy on beginnings of calls that were written by hand, half of them held back from whoever changes
the taxonomy (``held_back``); some have none of its reasons (``quiet``: told none).

A manifest object is {"id", "turns": [{"speaker", "text"}] or "text", "labels": [topic, ...], "split"}; only items of the split
"test" are measured where the data has one. Measured is what the analyzer `topics` finds: findings of the kind
``topic.NAME``, the strongest of which is its answer. Items of the split "train" teach it first. Where no item has a split and
the labels are not those of the shipped file, a learning curve is printed instead: ``macro_f1_25``, ``_50`` and ``_100`` are
means over ROUNDS stratified draws of so many labelled calls, all other calls being the test; a call that gets no topic is wrong,
``answered_25`` and so on are the share that gets one. Labels are read from "labels", else "label", "topic" or "domain".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset, PipelineError
from pipeline.evals._reasons import reasons
from pipeline.measuring.dialogues import call_of, in_folder, turns_in, write_manifest
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.examples import excerpt
from pipeline.measuring.goals import Goal
from pipeline.measuring.labels import accuracy, macro_f1, share
from pipeline.protocols import Analyzer
from pipeline.records import Call, Finding
from pipeline.topics.labels import LABELS, labels_of

PREFIX = "topic."
WORST = 20
SIZES = (25, 50, 100)
ROUNDS = 10
GOALS = (Goal("macro_f1_100", 0.85, data="multidogo"),)
QUICK = 200


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
        return _own(list(reasons()), options)
    read = list(read_manifest(data, ("id",)))
    if read and all("held" in row for row in read):
        return _own(read, options)
    rows = [_row(found, data) for found in read]
    teaching = [row for row in rows if row.get("split") == "train"]
    tested = [row for row in rows if row.get("split", "test") == "test"][: options.limit]
    if not tested:
        raise BadDataset(f"{data}: holds nothing to measure on (split test).")
    if not any("split" in row for row in rows) and not _shipped(rows):
        return _curve(rows, data, options)
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
    worst = [
        {"id": item.id, "labels": list(item.labels), "got": item.got or "none", "text": excerpt(row)}
        for item, row in zip(items, tested, strict=True)
        if item.got not in item.labels
    ][:WORST]
    settings = {"analyzer": f"{analyzer.name} {analyzer.version}", "taught_with": len(teaching)}
    interval = {"accuracy": bootstrap(items, _accuracy), "macro_f1": bootstrap(items, _macro_f1)}
    return Report("topics", str(data), len(items), figure, interval, worst, settings)


def _own(rows: Sequence[Mapping[str, Any]], options: EvalOptions) -> Report:
    """The shipped taxonomy on beginnings of calls written by hand."""
    analyzer, rows = _analyzer([]), rows[: options.limit]
    got = []
    for done, row in enumerate(rows, 1):
        got.append(_answer(analyzer, call_of(row, Path("beginnings"))))
        options.progress(done, len(rows), "")
    told = list(zip(rows, got, strict=True))
    figure = {
        part: _of_beginnings([(row, answer) for row, answer in told if row["held"] is held])
        for part, held in (("held_back", True), ("looked_at", False))
    }
    worst = [
        {"id": row["id"], "labels": row["labels"] or "none", "got": answer or "none", "text": row["turns"][1]["text"]}
        for row, answer in told
        if (answer not in row["labels"] if row["labels"] else bool(answer))
    ]
    settings = {"analyzer": f"{analyzer.name} {analyzer.version}"}
    return Report("topics", "beginnings of calls by hand", len(rows), figure, {}, worst[:WORST], settings)


def _of_beginnings(told: Sequence[tuple[Mapping[str, Any], str]]) -> dict[str, Any]:
    """``right``: of calls with a reason, ``right_of_answered`` of those that got one, ``quiet`` of calls without a reason."""
    asked = [(answer in row["labels"], bool(answer)) for row, answer in told if row["labels"]]
    return {
        "n": len(told), "right": share([right for right, _ in asked]), "answered": share([answered for _, answered in asked]),
        "right_of_answered": share([right for right, answered in asked if answered]),
        "quiet": share([not answer for row, answer in told if not row["labels"]]),
    }  # fmt: skip


def shared(root: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    rows = (
        {"id": row["id"], "turns": turns_in(row), "labels": [row["domain"]]}
        for row in in_folder(root, "multidogo_customer_turns")
    )
    own = write_manifest(scratch / "beginnings.jsonl", reasons())
    if own:
        yield "own beginnings of calls", own
    made = write_manifest(scratch / "domains.jsonl", rows)
    if made:
        yield "multidogo domains", made


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


def _shipped(rows: Sequence[Mapping[str, Any]]) -> bool:
    """True when the shipped file knows all topics of the labels, so that nothing need be learned."""
    known = {facet.removeprefix(PREFIX) for facet in _analyzer([]).facets}
    return all(set(map(str, row["labels"])) <= known for row in rows)


def _curve(rows: Sequence[Mapping[str, Any]], data: Path, options: EvalOptions) -> Report:
    """Macro-F1 by the number of labelled calls that topics are learned from."""
    import numpy as np

    from pipeline.meaning import open_meaning
    from pipeline.topics.curve import draws, sizes_for
    from pipeline.topics.labels import examples

    meaning: Any = open_meaning()  # a frozen record has a name that cannot be set
    labelled = examples(rows, data)
    figure: dict[str, Any] = {}
    interval: dict[str, tuple[float, float]] = {}
    wrong: list[dict[str, Any]] = []
    sizes = [size for size in sizes_for(labelled, SIZES) if size in SIZES]
    for number, size in enumerate(sizes):
        made = []
        for draw in draws(labelled, meaning, size, ROUNDS):
            made.append(draw)
            options.progress(number * ROUNDS + len(made), len(sizes) * ROUNDS, f"{size} labelled calls")
        scores = [draw.score for draw in made]
        figure[f"macro_f1_{size}"] = float(np.mean(scores))
        figure[f"answered_{size}"] = float(np.mean([draw.answered for draw in made]))
        interval[f"macro_f1_{size}"] = (float(np.min(scores)), float(np.max(scores)))
        wrong = [{"id": str(rows[n]["id"]), "labels": list(labelled[n].labels), "got": got or "none", "text": excerpt(rows[n])}
                 for n, got in made[-1].answers if got not in labelled[n].labels]  # fmt: skip
    settings = {
        "draws": ROUNDS,
        "interval": "lowest and highest draw",
        "terms_at_most": 30,
        "meaning": meaning.name if meaning else "none: words and phrases alone",
        "silent_calls": sum(not any(example.texts) for example in labelled),
    }
    return Report("topics", str(data), len(rows), figure, interval, wrong[:WORST], settings)


def _row(found: Mapping[str, Any], data: Path) -> dict[str, Any]:
    """An object of a manifest with its labels and turns under the names of callsift, whichever it has them under."""
    labels = found.get("labels", list(labels_of(found)))
    if not labels:
        raise BadDataset(f"{data}: item {found.get('id')}: has no labels under any of {', '.join(LABELS)}.")
    spoken = {} if "turns" in found or "text" in found else {"turns": turns_in(found)}
    return {**found, **spoken, "labels": labels}


def _answer(analyzer: Analyzer, call: Call) -> str:
    found = [row for row in analyzer.analyze(call) if isinstance(row, Finding) and row.kind.startswith(PREFIX)]
    strongest = max(found, key=lambda finding: finding.score, default=None)
    return strongest.kind.removeprefix(PREFIX) if strongest else ""


def _labels(row: Mapping[str, Any], data: Path) -> tuple[str, ...]:
    labels = row["labels"]
    if not isinstance(labels, list) or not labels:
        raise BadDataset(f"{data}: item {row['id']}: labels must be a list of at least one topic.")
    return tuple(map(str, labels))
