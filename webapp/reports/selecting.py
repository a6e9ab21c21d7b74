"""What a report reads from SQL: always as of a moment, always inside the scope.

Every statement joins the result, the metadata and the call that were valid at ``as_of`` and carries the condition of the
scope. Rows are read in pages behind a key, each in a short transaction: a report over a million verdicts neither holds
them nor keeps anybody from writing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, case, func, literal, select, true
from sqlalchemy.orm import Session

from pipeline.records import Evidence
from pipeline.reporting.period import Bucket, Period, midnight
from pipeline.reporting.records import NOT_REVIEWED, Filter, Line
from pipeline.reporting.summary import Counted
from rules.records import Value
from webapp.database import Database
from webapp.reports.decisions import Decisions, reviewed
from webapp.store.ranking import SHORT_ID
from webapp.store.versions import valid_at
from webapp.tables import Call, MetadataVersion, Result, VerdictRow
from webapp.teams import DEFAULT_TEAM

PAGE = 200  # calls read at once

KNOWN = MetadataVersion.known
began: ColumnElement[datetime] = func.coalesce(MetadataVersion.started_at, Call.added_at, type_=Call.added_at.type)
TEAM = func.coalesce(KNOWN["team"].as_string(), literal(DEFAULT_TEAM))
QUEUE = func.coalesce(KNOWN["queue"].as_string(), "")
AGENT = func.coalesce(KNOWN["agent_id"].as_string(), "")


@dataclass(frozen=True)
class Selection:
    """The calls and verdicts of one report. ``scope`` is whose calls may be read; ``rules`` are the rules' ids."""

    database: Database
    org: int
    wanted: Filter
    as_of: datetime
    rules: tuple[str, ...]
    base: str = ""
    scope: ColumnElement[bool] = true()  # noqa: RUF009 (an expression never changes)
    decisions: Decisions = reviewed

    def calls(self, period: Period) -> list[ColumnElement[bool]]:
        """The condition for calls of a period that lie in the filter and in the scope."""
        return [Result.org_id == self.org, *self._inside(period)]

    def _inside(self, period: Period) -> list[ColumnElement[bool]]:
        found = [
            self.scope, began >= period.begin, began < period.end,
            *valid_at(Result.made_at, Result.superseded_at, self.as_of),
            *valid_at(MetadataVersion.at, MetadataVersion.superseded_at, self.as_of),
        ]  # fmt: skip
        for column, names in ((TEAM, self.wanted.teams), (QUEUE, self.wanted.queues), (AGENT, self.wanted.agents)):
            if names:
                found.append(column.in_(names))
        return found

    def count_calls(self) -> int:
        with self.database.read() as session:
            return session.scalar(joined(select(func.count(Result.id))).where(*self.calls(self.wanted.period))) or 0

    def counted(self, period: Period, buckets: Sequence[Bucket]) -> list[Counted]:
        """How often which version of which rule gave which verdict in which part of the period."""
        part = _bucket(buckets, period.zone)
        wanted = (
            joined(select(VerdictRow.rule, VerdictRow.version, VerdictRow.value, part, func.count(VerdictRow.id)))
            .join(VerdictRow, VerdictRow.result_id == Result.id)
            .where(*self.calls(period), VerdictRow.rule.in_(self.rules))
            .group_by(VerdictRow.rule, VerdictRow.version, VerdictRow.value, part)
        )
        with self.database.read() as session:
            return [Counted(*row) for row in session.execute(wanted)]

    def pages(self, seen: Callable[[Any, Sequence[str]], None] = lambda models, engines: None) -> Iterator[list[Line]]:
        """All verdicts, call by call, a page at a time; ``seen`` is told the models of each call and its engines."""
        after = 0
        while True:
            with self.database.read() as session:
                calls = self._calls_behind(session, after)
                if not calls:
                    return
                lines = self._lines(session, {call.id: call for call in calls}, seen)
            after = calls[-1].id
            yield lines

    def breaches(self, rule: str, limit: int) -> list[Line]:
        """The first breaches of a rule, by the start of the call."""
        wanted = (
            joined(select(*VERDICT, *CALL))
            .join(VerdictRow, VerdictRow.result_id == Result.id)
            .where(*self.calls(self.wanted.period), VerdictRow.org_id == self.org, VerdictRow.rule == rule)
            .where(VerdictRow.value == Value.FAIL)
            .order_by(began, Result.id, VerdictRow.id)
            .limit(limit)
        )
        with self.database.read() as session:
            rows = session.execute(wanted).all()
            decided = self.decisions(session, self.org, [row.call_id for row in rows], self.as_of)
            return [self._line(self._of_call(row), row, row, decided) for row in rows]

    def _calls_behind(self, session: Session, after: int) -> Sequence[Any]:
        inside = _plain(Result.org_id) == self.org, *self._inside(self.wanted.period), Result.id > after
        return session.execute(joined(select(*CALL)).where(*inside).order_by(Result.id).limit(PAGE)).all()

    def _lines(
        self, session: Session, calls: Mapping[int, Any], seen: Callable[[Any, Sequence[str]], None]
    ) -> list[Line]:
        engine = func.coalesce(VerdictRow.basis["engine"].as_string(), "").label("engine")
        wanted = select(*VERDICT, VerdictRow.result_id, engine).where(
            _plain(VerdictRow.org_id) == self.org, VerdictRow.result_id.in_(calls), VerdictRow.rule.in_(self.rules)
        )
        rows = session.execute(wanted.order_by(VerdictRow.result_id, VerdictRow.rule, VerdictRow.id)).all()
        decided = self.decisions(session, self.org, [call.call_id for call in calls.values()], self.as_of)
        engines: dict[int, list[str]] = {key: [] for key in calls}
        for row in rows:
            engines[row.result_id].append(row.engine)
        for key, call in calls.items():
            seen(call.models, engines[key])
        heads = {key: self._of_call(call) for key, call in calls.items()}
        return [self._line(heads[row.result_id], calls[row.result_id], row, decided) for row in rows]

    def _of_call(self, call: Any) -> tuple[str, str, datetime, str, str, str, str]:
        """What the lines of a call have in common: the first seven parts of a Line."""
        at = call.started.astimezone(ZoneInfo(self.wanted.period.zone))
        name = call.name or call.public_id[:SHORT_ID]
        return call.public_id, name, at, call.team, call.agent, call.queue, call.direction

    def _line(self, head: tuple[Any, ...], call: Any, row: Any, decided: Mapping[tuple[int, str], str]) -> Line:
        rule, version, value, reason, said, confidence = row[: len(VERDICT)]
        evidence = tuple(Evidence(**one) for one in said)
        start = next((one.start for one in evidence if one.end > 0), None)
        link = f"{self.base}/calls/{head[0]}" + (f"?t={start:.1f}" if start is not None else "")
        public_id, name, at, team, agent, queue, direction = head
        return Line(
            public_id, name, at, team, agent, queue, direction, rule, version, value, reason, evidence, confidence, call.result,
            decided.get((call.call_id, rule), NOT_REVIEWED), link,
        )  # fmt: skip


CALL: tuple[Any, ...] = (
    Result.id.label("id"), Result.call_id.label("call_id"), Result.version.label("result"), Result.models.label("models"),
    Call.public_id.label("public_id"), began.label("started"), func.coalesce(KNOWN["call_id"].as_string(), "").label("name"),
    TEAM.label("team"), QUEUE.label("queue"), AGENT.label("agent"),
    func.coalesce(KNOWN["direction"].as_string(), "").label("direction"),
)  # fmt: skip
VERDICT: tuple[Any, ...] = (
    VerdictRow.rule, VerdictRow.version, VerdictRow.value, VerdictRow.reason, VerdictRow.evidence, VerdictRow.confidence
)  # fmt: skip


def choices(database: Database, org: int, scope: ColumnElement[bool]) -> dict[str, list[str]]:
    """Queues and agents to offer in a form, as they are now, inside the scope."""
    valid = Result.org_id == org, scope, Result.superseded_at.is_(None), MetadataVersion.superseded_at.is_(None)
    with database.read() as session:
        return {
            name: [value for value in session.scalars(joined(select(column).distinct()).where(*valid)) if value]
            for name, column in (("queues", QUEUE), ("agents", AGENT))
        }


def joined(wanted: Any) -> Any:
    """Results with their call and its metadata; which versions of both is said by the condition."""
    return (
        wanted.select_from(Result)
        .join(Call, Call.id == Result.call_id)
        .join(MetadataVersion, MetadataVersion.call_id == Result.call_id)
    )


def _plain(column: Any) -> Any:
    """A column that no index is looked up by: without statistics SQLite takes the organisation's index for every page,
    which reads the whole table each time, instead of going on behind the last key."""
    return column + 0


def _bucket(buckets: Sequence[Bucket], zone: str) -> ColumnElement[int]:
    """The number of the part of the period that a call began in."""
    if len(buckets) < 2:
        return literal(0, Integer)
    later = [(began >= midnight(buckets[n].first, zone), n) for n in range(len(buckets) - 1, 0, -1)]
    return case(*later, else_=0)
