"""`callsift eval redaction`: are the marked spans gone, and is what went away worth removing.

A manifest object is {"id", "text" or "turns": [{"speaker", "text"}], "spans": [{"start", "end", "type", "turn"?}], "source"?} with
character offsets. A span is found when at least 90 % of its letters and digits are covered; precision counts removed
letters and digits. Without a manifest: sentences and dialogues with planted secrets of
every type, shape and split, and as many without, from fixed seeds; "policy" names the policy of an item (names go under strict).
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
from pipeline.evals._dialogues import dialogues
from pipeline.evals._planted import planted
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.examples import excerpt, without
from pipeline.measuring.goals import Goal
from pipeline.records import Call, Party, Turn, Word
from pipeline.redaction import load_policy, redact

FOUND = 0.9
GOALS = (Goal("card_recall", 1.0), Goal("recall", 0.99), Goal("precision", 0.95))
QUICK = 400
UNKEPT = ("missed",)  # it is what redaction did not take away


@dataclass(frozen=True, slots=True)
class Item:
    """What one text came to: per marked span type and found or not; removed characters and those of them that were marked."""

    id: str
    source: str
    spans: tuple[tuple[str, bool], ...]
    removed: int
    right: int
    missed: tuple[str, ...] = ()
    text: str = ""  # how it begins, what was missed named by its type alone


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``recall``, ``precision``, ``f1``, ``plants`` (how many spans), ``card_recall``, ``by_type`` (recall) and ``by_source``."""
    policy = load_policy()
    rows = list(read_manifest(data, ("id", "spans"))) if data else _own()
    rows = rows[: options.limit]
    items = []
    for done, row in enumerate(rows, 1):
        items.append(_measure(row, load_policy(row["policy"]) if "policy" in row else policy, data))
        options.progress(done, len(rows), "")
    figure: dict[str, Any] = _figures(items)
    figure["plants"] = sum(len(item.spans) for item in items)
    figure["card_recall"] = recall(items, lambda kind: kind.upper().startswith("CARD"))
    kinds = sorted({kind for item in items for kind, _ in item.spans})
    figure["by_type"] = {kind: recall(items, lambda k, kind=kind: k == kind) for kind in kinds}
    sources = sorted({item.source for item in items})
    figure["by_source"] = {name: _figures([item for item in items if item.source == name]) for name in sources}
    interval = {"recall": bootstrap(items, recall), "precision": bootstrap(items, precision)}
    worst = [{"id": item.id, "missed": "; ".join(item.missed), "text": item.text} for item in items if item.missed][:20]
    settings = {"policy": policy.name, "found_at": FOUND, "removes": ",".join(sorted(policy.remove))}
    return Report("redaction", str(data or "planted spoken numbers"), len(items), figure, interval, worst, settings)


def _own() -> list[dict[str, Any]]:
    """Carrier sentences and dialogues, from fixed seeds."""
    return [*planted(random.Random(7), 400), *dialogues(random.Random(11), 2400)]


def _figures(items: Sequence[Item]) -> dict[str, Any]:
    r, p = recall(items), precision(items)
    return {"recall": r, "precision": p, "f1": 2 * r * p / (r + p) if r + p > 0 else 0.0}


def recall(items: Sequence[Item], wanted: Any = lambda kind: True) -> float:
    spans = [found for item in items for kind, found in item.spans if wanted(kind)]
    return sum(spans) / len(spans) if spans else float("nan")


def precision(items: Sequence[Item]) -> float:
    removed = sum(item.removed for item in items)
    return sum(item.right for item in items) / removed if removed else float("nan")


def _measure(row: Mapping[str, Any], policy: Any, data: Path | None) -> Item:
    texts, speakers = _texts(row, data)
    call, offsets = _call(texts, speakers)
    after = redact(call, policy)
    gone = [_removed(text, offsets[t], after.turns[t]) for t, text in enumerate(texts)]
    marked = [set[int]() for _ in texts]
    spans, missed, left = [], [], []
    for span in row["spans"]:
        turn = int(span.get("turn") or 0)
        letters = {i for i in range(span["start"], span["end"]) if texts[turn][i].isalnum()}
        found = len(letters & gone[turn]) >= FOUND * len(letters)
        spans.append((str(span["type"]), found))
        if not found:
            missed.append(f"{span['type']} {texts[turn][span['start'] : span['end']]!r}")
            left.append(span)
        marked[turn] |= letters
    return Item(
        str(row["id"]),
        str(row.get("source", "all")),
        tuple(spans),
        sum(map(len, gone)),
        sum(len(g & m) for g, m in zip(gone, marked, strict=True)),
        tuple(missed),
        _beginning(texts, speakers, left) if left else "",
    )


def _beginning(texts: Sequence[str], speakers: Sequence[str], left: Sequence[Mapping[str, Any]]) -> str:
    own = [[span for span in left if int(span.get("turn") or 0) == turn] for turn in range(len(texts))]
    turns = [
        {"speaker": speaker, "text": without(text, spans)}
        for speaker, text, spans in zip(speakers, texts, own, strict=True)
    ]
    return excerpt({"turns": turns})


def _texts(row: Mapping[str, Any], data: Path | None) -> tuple[list[str], list[str]]:
    if isinstance(row.get("text"), str):
        return [row["text"]], ["s1"]
    if not isinstance(row.get("turns"), list):
        raise BadDataset(f'{data}: item {row.get("id")!r} needs "text" or "turns"')
    return [str(turn["text"]) for turn in row["turns"]], [str(turn.get("speaker", "s1")) for turn in row["turns"]]


def _call(texts: Iterable[str], speakers: Sequence[str]) -> tuple[Call, list[list[tuple[int, int]]]]:
    """A trusted call of these texts (0.4 s a word), and each word's character offsets."""
    turns, offsets, clock = [], [], 0.0
    for text, speaker in zip(texts, speakers, strict=True):
        places = [match.span() for match in re.finditer(r"\S+", text)]
        words = tuple(
            Word(text[a:b], clock + 0.4 * i, clock + 0.4 * (i + 1), None, speaker) for i, (a, b) in enumerate(places)
        )
        turns.append(Turn(speaker, clock, clock + 0.4 * len(words), words))
        offsets.append(places)
        clock += 0.4 * len(words)
    parties = tuple(Party(speaker) for speaker in dict.fromkeys(speakers))
    return Call("text", parties=parties, turns=tuple(turns), trusted=True), offsets


def _removed(text: str, places: Sequence[tuple[int, int]], turn: Turn) -> set[int]:
    """Character offsets of letters and digits that are gone: words keep their start times, so kept words are known by it."""
    kept = {round(word.start, 3) for word in turn.words if not word.redacted}
    gone = (span for i, span in enumerate(places) if round(turn.start + 0.4 * i, 3) not in kept)
    return {i for start, end in gone for i in range(start, end) if text[i].isalnum()}
