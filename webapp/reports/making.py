"""Making a report: count, then read each verdict once and hand it to every format, then pack and sign.

What a report says depends on the filter, the moment and the database only. The rows are counted twice, by SQL and on
their way to paper; where the two differ (a call was erased meanwhile) there is no report.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, select, true

from pipeline.reporting.errors import ReportError
from pipeline.reporting.records import Ending, Filter, Line, Report, RuleFacts
from pipeline.reporting.summary import Counted, summarise
from webapp.database import BUSY_SECONDS, Database
from webapp.reports.catalogue import rules_of, texts_of
from webapp.reports.codec import decode_filter
from webapp.reports.decisions import Decisions, reviewed
from webapp.reports.pack import Packed, pack
from webapp.reports.prevalence import prevalence
from webapp.reports.rows import rows_of, rule_cells
from webapp.reports.selecting import Selection
from webapp.reports.signing import SigningKey
from webapp.reports.verifying import Verified
from webapp.reports.writing import Writer, all_formats, chosen
from webapp.tables import Org

# A writer takes its moment before it has the database to itself; until it must have committed, its moment is not settled.
SETTLING = timedelta(seconds=BUSY_SECONDS + 5)

Tell = Callable[[int, int], None]  # (verdicts written, verdicts in all)


def silent(_done: int, _of: int) -> None:
    pass


@dataclass(frozen=True)
class Order:
    """Everything a report depends on, but for the database. ``packs`` maps a rule to its pack."""

    wanted: Filter
    as_of: datetime
    formats: tuple[str, ...]
    packs: Mapping[str, str]
    base: str = ""  # of links
    only_known: bool = False  # a report made again covers the rules of its manifest and no other
    scope: ColumnElement[bool] = field(default_factory=true)
    decisions: Decisions = reviewed


@dataclass(frozen=True, slots=True)
class Made:
    """A finished report."""

    report: Report
    packed: Packed


def settled(moment: datetime) -> datetime:
    """The latest moment of which the whole state is certain, in full seconds."""
    return (moment - SETTLING).replace(microsecond=0)


def again(verified: Verified) -> Order:
    """The order that a verified pack was made from."""
    said = verified.manifest
    try:
        rules = {**said["rules"], **said["rules_without_verdict"]}
        formats = chosen(name for name, one in all_formats().items() if one.file in said["files"])
        return Order(decode_filter(said["filter"]), datetime.fromisoformat(said["as_of"]), formats,
                     {rule: one["pack"] for rule, one in rules.items()}, said["links"], only_known=True)  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(f"The manifest does not say what the report was made from: {error!r}.") from error


def make(database: Database, org: int, order: Order, key: SigningKey, path: Path, tell: Tell = silent) -> Made:
    """Make a report at ``path``. Raises ReportError; then nothing lies there."""
    report, selection, counted = prepare(database, org, order)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".report-", dir=path.parent) as folder:
        ending = _write(Path(folder), report, selection, counted, order.formats, tell)
        files = [all_formats()[name].file for name in order.formats]
        return Made(report, pack(path, Path(folder), files, report, ending, key))


def prepare(database: Database, org: int, order: Order) -> tuple[Report, Selection, list[Counted]]:
    """The summary, by a few statements that count inside SQL."""
    wanted, period = order.wanted, order.wanted.period
    with database.read() as session:
        name = session.scalars(select(Org.name).where(Org.id == org)).one()
        facts = rules_of(session, org, wanted, order.packs, order.as_of, only_known=order.only_known)
        texts = texts_of(session, org, [one.rule for one in facts], order.as_of)
    rules = tuple(one.rule for one in facts)
    selection = Selection(database, org, wanted, order.as_of, rules, order.base, order.scope, order.decisions)
    buckets = period.buckets(wanted.trend)
    counted = selection.counted(period, buckets)
    summaries = summarise(facts, counted, selection.counted(period.before(), ()), len(buckets), texts)
    report = Report(
        name, wanted, order.as_of, order.base, selection.count_calls(), sum(one.count for one in counted), buckets,
        tuple(summaries), _silent(facts, counted), prevalence(selection),
    )  # fmt: skip
    return report, selection, counted


def _silent(facts: Sequence[RuleFacts], counted: Sequence[Counted]) -> tuple[RuleFacts, ...]:
    spoken = {one.rule for one in counted}
    return tuple(one for one in facts if one.rule not in spoken)


def _write(
    folder: Path, report: Report, selection: Selection, counted: Sequence[Counted], formats: Sequence[str], tell: Tell
) -> Ending:
    seen = _Seen()
    with ExitStack() as stack:
        writers: list[Writer] = []
        for name in formats:
            one = all_formats()[name]
            writers.append(one.begin(folder / one.file, report, selection.breaches))
            stack.callback(writers[-1].drop)
        tell(0, report.rows)
        rules = rule_cells(report)
        for lines in selection.pages(seen.call):
            seen.add(lines)
            rows = list(rows_of(lines, rules))
            for writer in writers:
                writer.add(rows)
            tell(seen.rows, report.rows)
        seen.check(counted)
        ending = seen.ending()
        for writer in writers:
            writer.finish(ending)
        stack.pop_all()
    return ending


class _Seen:
    """What is counted on the way. As large as there are rules and models, however many rows there are."""

    def __init__(self) -> None:
        self.rows = 0
        self._values: Counter[tuple[str, str, str]] = Counter()
        self._models: Counter[tuple[str, str]] = Counter()
        self._engines: Counter[str] = Counter()

    def call(self, models: Any, engines: Sequence[str]) -> None:
        self._models.update((str(step), str(name)) for step, name in dict(models).items())
        self._engines.update(engines)

    def add(self, lines: Sequence[Line]) -> None:
        self.rows += len(lines)
        self._values.update((line.rule, line.version, line.value) for line in lines)

    def check(self, counted: Sequence[Counted]) -> None:
        expected: Counter[tuple[str, str, str]] = Counter()
        for one in counted:
            expected[one.rule, one.version, one.value] += one.count
        if expected != self._values:
            raise ReportError("Calls of the period were erased or moved while the report was made. Make it again.")

    def ending(self) -> Ending:
        models: dict[str, dict[str, int]] = {}
        for (step, name), count in sorted(self._models.items()):
            models.setdefault(step, {})[name] = count
        return Ending(models, {name or "not known": count for name, count in sorted(self._engines.items())})
