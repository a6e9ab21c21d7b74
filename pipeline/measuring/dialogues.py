"""Dialogues of manifests as calls: written texts get times as if somebody read them out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipeline.errors import BadDataset
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
