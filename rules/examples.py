"""Dialogues written in rule files, as calls.

    ivr: this call may be recorded
    agent: hello this is dana with northfield energy
    customer @35: hi

One line is one turn; ``@35`` puts its start at second 35, otherwise turns follow each other at the pace people speak.
``[CARD_CODE:3]`` stands for a typed block of redaction with three digits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rules.facts import CallFacts, ContactFacts, Found, Stretch
from rules.history import MemoryHistory, history_of
from rules.language.schema import Example
from rules.records import SPOKEN, Fact, Party, Role, Seconds, Turn, Word

WORD: Seconds = 0.4  # 150 words a minute
PAUSE: Seconds = 0.3
_LINE = re.compile(r"\s*(?P<role>[a-z_]+)(?P<number>\d?)(?:\s*@\s*(?P<at>\d+(?:\.\d+)?))?\s*:\s*(?P<said>.*)\Z")
_TYPED = re.compile(r"\[(?P<type>[A-Z][A-Z_]*)(?::(?P<digits>\d+))?(?P<bad>!)?\]\Z")
ROLES = ("agent", "customer", "ivr", "third_party", "unknown")


class DialogueError(ValueError):
    """A line of an example that is no turn."""


@dataclass(frozen=True, slots=True)
class Case:
    """An example ready to be judged."""

    call: CallFacts
    history: MemoryHistory | None
    as_of: datetime | None = None


def case_of(example: str | Example, *, name: str = "example") -> Case:
    """The call and the past that an example describes; raises DialogueError."""
    if isinstance(example, str):
        return Case(dialogue(example, name=name), None)
    call = dialogue(example.text, metadata=example.call, name=name, found=[
        Found(row.kind, row.start, row.end, row.score, row.kind) for row in example.findings
    ])  # fmt: skip
    earlier = [dialogue(e.text, metadata=e.call, name=f"{name}-{n}") for n, e in enumerate(example.earlier, 1)]
    if example.contacts is None and not earlier:
        return Case(call, None)
    contacts = None if example.contacts is None else [
        ContactFacts(row.person, _moment(row.at), row.direction, row.debt, row.account, row.number, row.outcome)
        for row in example.contacts
    ]  # fmt: skip
    return Case(call, history_of(contacts, earlier), None if example.as_of is None else _moment(example.as_of))


def dialogue(
    text: str, *, metadata: Mapping[str, Any] | None = None, name: str = "example", found: Sequence[Found] = ()
) -> CallFacts:
    """A trusted call from "role: words" lines; raises DialogueError for a line that is none."""
    turns: list[Turn] = []
    parties: dict[str, Party] = {}
    at: Seconds = 0.0
    for number, line in enumerate(text.strip().splitlines(), 1):
        if not line.strip():
            continue
        parsed = _LINE.match(line)
        if parsed is None or parsed["role"] not in ROLES:
            raise DialogueError(
                f'line {number} "{line.strip()[:60]}" must begin with one of {", ".join(ROLES)} and a colon'
            )
        key = parsed["role"] + parsed["number"]
        party = parties.setdefault(key, Party(f"s{len(parties) + 1}", _role(parsed["role"]), 1.0, len(parties)))
        at = float(parsed["at"]) if parsed["at"] else at
        turn = _turn(party.id, at, parsed["said"].split())
        turns.append(turn)
        at = turn.end + PAUSE
    return CallFacts(name, tuple(turns), tuple(parties.values()), _metadata(metadata or {}), at, (), True, tuple(found))


def _role(name: str) -> Role:
    return next(role for role in ("agent", "customer", "ivr", "third_party", "unknown") if role == name)


def _turn(party: str, at: Seconds, said: Sequence[str]) -> Turn:
    words = tuple(_word(text, at + n * WORD, party) for n, text in enumerate(said))
    return Turn(party, at, at + max(1, len(words)) * WORD, words)


def _word(text: str, at: Seconds, party: str) -> Word:
    typed = _TYPED.match(text)
    if typed is None:
        return Word(text, at, at + WORD, None, party)
    facts: dict[str, Fact] = {"digits": int(typed["digits"])} if typed["digits"] else {}
    if typed["type"] == "CARD_NUMBER":
        facts["luhn"] = not typed["bad"]
    return Word(f"[{typed['type']}]", at, at + WORD, None, party, typed["type"] or SPOKEN, facts)


def _metadata(given: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(given)
    if "started_at" in values:
        values["started_at"] = _moment(str(values["started_at"]))
    for key in ("pause_events", "payment_events"):
        if key in values:
            values[key] = tuple(Stretch(float(start), float(end)) for start, end in values[key])
    return values


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DialogueError(f'"{text}" is no ISO time such as 2026-11-20T10:00:00-05:00') from error
    if moment.tzinfo is None:
        raise DialogueError(f'"{text}" has no zone; add one, such as -05:00')
    return moment
