"""Transcripts as `callsift process` prints them, read back as the facts that rules judge.

One object {id, parties, turns: [{speaker, role, start, end, words}], metadata?}; fields that are missing stay unknown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.errors import BadDataset
from rules.facts import CallFacts, Found, Stretch
from rules.records import ROLES, SPOKEN, Party, Role, Turn, Word

WORD = 0.4  # seconds of a word where only the text of a turn is known


def read_transcripts(text: str, name: str) -> list[CallFacts]:
    """Calls of a JSON document or of JSON lines; raises BadDataset with the name and what is missing."""
    try:
        documents = [json.loads(text)]
    except json.JSONDecodeError:
        documents = [_line(line, number, name) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    found = documents[0] if len(documents) == 1 and isinstance(documents[0], list) else documents
    return [_call(item, f"{name}: call {at}") for at, item in enumerate(found, 1)]


def _line(line: str, number: int, name: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise BadDataset(f"{name}:{number}: not JSON: {error.msg} at column {error.colno}") from error


def _call(item: Any, where: str) -> CallFacts:
    if not isinstance(item, dict) or not isinstance(item.get("turns"), list):
        raise BadDataset(f'{where}: needs an object with "turns"')
    try:
        turns = tuple(_turn(turn) for turn in item["turns"])
        metadata = _metadata(item.get("metadata") or {})
        found = tuple(
            Found(str(f["kind"]), float(f["start"]), float(f["end"]), float(f.get("score", 0.0)), str(f.get("why", "")))
            for f in item.get("findings") or ()
            if not str(f["kind"]).startswith(("rule:", "signal:", "case:"))
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadDataset(f"{where}: a turn or finding cannot be read: {type(error).__name__}: {error}") from error
    duration = max((turn.end for turn in turns), default=0.0)
    marks = tuple(str(mark) for mark in item.get("marks") or ())
    trusted = bool(item.get("trusted", False))
    return CallFacts(str(item.get("id", "")), turns, _parties(item), metadata, duration, marks, trusted, found)


def _turn(turn: Mapping[str, Any]) -> Turn:
    party, start = str(turn["speaker"]), float(turn.get("start") or 0.0)
    given = turn.get("words")
    words = (
        tuple(_word(word, party) for word in given)
        if given
        else tuple(
            Word(text, start + n * WORD, start + (n + 1) * WORD, None, party)
            for n, text in enumerate(str(turn.get("text", "")).split())
        )
    )
    end = float(turn["end"]) if turn.get("end") is not None else max((word.end for word in words), default=start)
    return Turn(party, start, end, words)


def _word(word: Mapping[str, Any], party: str) -> Word:
    confidence = None if word.get("confidence") is None else float(word["confidence"])
    kind, facts = str(word.get("kind", SPOKEN)), word.get("facts") or {}
    return Word(str(word["text"]), float(word["start"]), float(word["end"]), confidence, party, kind, dict(facts))


def _parties(item: Mapping[str, Any]) -> tuple[Party, ...]:
    """Parties as given, else those of the turns with the roles their turns name."""
    given = item.get("parties")
    if given:
        return tuple(
            Party(str(p["id"]), _role(p.get("role")), float(p.get("role_confidence", 0.0)), p.get("channel"))
            for p in given
        )
    roles = {str(turn["speaker"]): _role(turn.get("role")) for turn in item["turns"]}
    return tuple(Party(name, role, 0.0 if role == "unknown" else 1.0) for name, role in roles.items())


def _role(name: object) -> Role:
    return next((role for role in ROLES if role == name), "unknown")


def _metadata(given: Mapping[str, Any]) -> dict[str, Any]:
    values = {key: value for key, value in given.items() if value not in (None, [], {}, ())}
    if isinstance(values.get("started_at"), str):
        values["started_at"] = datetime.fromisoformat(values["started_at"])
    for key in ("pause_events", "payment_events"):
        if key in values:
            values[key] = tuple(Stretch(float(span["start"]), float(span["end"])) for span in values[key])
    return values
