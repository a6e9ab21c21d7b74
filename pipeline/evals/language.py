"""`callsift eval language --data MANIFEST`: is each call put into its language, by its words alone.

A manifest object is {"id", "turns": [{"speaker", "text"}] or "text", "language"} with an ISO 639-1 code. Without a manifest: the
true words of the sample calls, which holds one call that is not English. ``marked`` is the share of calls in other languages
that are marked as foreign, ``marked_wrongly`` the share of English ones; a call too short to tell counts as wrong in
``accuracy``. What a recogniser makes of a language it does not know is measured by ``callsift eval planted``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
from pipeline.language import FOREIGN, with_language
from pipeline.language.mark import RULES_SPEAK
from pipeline.measuring.dialogues import call_of, in_folder, turns_in, write_manifest
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.examples import SAMPLES, excerpt, sample
from pipeline.measuring.goals import Goal

WORST = 20
GOALS = (Goal("accuracy", 0.95), Goal("marked_wrongly", 0.02, most=True))
TOLD = {"scam_fss_real_ko": "ko", "scam_multi_agent": "en", "contact_center_outcomes": "en", "fake_vcon_calls": "en"}


@dataclass(frozen=True, slots=True)
class Item:
    """One call: its language, the one it got (empty for none), and whether it was marked."""

    id: str
    true: str
    got: str
    marked: bool


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``accuracy``, ``marked`` and ``marked_wrongly``."""
    rows = (list(read_manifest(data, ("id", "language"))) if data else _own())[: options.limit]
    if not rows:
        raise BadDataset(f"{data or SAMPLES}: holds nothing to measure on.")
    items = []
    for done, row in enumerate(rows, 1):
        items.append(_item(row, data))
        options.progress(done, len(rows), "")
    foreign = [item for item in items if item.true not in RULES_SPEAK]
    own = [item for item in items if item.true in RULES_SPEAK]
    figure = {"accuracy": _accuracy(items), "marked": _marked(foreign), "marked_wrongly": _marked(own)}
    worst = [
        {"id": item.id, "true": item.true, "got": item.got or "none", **(row.get("place") or {"text": excerpt(row)})}
        for item, row in zip(items, rows, strict=True)
        if item.got != item.true
    ][:WORST]
    settings = {"rules_speak": ",".join(RULES_SPEAK), "foreign": len(foreign)}
    return Report("language", str(data or "true words of sample_calls"), len(items), figure,
                  {"accuracy": bootstrap(items, _accuracy)}, worst, settings)  # fmt: skip


def shared(root: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    made = write_manifest(scratch / "languages.jsonl", _told(root))
    if made:
        yield "dialogues, Korean and English", made


def _told(root: Path) -> Iterator[dict[str, Any]]:
    for name, language in TOLD.items():
        for number, row in enumerate(in_folder(root, name)):
            yield {"id": f"{name}-{row.get('id', number)}", "turns": turns_in(row), "language": language}


def _accuracy(items: Sequence[Item]) -> float:
    return sum(item.got == item.true for item in items) / len(items)


def _marked(items: Sequence[Item]) -> float:
    return sum(item.marked for item in items) / len(items) if items else float("nan")


def _item(row: Mapping[str, Any], data: Path | None) -> Item:
    call = with_language(call_of(row, data or SAMPLES))
    return Item(str(row["id"]), str(row["language"]), call.language or "", FOREIGN in call.marks)


def _own() -> list[dict[str, Any]]:
    facts = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((SAMPLES / "truth").glob("*.json"))]
    return [
        {
            "id": fact["call"],
            "turns": [{"speaker": turn["party"], "text": turn["text"]} for turn in fact["turns"]],
            "language": fact["language"],
            "place": sample(fact, min(turn["start"] for turn in fact["turns"])),
        }
        for fact in facts
        if isinstance(fact, dict) and fact.get("turns")
    ]
