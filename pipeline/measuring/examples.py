"""What an evaluation shows of an item that it got wrong: the recording and the second, or the words themselves.

An example leads to a recording by ``audio`` (its file: kept is its fingerprint) or, where there is none, by ``call`` (the name of
the call), and to the second of the mistake by ``at``. The words of a dialogue are one text whose turns are parted by `BETWEEN`,
so that they can be redacted as the turns they were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.records import Call, Party, Seconds, Turn, Word

SAMPLES = Path(__file__).parents[2] / "sample_calls"
AUDIO, CALL, AT = "audio", "call", "at"
BETWEEN = " / "  # turns of an excerpt
PACE = 0.4  # seconds a word: text has no times
WORDS = 120  # of an excerpt


def sample(truth: Mapping[str, Any], at: Seconds) -> dict[str, Any]:
    """The place in a sample call, from its truth."""
    return {CALL: str(truth["call"]), AUDIO: str(SAMPLES / str(truth["audio"])), AT: round(max(0.0, at), 2)}


def excerpt(row: Mapping[str, Any]) -> str:
    """How a dialogue of a manifest begins: {"text"} or {"turns": [{"speaker", "text"}]}."""
    turns = row["turns"] if "turns" in row else [{"speaker": "", "text": row.get("text", "")}]
    pieces: list[str] = []
    left = WORDS
    for turn in turns:
        words = str(turn["text"]).split()[:left]
        left -= len(words)
        if words:
            name = str(turn.get("speaker", "")).strip()
            pieces.append(f"{name}: {' '.join(words)}" if name else " ".join(words))
    return BETWEEN.join(pieces)


def without(text: str, spans: Iterable[Mapping[str, Any]], what: str = "LEFT") -> str:
    """``text`` with the words of ``spans`` (start, end, type) replaced by ``[LEFT TYPE]``."""
    for span in sorted(spans, key=lambda span: -int(span["start"])):
        text = f"{text[: span['start']]}[{what} {span['type']}]{text[span['end'] :]}"
    return text


def in_turns(text: str) -> tuple[list[str], Call]:
    """The names before the turns of an excerpt (empty for none), and the call that it is a piece of."""
    names: list[str] = []
    turns: list[Turn] = []
    at = 0.0
    for piece in text.split(BETWEEN):
        name, sign, said = piece.partition(": ")
        if not sign or len(name.split()) != 1:
            name, said = "", piece
        words = said.split()
        party = name or f"s{len(turns) % 2 + 1}"
        spoken = tuple(Word(word, at + PACE * n, at + PACE * (n + 1), None, party) for n, word in enumerate(words))
        turns.append(Turn(party, at, at + PACE * len(words), spoken))
        names.append(name)
        at += PACE * (len(words) + 1)
    parties = tuple(Party(name) for name in dict.fromkeys(turn.party for turn in turns))
    return names, Call("example", parties=parties, turns=tuple(turns), trusted=True)


def longest(errors: Sequence[tuple[Seconds, int]]) -> Seconds:
    """The second of the gravest of (second, how grave); 0 for none."""
    return max(errors, key=lambda error: error[1], default=(0.0, 0))[0]
