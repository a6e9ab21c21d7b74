"""`callsift eval entities`: is what a call names found at its place, with its type and its written form?

A manifest object is {"id", "text", "spans": [{"start", "end", "type", "value"?}]} with character offsets. A span is found when
an entity of its type covers one of its words at least; ``value_right`` are those of the found ones whose written form is the
``value``. Precision counts entities that touch a span of their type. Without a manifest: sentences written by hand (half of
them held back from whoever changes the finders: ``held_back``), and planted names of things from a fixed seed. Measured is what
was said before redaction; ``kept_type`` is the share that is still told, by its type alone, after redaction took the words away.
With a data folder: the slot labels of multidogo (typed chat with typing errors), the kinds that callsift knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.entities import entities_of
from pipeline.errors import BadDataset
from pipeline.evals._named import named, products
from pipeline.evals._told_aloud import told_aloud
from pipeline.measuring.dialogues import in_folder, write_manifest
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.examples import excerpt
from pipeline.measuring.goals import Goal
from pipeline.measuring.labels import share
from pipeline.records import Call, Party, Turn, Word
from pipeline.redaction import load_policy, redact

PLANTED = 500
PACE = 0.4
WORST = 20
GOALS = (Goal("recall", 0.95, data="own"), Goal("precision", 0.95, data="own"), Goal("value_right", 0.95, data="own"),
         Goal("held_back.recall", 0.9, data="own"), Goal("held_back.precision", 0.9, data="own"))  # fmt: skip
QUICK = 200
UNKEPT = ("missed",)
ALIKE = {  # what redaction took counts as the same thing under the name it has there
    "order_number": {"number"}, "reference": {"number"}, "account_number": {"number"}, "phone": {"number", "account_number"},
}  # fmt: skip
SLOTS = {
    "start_date": "date", "lastuseddate": "date", "charge_amount": "amount", "transferamount": "amount", "cost": "amount",
    "price": "amount", "phone_number": "phone", "phonenumber": "phone", "account_number": "account_number",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Span:
    """One thing that is named: what it is, whether it was found, written rightly, and still told after redaction."""

    type: str
    found: bool
    right: bool | None
    kept: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One text: its spans, and how many entities were told and how many of them touch a span of their type."""

    id: str
    spans: tuple[Span, ...]
    told: int
    touching: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``recall``, ``precision``, ``value_right``, ``kept_type`` and ``by_type`` (recall)."""
    rows = (list(read_manifest(data, ("id", "text", "spans"))) if data else _own())[: options.limit]
    if not rows:
        raise BadDataset(f"{data}: holds nothing to measure on.")
    policy, asked = load_policy(), {str(span["type"]) for row in rows for span in row["spans"]}
    items = []
    for done, row in enumerate(rows, 1):
        items.append(_item(row, policy, asked))
        options.progress(done, len(rows), "")
    spans = [span for item in items for span in item.spans]
    figure: dict[str, Any] = {
        "recall": recall(items), "precision": precision(items), "value_right": share([s.right for s in spans if s.found]),
        "kept_type": share([s.kept for s in spans]),
        "by_type": {kind: share([s.found for s in spans if s.type == kind]) for kind in sorted({s.type for s in spans})},
    }  # fmt: skip
    figure |= _aloud(items, rows) if any("held" in row for row in rows) else {}
    worst = [
        {"id": i.id, "missed": "; ".join(i.missed), "not there": "; ".join(i.wrong), "text": excerpt(row)}
        for i, row in zip(items, rows, strict=True)
        if i.missed or i.wrong
    ]
    settings = {"phone_region": "US", "types": ",".join(figure["by_type"])}
    interval = {"recall": bootstrap(items, recall), "precision": bootstrap(items, precision)}
    return Report(
        "entities",
        str(data or "planted names of things, sentences by hand"),
        len(items),
        figure,
        interval,
        worst[:WORST],
        settings,
    )


def _aloud(items: Sequence[Item], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Figures of the sentences written by hand, those that led to changes and those held back, and recall by way of saying it."""
    figures: dict[str, Any] = {}
    for part, held in (("looked_at", False), ("held_back", True)):
        own = [(item, str(row["way"])) for item, row in zip(items, rows, strict=True) if row.get("held") is held]
        told = [item for item, _ in own]
        figures[part] = {"n": len(told), "recall": recall(told), "precision": precision(told),
                         "value_right": share([s.right for item in told for s in item.spans if s.found])}  # fmt: skip
        ways = dict.fromkeys(way for _, way in own)
        figures[f"by_way_{part}"] = {way: recall([item for item, name in own if name == way]) for way in ways}
    return figures


def shared(root: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    own = write_manifest(scratch / "own.jsonl", _own())
    if own:
        yield "own sentences", own
    made = write_manifest(scratch / "multidogo.jsonl", _labelled(root))
    if made:
        yield "multidogo slots", made


def _own() -> list[dict[str, Any]]:
    return [*told_aloud(), *named(11, PLANTED)]


def recall(items: Sequence[Item]) -> float:
    return share([span.found for item in items for span in item.spans])


def precision(items: Sequence[Item]) -> float:
    told = sum(item.told for item in items)
    return sum(item.touching for item in items) / told if told else float("nan")


def _item(row: Mapping[str, Any], policy: Any, asked: set[str]) -> Item:
    """``asked``: the types that the data labels; entities of others are neither right nor wrong."""
    turn, places = _turn(str(row["text"]))
    told = [entity for entity in entities_of(turn, products=products()) if entity.type in asked]
    call = redact(Call("text", parties=(Party("s1"),), turns=(turn,), trusted=True), policy)
    left = {entity.type for entity in entities_of(call.turns[0], products=products())}
    spans, missed, touching = [], [], set[int]()
    for span in row["spans"]:
        words = {n for n, (start, end) in enumerate(places) if start < span["end"] and end > span["start"]}
        own = [e for e in told if e.type == span["type"] and words & set(range(e.first, e.last + 1))]
        touching |= {id(entity) for entity in own}
        value = str(span.get("value") or "")
        right = any(_same(e.text, value) for e in own) if value and own else None
        spans.append(
            Span(str(span["type"]), bool(own), right, bool(left & {span["type"], *ALIKE.get(span["type"], ())}))
        )
        if not own or right is False:
            missed.append(f"{span['type']} {row['text'][span['start'] : span['end']]!r}")
    wrong = tuple(f"{e.type} {e.text!r}" for e in told if id(e) not in touching)
    return Item(str(row["id"]), tuple(spans), len(told), len(touching), tuple(missed), wrong)


def _turn(text: str) -> tuple[Turn, list[tuple[int, int]]]:
    places = [match.span() for match in re.finditer(r"\S+", text)]
    words = tuple(Word(text[a:b], PACE * n, PACE * (n + 1), None, "s1") for n, (a, b) in enumerate(places))
    return Turn("s1", 0.0, PACE * len(words), words), places


def _same(told: str, value: str) -> bool:
    """Spaces, commas and what parts the groups of a code are a matter of taste."""
    return re.sub(r"[\s,-]|\.00$", "", told.lower()) == re.sub(r"[\s,-]|\.00$", "", value.lower())


def _labelled(root: Path) -> Iterator[dict[str, Any]]:
    """Turns with a slot that callsift has a type for; neighbouring words of one slot are one span."""
    for row in in_folder(root, "multidogo_customer_turns"):
        for turn in row["customer_turns"]:
            words, slots = str(turn["text"]).split(), str(turn["slots"]).split()
            if len(words) == len(slots) and set(slots) & set(SLOTS):
                yield {"id": f"{row['id']}-{turn['turn']}", "text": " ".join(words), "spans": _spans(words, slots)}


def _spans(words: Sequence[str], slots: Sequence[str]) -> list[dict[str, Any]]:
    spans: list[dict[str, Any]] = []
    at, before = 0, "O"
    for word, slot in zip(words, slots, strict=True):
        if slot in SLOTS and slot == before:
            spans[-1]["end"] = at + len(word)
        elif slot in SLOTS:
            spans.append({"start": at, "end": at + len(word), "type": SLOTS[slot]})
        at, before = at + len(word) + 1, slot
    return spans
