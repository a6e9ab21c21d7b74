"""`callsift eval moderation`: are hurtful words found, and how often is ordinary talk taken for such?

A manifest object is {"id", "turns": [{"speaker", "text"}] or "text", "kinds": [kind, ...]} with the kinds of the analyzer
(profanity, insult, threat, self_harm, hate, harassment); none for a clean dialogue. ``found``: dialogues with hurtful words
in which any are told; ``kind_right``: told as the labelled kind; ``false_alarms_per_100``: clean dialogues in which somebody is
said to hurt (what is only told of another counts as quiet). Without a manifest: dialogues with planted sentences, from a fixed
seed. With a data folder: service calls and everyday talk that hold nothing, and collection calls whose labels (made by a
machine, n is small) name bad language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.analyzers.moderation import analyzer
from pipeline.errors import BadDataset
from pipeline.evals._hurtful import dialogues
from pipeline.measuring.dialogues import call_of, in_folder, turns_in, write_manifest
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.examples import excerpt
from pipeline.measuring.goals import Goal
from pipeline.measuring.labels import share
from pipeline.records import Finding

PREFIX = "moderation."
HURTFUL, CLEAN = 96, 300
WORST = 20
GOALS = (Goal("found", 0.9, data="own"), Goal("false_alarms_per_100", 2.0, most=True))
QUICK = 396
CALM = (
    "legit_daily_calls_en",
    "contact_center_outcomes",
    "tts_service_calls",
    "fake_vcon_calls",
    "multidogo_customer_turns",
)


@dataclass(frozen=True, slots=True)
class Item:
    """One dialogue: its kinds, those that were told, and the sentence to look at."""

    id: str
    kinds: frozenset[str]
    told: frozenset[str]
    why: str


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``found``, ``kind_right``, ``false_alarms_per_100``, ``by_kind`` (found as that kind)."""
    rows = (list(read_manifest(data, ("id", "kinds"))) if data else dialogues(5, HURTFUL, CLEAN))[: options.limit]
    if not rows:
        raise BadDataset(f"{data}: holds nothing to measure on.")
    items = []
    for done, row in enumerate(rows, 1):
        items.append(_item(row, data or Path("planted")))
        options.progress(done, len(rows), "")
    kinds = sorted({kind for item in items for kind in item.kinds})
    figure: dict[str, Any] = {
        "found": found(items),
        "kind_right": _kind_right(items),
        "false_alarms_per_100": false_alarms(items),
    }
    figure["by_kind"] = {kind: _kind_right([item for item in items if kind in item.kinds]) for kind in kinds}
    wrong = [item for item in items if bool(item.kinds) != bool(item.told)]
    worst = [{"id": i.id, "true": ", ".join(sorted(i.kinds)) or "clean", "got": ", ".join(sorted(i.told)) or "quiet", "text": i.why}
             for i in wrong][:WORST]  # fmt: skip
    interval = {
        name: bootstrap(items, rate) for name, rate in (("found", found), ("false_alarms_per_100", false_alarms))
    }
    return Report("moderation", str(data or "planted sentences in scripted calls"), len(items), figure, interval, worst,
                  {"analyzer": f"{analyzer.name} {analyzer.version}", "clean": sum(not item.kinds for item in items)})  # fmt: skip


def shared(root: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    calm = write_manifest(scratch / "calm.jsonl", _calm(root))
    if calm:
        yield "calm dialogues", calm
    labelled = write_manifest(scratch / "collections.jsonl", _collections(root))
    if labelled:
        yield "collection calls, machine labels", labelled


def found(items: Sequence[Item]) -> float:
    return share([bool(item.told) for item in items if item.kinds])


def false_alarms(items: Sequence[Item]) -> float:
    return 100 * share([bool(item.told) for item in items if not item.kinds])


def _kind_right(items: Sequence[Item]) -> float:
    return share([bool(item.kinds & item.told) for item in items if item.kinds])


def _item(row: Mapping[str, Any], data: Path) -> Item:
    said = [f for f in analyzer.analyze(call_of(row, data)) if isinstance(f, Finding) and not f.facts.get("quoted")]
    told = frozenset(finding.kind.removeprefix(PREFIX) for finding in said)
    return Item(
        str(row["id"]),
        frozenset(map(str, row["kinds"])),
        told,
        "; ".join(f.why for f in said[:3]) or str(row.get("said", "")) or excerpt(row),
    )


def _calm(root: Path) -> Iterator[dict[str, Any]]:
    for name in CALM:
        for number, row in enumerate(in_folder(root, name)):
            yield {"id": f"{name}-{row.get('id', number)}", "turns": turns_in(row), "kinds": []}


def _collections(root: Path) -> Iterator[dict[str, Any]]:
    """The label tells bad language without its kind: any kind is right that the analyzer has for it."""
    for row in in_folder(root, "debt_collection"):
        bad = row.get("label_llm", {}).get("profanity")
        yield {"id": row["id"], "turns": turns_in(row), "kinds": ["profanity", "insult"] if bad else []}
