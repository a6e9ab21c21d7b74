"""`callsift eval phrases`: do the key phrases of a call name what it is about?

Without data: scripted calls about one thing each, from a fixed seed; ``subject_found`` is the share whose key phrases name it. A
manifest object is {"id", "turns", "phrases": [phrase, ...]}: ``subject_found`` is then the share of calls in which any of them is
met, ``phrases_found`` the mean share of them that share a word stem with a key phrase. With a data folder: the six calls of
contact_center_outcomes, whose phrases a machine gave: too few for more than a hint.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.analyzers.key_phrases import analyzer
from pipeline.errors import BadDataset
from pipeline.evals._agreed import agreed
from pipeline.measuring.dialogues import call_of, in_folder, turns_in, write_manifest
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.goals import Goal
from pipeline.records import Call
from pipeline.topics.saying import stem

PLANTED = 100
THINGS = ("internet", "jacket", "statement", "parcel", "address", "bill", "app", "washing machine", "card", "heating")
SMALL = frozenset("a the of to and in on my your".split())
GOALS = (Goal("subject_found", 0.9, data="own"),)


@dataclass(frozen=True, slots=True)
class Item:
    """One call: how many of the phrases it should have were met, and the key phrases it got."""

    id: str
    met: int
    of: int
    got: str


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``subject_found`` and ``phrases_found``."""
    work = (_own() if data is None else _labelled(data))[: options.limit]
    if not work:
        raise BadDataset(f"{data}: holds nothing to measure on.")
    items = [_item(call, wanted) for call, wanted in work]
    options.progress(len(items), len(items), "")
    figure = {"subject_found": _found(items), "phrases_found": _share(items)}
    worst = [
        {"id": item.id, "wanted": ", ".join(wanted), "got": item.got}
        for item, (_, wanted) in zip(items, work, strict=True)
        if not item.met
    ][:20]
    interval = {"subject_found": bootstrap(items, _found), "phrases_found": bootstrap(items, _share)}
    return Report("phrases", str(data or "scripted calls about one thing"), len(items), figure, interval, worst,
                  {"analyzer": f"{analyzer.name} {analyzer.version}"})  # fmt: skip


def shared(root: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    made = write_manifest(scratch / "phrases.jsonl", _of_outcomes(root))
    if made:
        yield "contact_center_outcomes, machine labels", made


def _own() -> list[tuple[Call, Sequence[str]]]:
    return [(one.call, [thing for thing in THINGS if thing in one.reason][:1]) for one in agreed(3, PLANTED)]


def _labelled(data: Path) -> list[tuple[Call, Sequence[str]]]:
    return [
        (call_of(row, data), list(map(str, row["phrases"]))) for row in read_manifest(data, ("id", "turns", "phrases"))
    ]


def _of_outcomes(root: Path) -> Iterator[Mapping[str, object]]:
    for row in in_folder(root, "contact_center_outcomes"):
        phrases = [phrase.strip() for phrase in str(row["key_phrases"]).split(",")]
        yield {"id": row["id"], "turns": turns_in(row), "phrases": phrases}


def _item(call: Call, wanted: Sequence[str]) -> Item:
    found = [evidence.quote for finding in analyzer.analyze(call) for evidence in finding.evidence]
    got = {stem(word) for phrase in found for word in phrase.split()}
    met = sum(bool({stem(word) for word in phrase.split() if word not in SMALL} & got) for phrase in wanted)
    return Item(call.id, met, len(wanted), ", ".join(found))


def _found(items: Sequence[Item]) -> float:
    return sum(bool(item.met) for item in items) / len(items)


def _share(items: Sequence[Item]) -> float:
    return sum(item.met / max(1, item.of) for item in items) / len(items)
