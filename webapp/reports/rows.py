"""One verdict as named cells: what CSV, XLSX and JSON lines print alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pipeline.reporting.records import Line, Report, RuleFacts
from pipeline.reporting.summary import Cell

RULE_COLUMNS: Mapping[str, str] = {
    "pack": "Pack",
    "rule": "Rule",
    "title": "Title",
    "jurisdiction": "Jurisdiction",
    "severity": "Severity",
    "source_status": "Source",
}
VERDICT_COLUMNS: Mapping[str, str] = {
    "value": "Verdict",
    "at": "Start of the call",
    "name": "Call",
    "team": "Team",
    "agent": "Agent",
    "queue": "Queue",
    "direction": "Direction",
    "reason": "Reason",
    "quote": "Quote",
    "start": "Listen from (s)",
    "confidence": "Confidence",
    "decision": "Reviewer's decision",
    "link": "Link",
    "version": "Rule version",
    "call": "Call id",
    "result": "Result version",
}


def rule_cells(report: Report) -> dict[str, dict[str, Cell]]:
    """What each row says of its rule, by rule."""
    return {rule.facts.rule: _of(rule.facts) for rule in report.rules}


@dataclass(frozen=True, slots=True)
class Row:
    """A verdict and its cells: the keys of RULE_COLUMNS and of VERDICT_COLUMNS. Made once for all formats."""

    line: Line
    cells: Mapping[str, Cell]


def rows_of(lines: Iterable[Line], rules: Mapping[str, Mapping[str, Cell]]) -> Iterator[Row]:
    """Each line with its cells; ``rules`` is what `rule_cells` gives."""
    before: Line | None = None
    shared: dict[str, Cell] = {}
    for line in lines:
        if before is None or line.call != before.call or line.result != before.result:
            shared = _of_call(line)
        before = line
        yield Row(line, {**rules[line.rule], **shared, **_of_verdict(line)})


def _of_call(line: Line) -> dict[str, Cell]:
    """Times as ISO with their offset."""
    return {
        "at": line.at.isoformat(timespec="seconds"), "name": line.name, "team": line.team, "agent": line.agent,
        "queue": line.queue, "direction": line.direction, "call": line.call, "result": line.result,
    }  # fmt: skip


def _of_verdict(line: Line) -> dict[str, Cell]:
    return {
        "value": line.value, "reason": line.reason, "quote": line.quote, "start": line.start,
        "confidence": round(line.confidence, 4), "decision": line.decision, "link": line.link, "version": line.version,
    }  # fmt: skip


def _of(facts: RuleFacts) -> dict[str, Cell]:
    return {
        "pack": facts.pack, "rule": facts.rule, "title": facts.title, "jurisdiction": facts.jurisdiction,
        "severity": facts.severity, "source_status": facts.status,
    }  # fmt: skip
