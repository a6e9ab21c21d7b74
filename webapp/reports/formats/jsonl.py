"""report.jsonl: one JSON object a line, for programs. First the report, then its rules, then every verdict, then the end.

``record`` says what a line is: report, summary, silent (a rule without a verdict), verdict, end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from pipeline.reporting.counts import Counts
from pipeline.reporting.definitions import DEFINITIONS, DISCLAIMER
from pipeline.reporting.records import Ending, Report, RuleSummary
from pipeline.reporting.summary import summary_row
from webapp.reports.codec import encode_filter
from webapp.reports.rows import RULE_COLUMNS, VERDICT_COLUMNS, Row
from webapp.reports.writing import Breaches

ORDER = (*RULE_COLUMNS, *VERDICT_COLUMNS)


class JsonLines:
    name, file, says = "jsonl", "report.jsonl", "every verdict with all its evidence, for programs"

    def begin(self, path: Path, report: Report, breaches: Breaches) -> JsonLinesWriter:
        return JsonLinesWriter(path, report)


class JsonLinesWriter:
    def __init__(self, path: Path, report: Report) -> None:
        self._handle = path.open("wb")
        self._rows = 0
        self._write("report", about(report))
        for rule in report.rules:
            self._write("summary", _summary(rule, report))
        for facts in report.silent:
            self._write("silent", asdict(facts))

    def add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._write("verdict", {**_ordered(row), "evidence": row.line.evidence})
        self._rows += len(rows)

    def finish(self, ending: Ending) -> None:
        self._write("end", {"rows": self._rows, "models": ending.models, "engines": ending.engines})
        self._handle.close()

    def drop(self) -> None:
        self._handle.close()

    def _write(self, record: str, said: dict[str, Any]) -> None:
        self._handle.write(orjson.dumps({"record": record, **said}, option=orjson.OPT_APPEND_NEWLINE))


def _ordered(row: Row) -> dict[str, Any]:
    return {name: row.cells[name] for name in ORDER}


def about(report: Report) -> dict[str, Any]:
    return {
        "org": report.org, "filter": encode_filter(report.wanted), "as_of": report.as_of.isoformat(),
        "calls": report.calls, "rows": report.rows, "breaches": report.breaches, "disclaimer": DISCLAIMER,
        "definitions": dict(DEFINITIONS),
    }  # fmt: skip


def _summary(rule: RuleSummary, report: Report) -> dict[str, Any]:
    trend = [
        {"bucket": bucket.name, "first": bucket.first, "last": bucket.last, **_counts(counts)}
        for bucket, counts in zip(report.buckets, rule.trend, strict=True)
    ]
    facts = {
        key: value for key, value in asdict(rule.facts).items() if key in ("source", "source_as_of", "why", "misses")
    }
    return {**summary_row(rule), **facts, "trend": trend, "versions": [asdict(one) for one in rule.versions]}


def _counts(counts: Counts) -> dict[str, Any]:
    low, high = counts.interval or (None, None)
    return {
        "pass": counts.passed, "fail": counts.failed, "not_applicable": counts.not_applicable, "unsure": counts.unsure,
        "rate": counts.rate, "low": low, "high": high,
    }  # fmt: skip


format = JsonLines()
