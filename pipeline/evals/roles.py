"""`callsift eval roles --data MANIFEST`: who is the agent and who the customer, from the text alone.

A manifest object is {"id", "turns": [{"speaker", "text"}], "roles": {speaker: role}}. Speakers are renamed s1, s2, ... in an
order shuffled by the item's id, so that neither a name nor its place gives the role away. Without a manifest: the truth of
the sample calls. A party left ``unknown`` counts as wrong; how many were is told beside.

``transfers``: pairs of the same dialogues put together, the agent of the first handing the customer over to that of the
second in words of our own (seeded; see `pipeline.evals._passed_on`); the dialogues as they are must show no transfer.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
from pipeline.evals._passed_on import transfers
from pipeline.measuring.dialogues import PACE, in_folder, turns_in, write_manifest
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.examples import SAMPLES, excerpt, sample
from pipeline.measuring.goals import Goal
from pipeline.records import ROLES, Call, Party, Turn, Word
from pipeline.roles import assign_roles

WORST = 20
GOALS = (Goal("role_accuracy", 0.95),)
LABELLED = ("contact_center_outcomes", "tts_service_calls", "debt_collection", "fake_vcon_calls")


@dataclass(frozen=True, slots=True)
class Item:
    """One dialogue: for each speaker the role it has and the one it got; ``place``: where that is heard or read."""

    id: str
    roles: tuple[tuple[str, str], ...]
    place: Mapping[str, Any]

    @property
    def wrong(self) -> int:
        return sum(true != got for true, got in self.roles)


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``role_accuracy`` (over speakers), ``calls_right`` (all speakers right), ``unknown`` and ``by_role``."""
    rows = (list(read_manifest(data, ("id", "turns", "roles"))) if data else _own())[: options.limit]
    if not rows:
        raise BadDataset(f"{data or SAMPLES}: holds nothing to measure on.")
    items = []
    for done, row in enumerate(rows, 1):
        items.append(_measured(row, data))
        options.progress(done, len(rows), "")
    pairs = [pair for item in items for pair in item.roles]
    figure: dict[str, Any] = {
        "role_accuracy": accuracy(items),
        "calls_right": sum(not item.wrong for item in items) / len(items),
        "unknown": sum(got == "unknown" for _, got in pairs) / max(1, len(pairs)),
        "transfers": transfers(rows),
        "by_role": {role: _recall(pairs, role) for role in ROLES if any(true == role for true, _ in pairs)},
    }
    worst = [
        {"id": item.id, "wrong": [f"{true} taken for {got}" for true, got in item.roles if true != got], **item.place}
        for item in items
        if item.wrong
    ][:WORST]
    settings = {"speakers": "renamed s1, s2, ... in shuffled order", "pace_seconds_a_word": PACE}
    return Report("roles", str(data or "truth of sample_calls"), len(items), figure,
                  {"role_accuracy": bootstrap(items, accuracy)}, worst, settings)  # fmt: skip


def shared(root: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """Dialogues whose speakers are called agent and customer."""
    made = write_manifest(scratch / "roles.jsonl", _labelled(root))
    if made:
        yield "dialogues with agent and customer", made


def _labelled(root: Path) -> Iterator[dict[str, Any]]:
    for name in LABELLED:
        for number, row in enumerate(in_folder(root, name)):
            turns = turns_in(row)
            roles = {turn["speaker"]: turn["speaker"].lower() for turn in turns}
            if set(roles.values()) <= set(ROLES):
                yield {"id": f"{name}-{row.get('id', number)}", "turns": turns, "roles": roles}


def accuracy(items: Sequence[Item]) -> float:
    pairs = [pair for item in items for pair in item.roles]
    return sum(true == got for true, got in pairs) / len(pairs) if pairs else float("nan")


def _recall(pairs: Sequence[tuple[str, str]], role: str) -> float:
    of_role = [got for true, got in pairs if true == role]
    return sum(got == role for got in of_role) / len(of_role)


def _own() -> list[dict[str, Any]]:
    facts = [json.loads(file.read_text(encoding="utf-8")) for file in sorted((SAMPLES / "truth").glob("*.json"))]
    return [
        {"id": fact["call"], "turns": [{"speaker": t["party"], "text": t["text"]} for t in fact["turns"]],
         "roles": {party["party"]: party["role"] for party in fact["parties"]}, "truth": fact}
        for fact in facts if isinstance(fact, dict) and fact.get("turns")
    ]  # fmt: skip


def _measured(row: Mapping[str, Any], data: Path | None) -> Item:
    try:
        said = [(str(turn["speaker"]), str(turn["text"])) for turn in row["turns"]]
        roles = {str(speaker): str(role).strip().lower() for speaker, role in row["roles"].items()}
    except (TypeError, KeyError, AttributeError) as error:
        raise BadDataset(f'{data}: item {row.get("id")}: turns must be {{"speaker", "text"}} objects') from error
    speakers = sorted({speaker for speaker, _ in said})
    random.Random(str(row["id"])).shuffle(speakers)
    names = {speaker: f"s{number}" for number, speaker in enumerate(speakers, 1)}
    told = assign_roles(_call(str(row["id"]), said, names))
    pairs = {speaker: (roles[speaker], told.role_of(names[speaker])) for speaker in speakers if speaker in roles}
    wrong = {speaker for speaker, (true, got) in pairs.items() if true != got}
    return Item(str(row["id"]), tuple(pairs.values()), _place(row, wrong))


def _place(row: Mapping[str, Any], wrong: Set[str]) -> dict[str, Any]:
    """Where the first of the parties taken for something else begins to speak; of a text how it begins."""
    if "truth" not in row:
        return {"text": excerpt(row)}
    starts = [float(turn["start"]) for turn in row["truth"]["turns"] if turn["party"] in wrong]
    return sample(row["truth"], min(starts, default=0.0))


def _call(name: str, said: Sequence[tuple[str, str]], names: Mapping[str, str]) -> Call:
    turns, at = [], 0.0
    for speaker, text in said:
        party = names[speaker]
        words = tuple(Word(w, at + n * PACE, at + (n + 1) * PACE, None, party) for n, w in enumerate(text.split()))
        if words:
            turns.append(Turn(party, at, words[-1].end, words))
            at = words[-1].end + PACE
    return Call(name, turns=tuple(turns), parties=tuple(Party(p) for p in sorted(names.values())), trusted=True)
