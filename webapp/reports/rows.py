"""One verdict as named cells: what CSV, XLSX and JSON lines print alike."""

from __future__ import annotations

from collections.abc import Mapping

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


def verdict_cells(line: Line) -> dict[str, Cell]:
    """The keys of VERDICT_COLUMNS; times as ISO with their offset."""
    return {
        "value": line.value, "at": line.at.isoformat(timespec="seconds"), "name": line.name, "team": line.team, "agent": line.agent,
        "queue": line.queue, "direction": line.direction, "reason": line.reason, "quote": line.quote, "start": line.start,
        "confidence": round(line.confidence, 4), "decision": line.decision, "link": line.link, "version": line.version,
        "call": line.call, "result": line.result,
    }  # fmt: skip


def _of(facts: RuleFacts) -> dict[str, Cell]:
    return {
        "pack": facts.pack, "rule": facts.rule, "title": facts.title, "jurisdiction": facts.jurisdiction,
        "severity": facts.severity, "source_status": facts.status,
    }  # fmt: skip
