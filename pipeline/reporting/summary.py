"""From counted verdicts to the summary, and the summary as one table that all formats print alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.reporting.counts import Counts, counts_of
from pipeline.reporting.records import PRINTED, Report, RuleFacts, RuleSummary, UsedVersion

Cell = str | int | float | None

COLUMNS: Mapping[str, str] = {
    "pack": "Pack",
    "rule": "Rule",
    "title": "Title",
    "jurisdiction": "Jurisdiction",
    "severity": "Severity",
    "source_status": "Source",
    "calls": "Calls",
    "not_applicable": "N/A",
    "applicable": "Applicable",
    "pass": "PASS",
    "fail": "FAIL",
    "unsure": "UNSURE",
    "rate": "Rate",
    "low": "95 % from",
    "high": "95 % to",
    "worst": "Worst case",
    "best": "Best case",
    "before_applicable": "Applicable before",
    "before_rate": "Rate before",
    "change": "Change (points)",
}
SHARES = ("rate", "low", "high", "worst", "best", "before_rate")  # 0 to 1
NUMBERS = ("calls", "not_applicable", "applicable", "pass", "fail", "unsure", "before_applicable")


@dataclass(frozen=True, slots=True)
class Counted:
    """So many verdicts of one kind, by one version of one rule, in one part of the period."""

    rule: str
    version: str
    value: str
    bucket: int
    count: int


def summarise(
    facts: Sequence[RuleFacts], counted: Iterable[Counted], before: Iterable[Counted], buckets: int,
    texts: Mapping[tuple[str, str], str],
) -> list[RuleSummary]:  # fmt: skip
    """One summary for each rule of ``facts`` that was counted; ``texts`` maps rule and version to the hash of its text."""
    parts: dict[tuple[str, int], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    earlier: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    versions: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in counted:
        parts[one.rule, one.bucket][one.value] += one.count
        versions[one.rule][one.version] += one.count
    for one in before:
        earlier[one.rule][one.value] += one.count
    return [
        _rule(rule, [counts_of(parts.get((rule.rule, n), {})) for n in range(buckets)],
              counts_of(earlier.get(rule.rule, {})), versions[rule.rule], texts)
        for rule in facts
        if rule.rule in versions
    ]  # fmt: skip


def _rule(
    facts: RuleFacts, trend: Sequence[Counts], before: Counts, versions: Mapping[str, int],
    texts: Mapping[tuple[str, str], str],
) -> RuleSummary:  # fmt: skip
    used = tuple(UsedVersion(name, texts.get((facts.rule, name), ""), versions[name]) for name in sorted(versions))
    return RuleSummary(facts, sum(trend, Counts()), before, tuple(trend), used)


def summary_row(rule: RuleSummary) -> dict[str, Cell]:
    """One rule as the keys of COLUMNS."""
    facts, counts, before = rule.facts, rule.counts, rule.before
    low, high = counts.interval or (None, None)
    return {
        "pack": facts.pack, "rule": facts.rule, "title": facts.title, "jurisdiction": facts.jurisdiction,
        "severity": facts.severity, "source_status": facts.status, "calls": counts.judged,
        "not_applicable": counts.not_applicable, "applicable": counts.applicable, "pass": counts.passed,
        "fail": counts.failed, "unsure": counts.unsure, "rate": counts.rate, "low": low, "high": high,
        "worst": counts.worst, "best": counts.best, "before_applicable": before.applicable,
        "before_rate": before.rate, "change": rule.change,
    }  # fmt: skip


def summary_rows(report: Report) -> list[dict[str, Cell]]:
    """The summary: one row a rule, the same in every format."""
    return [summary_row(rule) for rule in report.rules]


def percent(share: float | None) -> str:
    """A share as people read it: ``93.2 %``; a dash where there is none. Never 100 % unless it is exactly that."""
    if share is None:
        return "–"
    text = f"{100 * share:.1f}"
    if text == "100.0" and share < 1:
        text = "99.9"
    if text == "0.0" and share > 0:
        text = "0.1"
    return f"{text} %"


def points(change: float | None) -> str:
    """A change in percentage points, with its sign: ``+1.4``."""
    return "–" if change is None else f"{round(change, 1) + 0.0:+.1f}"


def printed(value: str) -> str:
    """A verdict as it is printed: N/A for NOT_APPLICABLE."""
    return PRINTED[value]


def silent_rows(report: Report) -> list[tuple[str, str, str, str]]:
    """Pack, rule, title and source status of the rules that gave no verdict."""
    return [(one.pack, one.rule, one.title, one.status) for one in report.silent]
