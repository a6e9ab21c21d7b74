"""Dialogues of manifests as calls: written texts get times as if somebody read them out; and manifests from data folders."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
from pipeline.measuring.evaluation import read_manifest
from pipeline.records import Call, Party, Turn, Word
from pipeline.roles import assign_roles

PACE = 0.4  # seconds a word: text has no times


def call_of(row: Mapping[str, Any], data: Path) -> Call:
    """A manifest object as a call with roles found from what is said."""
    try:
        turns = row["turns"] if "turns" in row else [{"speaker": "s1", "text": row["text"]}]
        said = [(str(turn["speaker"]), str(turn["text"]).split()) for turn in turns]
    except (KeyError, TypeError) as error:
        raise BadDataset(
            f'{data}: item {row["id"]}: needs "text", or "turns" of {{"speaker", "text"}} objects'
        ) from error
    names = {speaker: f"s{n}" for n, speaker in enumerate(dict.fromkeys(speaker for speaker, _ in said), 1)}
    made, at = [], 0.0
    for speaker, texts in said:
        party = names[speaker]
        words = tuple(Word(text, at + n * PACE, at + (n + 1) * PACE, None, party) for n, text in enumerate(texts))
        if words:
            made.append(Turn(party, at, words[-1].end, words))
            at = words[-1].end + PACE
    parties = tuple(Party(name) for name in names.values())
    return assign_roles(Call(str(row["id"]), turns=tuple(made), parties=parties, trusted=True))


def in_folder(root: Path, name: str) -> Iterator[dict[str, Any]]:
    """Objects of the file ``name``.jsonl in ``root`` or its folder dialogues; none where there is no such file."""
    for file in (root / "dialogues" / f"{name}.jsonl", root / f"{name}.jsonl"):
        if file.is_file():
            yield from read_manifest(file)
            return


def turns_in(row: Mapping[str, Any]) -> list[dict[str, str]]:
    """The turns of an object of a data folder, however it tells them; paragraphs alternate between two speakers."""
    if "turns" in row:
        return [{"speaker": str(turn["speaker"]), "text": str(turn["text"])} for turn in row["turns"]]
    if "paragraphs" in row:
        return [
            {"speaker": ("agent", "customer")[n % 2], "text": str(text)} for n, text in enumerate(row["paragraphs"])
        ]
    if "customer_turns" in row:
        return [{"speaker": "customer", "text": str(turn["text"])} for turn in row["customer_turns"]]
    return [{"speaker": "s1", "text": str(row.get("text", ""))}]


def write_manifest(file: Path, rows: Iterable[Mapping[str, Any]]) -> Path | None:
    """``rows`` as JSON lines; None where there are none."""
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return file if lines else None
