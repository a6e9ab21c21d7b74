"""report.pdf: for people who read. Cover, summary, each rule with its breaches, definitions, versions.

Lists the first 200 breaches of each rule and says where the others are. Everything printed comes from the summary and
from those lists; no other row is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reportlab.platypus import CondPageBreak, Flowable, NextPageTemplate, PageBreak, Spacer

from dashboards.wording import clock
from pipeline.reporting.definitions import DEFINITIONS, DISCLAIMER, ON_PAGE, VERIFYING
from pipeline.reporting.records import Ending, Line, Report, RuleSummary
from pipeline.reporting.summary import percent, points, silent_rows, summary_row
from webapp.reports.heading import drawn_words, filter_words, moment, span, whose
from webapp.reports.paper.charts import Rates, Trend
from webapp.reports.paper.document import WIDTH, Bookmark, Document
from webapp.reports.paper.tables import Cell, pairs, table
from webapp.reports.paper.text import (
    BIG,
    BODY,
    CELL,
    CELL_BOLD,
    H1,
    H2,
    LABEL,
    LEAD,
    NUMBER,
    SMALL,
    TITLE,
    para,
)
from webapp.reports.rows import Row
from webapp.reports.writing import Breaches

MOST_BREACHES = 200  # of one rule, on paper
MOST_BARS = 28  # rules of the chart: those with the lowest rate


class Pdf:
    name, file, says = "pdf", "report.pdf", "summary, breaches and definitions, to read and to print"

    def begin(self, path: Path, report: Report, breaches: Breaches) -> PdfWriter:
        return PdfWriter(path, report, breaches)


@dataclass
class PdfWriter:
    """Writes at the end: it needs no row but the breaches it asks for."""

    path: Path
    report: Report
    breaches: Breaches

    def add(self, rows: Sequence[Row]) -> None:
        pass

    def finish(self, ending: Ending) -> None:
        report, period = self.report, self.report.wanted.period
        days = f"{span(period.first, period.last)}, {period.zone}"
        document = Document(
            self.path, title=f"Compliance report, {days}", author="callsift", subject=whose(report),
            foot=f"callsift compliance report  ·  {whose(report)}  ·  {days}  ·  as of {moment(report)}", notes={**ON_PAGE, "words": ()},
        )  # fmt: skip
        document.make(_story(report, self.breaches, ending))

    def drop(self) -> None:
        pass


def _story(report: Report, breaches: Breaches, ending: Ending) -> Iterator[Flowable]:
    yield from _cover(report)
    yield from _new_page("summary")
    yield from _summary(report)
    for rule in report.rules:
        if rule.counts.failed:
            yield from _rule(report, rule, breaches)
    yield from _new_page("words")
    yield from _definitions()
    yield from _new_page("versions")
    yield from _versions(report, ending)


def _new_page(kind: str) -> Iterator[Flowable]:
    """The next page, and those after it, are of this kind: see ON_PAGE."""
    yield NextPageTemplate(kind)
    yield PageBreak()


def _cover(report: Report) -> Iterator[Flowable]:
    period = report.wanted.period
    before = period.before()
    yield Bookmark("Cover", 0)
    yield Spacer(0, 34)
    yield para("Compliance report", TITLE)
    yield para(whose(report), LEAD)
    yield Spacer(0, 4)
    yield para(f"{span(period.first, period.last)}, days of {period.zone}", LEAD)
    yield Spacer(0, 18)
    total = report.total
    figures = (("calls", report.calls), ("verdicts on applicable calls", total.applicable), ("breaches", total.failed),
               ("could not be judged", total.unsure))  # fmt: skip
    yield pairs(
        [[para(f"{value:,}", BIG) for _, value in figures], [para(label, LABEL) for label, _ in figures]],
        [WIDTH / 4] * 4,
        ruled=False,
    )
    yield Spacer(0, 18)
    facts = [
        ("Compared with", span(before.first, before.last)),
        ("As of", f"{moment(report)}: what was known then; the same report can be made again at any time"),
        *filter_words(report.wanted),
        ("Flagged by reviewers", drawn_words(report.drawn)),
        ("Rules", f"{len(report.rules)} gave a verdict in the period, {len(report.silent)} did not"),
    ]
    yield pairs([[para(label, CELL_BOLD), para(text, CELL)] for label, text in facts], [150, WIDTH - 150])
    yield Spacer(0, 14)
    yield para(DISCLAIMER, BODY)
    yield para(
        "Verdicts are made by a machine from recognised and redacted speech. What the words of this report mean, and how "
        "to check that nobody changed it, stands on the pages Definitions.",
        SMALL,
    )


SUMMARY_HEAD = ("Rule", "Title", "Source", "Calls", "N/A", "Appli-\ncable", "PASS", "FAIL", "UN-\nSURE", "Rate", "95 %\ninterval",
                "Worst to\nbest case", "Rate\nbefore", "Change\n(points)")  # fmt: skip
SUMMARY_WIDTHS = (46, 0, 48, 36, 36, 38, 36, 34, 38, 42, 66, 66, 42, 44)


def _summary(report: Report) -> Iterator[Flowable]:
    yield Bookmark("Summary", 0)
    yield para("Summary", H1)
    if not report.rules:
        yield para("No rule of this filter gave a verdict in the period.", BODY)
        yield from _silent(report)
        return
    yield para(
        "Rate is PASS divided by (PASS + FAIL). UNSURE stands outside of it; worst and best case say what it could change.",
        SMALL,
    )
    yield Spacer(0, 6)
    widths = [width or WIDTH - sum(SUMMARY_WIDTHS) for width in SUMMARY_WIDTHS]
    for pack in dict.fromkeys(rule.facts.pack for rule in report.rules):
        rules = [rule for rule in report.rules if rule.facts.pack == pack]
        yield CondPageBreak(70)
        yield para(f"Pack {pack}", H2)
        yield table(SUMMARY_HEAD, [_summary_row(rule) for rule in rules], widths, numbers=range(3, 14))
        yield Spacer(0, 8)
    yield from _chart(report)
    yield from _silent(report)


def _summary_row(rule: RuleSummary) -> list[Cell]:
    said = summary_row(rule)
    low_high, worst_best = rule.counts.interval, (rule.counts.worst, rule.counts.best)
    counts = [f"{said[name]:,}" for name in ("calls", "not_applicable", "applicable", "pass", "fail", "unsure")]
    shares = [
        percent(rule.counts.rate),
        _range(low_high) if low_high else "–",
        _range((worst_best[0], worst_best[1])) if worst_best[0] is not None and worst_best[1] is not None else "–",
        percent(rule.before.rate),
        points(rule.change),
    ]
    return [
        para(rule.facts.rule, CELL_BOLD), para(rule.facts.title, CELL), para(rule.facts.status, CELL),
        *(para(text, NUMBER) for text in (*counts, *shares)),
    ]  # fmt: skip


def _range(ends: tuple[float | None, float | None]) -> str:
    low, high = percent(ends[0]).removesuffix(" %"), percent(ends[1])
    return f"{low} – {high}"


def _chart(report: Report) -> Iterator[Flowable]:
    judged = [rule for rule in report.rules if rule.counts.rate is not None]
    shown = sorted(judged, key=lambda rule: (rule.counts.rate, rule.facts.rule))[:MOST_BARS]
    if not shown:
        return
    chart = Rates(shown, WIDTH)
    yield CondPageBreak(chart.height + 60)
    yield Bookmark("Rates at a glance", 1)
    yield para("Rates at a glance", H2)
    some = f"The {len(shown)} rules with the lowest rate." if len(shown) < len(judged) else "The lowest rate first."
    yield para(f"{some} The dot is the rate, the bar its 95 % interval; red where there was a breach.", SMALL)
    yield Spacer(0, 4)
    yield chart


def _silent(report: Report) -> Iterator[Flowable]:
    if not report.silent:
        return
    rows = [[para(text, CELL) for text in row] for row in silent_rows(report)]
    yield CondPageBreak(90)
    yield Spacer(0, 8)
    yield Bookmark("Rules without a verdict", 1)
    yield para("Rules without a verdict in this period", H2)
    yield para("They were asked for, but no call of the period was judged by them.", SMALL)
    yield Spacer(0, 4)
    yield table(("Pack", "Rule", "Title", "Source"), rows, (110, 60, WIDTH - 240, 70))


BREACH_HEAD = (
    "",
    "Start of the call",
    "Call",
    "Team, queue, agent",
    "What was said",
    "Why it is a breach",
    "Reviewer's decision",
)
BREACH_WIDTHS = (24, 88, 84, 92, 0, 166, 66)


def _rule(report: Report, rule: RuleSummary, breaches: Breaches) -> Iterator[Flowable]:
    facts, counts = rule.facts, rule.counts
    yield from _new_page("rule")
    yield Bookmark(f"{facts.rule} {facts.title}", 0)
    yield para(f"{facts.rule}  {facts.title}", H1)
    low, high = counts.interval or (None, None)
    yield para(
        f"{counts.failed:,} {'breach' if counts.failed == 1 else 'breaches'} in {counts.applicable:,} applicable "
        f"{'call' if counts.applicable == 1 else 'calls'}: rate {percent(counts.rate)} "
        f"(95 % interval {_range((low, high))}). {counts.unsure:,} more could not be judged: between "
        f"{percent(counts.worst)} and {percent(counts.best)}. {_before(rule)}",
        BODY,
    )
    yield Spacer(0, 4)
    yield pairs(_facts(rule), [90, WIDTH - 90])
    yield Spacer(0, 6)
    if len(report.buckets) > 1:
        yield para(f"Rate by {report.wanted.trend}", H2)
        yield Trend([(bucket.name, one) for bucket, one in zip(report.buckets, rule.trend, strict=True)], WIDTH)
    yield from _breaches(report, rule, breaches)


def _before(rule: RuleSummary) -> str:
    if rule.before.rate is None:
        return "In the period before, no call could be counted."
    return f"In the period before: {percent(rule.before.rate)} of {rule.before.applicable:,} applicable calls."


def _facts(rule: RuleSummary) -> list[list[Cell]]:
    facts = rule.facts
    told = [
        ("Source", f"{facts.source} ({facts.status}; as of {facts.source_as_of or 'no date'})"),
        ("Applies in", f"{facts.jurisdiction}; severity {facts.severity}; pack {facts.pack}"),
        ("Why it matters", facts.why),
        ("What it misses", facts.misses),
        ("Versions", ", ".join(f"{one.version} ({one.verdicts:,} verdicts)" for one in rule.versions)),
    ]
    return [[para(label, CELL_BOLD), para(text, CELL)] for label, text in told if text]


def _breaches(report: Report, rule: RuleSummary, breaches: Breaches) -> Iterator[Flowable]:
    lines = breaches(rule.facts.rule, MOST_BREACHES)
    yield CondPageBreak(90)
    yield para("Breaches", H2)
    if rule.counts.failed > len(lines):
        yield para(
            f"The first {len(lines)} of {rule.counts.failed:,} breaches, by the start of the call. All of them stand in "
            "report.csv and report.jsonl.",
            SMALL,
        )
    yield Spacer(0, 3)
    widths = [width or WIDTH - sum(BREACH_WIDTHS) for width in BREACH_WIDTHS]
    yield table(BREACH_HEAD, [_breach(n, line) for n, line in enumerate(lines, 1)], widths, numbers=(0,))


def _breach(number: int, line: Line) -> list[Cell]:
    where = ", ".join(text for text in (line.team, line.queue, line.agent) if text)
    place = f"{line.name} at {clock(line.start)}" if line.start is not None else line.name
    return [
        para(f"{number}", NUMBER), para(f"{line.at:%Y-%m-%d %H:%M:%S}", CELL), para(place, CELL, link=line.link),
        para(where or "not known", CELL), para(f"“{line.quote}”" if line.quote else "nothing to quote: it was not said", CELL),
        para(line.reason, CELL), para(line.decision, CELL),
    ]  # fmt: skip


def _definitions() -> Iterator[Flowable]:
    yield Bookmark("Definitions", 0)
    yield para("Definitions", H1)
    yield pairs([[para(word, CELL_BOLD), para(text, CELL)] for word, text in DEFINITIONS], [120, WIDTH - 120])
    yield Spacer(0, 10)
    yield CondPageBreak(80)
    yield Bookmark("How to check this report", 0)
    yield para("How to check this report", H2)
    yield para(VERIFYING, BODY)


def _versions(report: Report, ending: Ending) -> Iterator[Flowable]:
    yield Bookmark("Rules and models", 0)
    yield para("Rules and models", H1)
    yield para("Every version that gave a verdict in the period; the hash is the SHA-256 of the rule's text.", SMALL)
    yield Spacer(0, 4)
    rows = [
        [para(rule.facts.rule, CELL_BOLD), para(rule.facts.source, CELL), para(rule.facts.status, CELL),
         para(one.version, CELL), para(one.sha256 or "text not kept", CELL), para(f"{one.verdicts:,}", NUMBER)]
        for rule in report.rules
        for one in rule.versions
    ]  # fmt: skip
    head = ("Rule", "Source", "Status", "Version", "Hash", "Verdicts")
    yield table(head, rows, (52, WIDTH - 534, 56, 76, 296, 54), numbers=(5,))
    yield Spacer(0, 10)
    models = [[para(step, CELL_BOLD), para(name, CELL), para(f"{count:,} calls", NUMBER)]
              for step, names in ending.models.items() for name, count in names.items()]  # fmt: skip
    models += [[para("rule engine", CELL_BOLD), para(f"version {name}", CELL), para(f"{count:,} verdicts", NUMBER)]
               for name, count in ending.engines.items()]  # fmt: skip
    if models:
        yield CondPageBreak(60)
        yield table(("Step", "Model", "Used in"), models, (120, WIDTH - 220, 100), numbers=(2,))


format = Pdf()
