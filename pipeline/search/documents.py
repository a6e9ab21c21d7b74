"""A call as it goes into an index: only what redaction left, with what SQL knows of it beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from pipeline.records import CallResult, Role, Turn
from pipeline.search.records import IndexedCall, IndexedTurn

TOPIC = "topic."  # findings of this kind name what a call is about


@dataclass(frozen=True, slots=True)
class Filed:
    """What SQL says of a call: ids are public, ``version`` grows with each result and each version of the metadata."""

    org: str
    team: str
    call_id: str
    version: int
    name: str
    at: datetime
    agent: str
    queue: str
    direction: str
    team_name: str
    held: bool = False


def as_indexed(filed: Filed, result: CallResult, vector: tuple[float, ...] | None = None) -> IndexedCall:
    """The entry of one call."""
    call = result.call
    return IndexedCall(
        filed.org, filed.team, filed.call_id, filed.version, filed.name, filed.at, call.duration, result.interest.score,
        filed.agent, filed.queue, filed.direction, call.language or "", filed.team_name, filed.held, _labels(result),
        {one.name: one.value for one in result.measures if isfinite(one.value)}, _turns(result), vector,
    )  # fmt: skip


def _labels(result: CallResult) -> dict[str, tuple[str, ...]]:
    fields = {"FAIL": "fail", "PASS": "pass", "UNSURE": "unsure", "NOT_APPLICABLE": "na"}
    found: dict[str, list[str]] = {"mark": list(result.call.marks), "redacted": list(result.call.redactions)}
    for verdict in result.verdicts:
        found.setdefault(fields[str(verdict.value)], []).append(verdict.rule)
    for finding in result.findings:
        topic = finding.kind.removeprefix(TOPIC)
        field = ("finding", finding.kind) if topic == finding.kind else ("topic", topic)
        found.setdefault(field[0], []).append(field[1])
    return {name: tuple(dict.fromkeys(values)) for name, values in found.items() if values}


def _turns(result: CallResult) -> tuple[IndexedTurn, ...]:
    call = result.call
    return tuple(_turn(call.role_of(turn.party), turn) for turn in call.turns if turn.words)


def _turn(role: Role, turn: Turn) -> IndexedTurn:
    """Times in whole milliseconds, so that every store of an index gives back the same."""
    words, times = tuple(word.text for word in turn.words), tuple(round(word.start, 3) for word in turn.words)
    return IndexedTurn(role, round(turn.start, 3), round(turn.end, 3), words, times)
