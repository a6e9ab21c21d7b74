"""Small makers for tests of reports: real rule texts in a real database, and calls with verdicts written straight into it."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import insert, select, text, update

from pipeline.reporting.period import Period
from pipeline.reporting.records import Filter
from rules.engine.ruleset import RuleSet, load_packs
from webapp.database import Database, core
from webapp.reports.making import Order
from webapp.reports.signing import SigningKey
from webapp.store import rulebook
from webapp.store.rulebook import KeptRule
from webapp.tables import Call, MetadataVersion, Result, VerdictRow
from webapp.tables.base import new_public_id
from webapp.teams import org_key, team_key

ZONE = "Europe/Helsinki"
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), ZONE)
AS_OF = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
KEY = SigningKey.parse("11" * 32)
FORMATS = ("csv", "jsonl", "pdf", "xlsx")
VALUES = ("PASS", "FAIL", "NOT_APPLICABLE", "UNSURE")


@dataclass(frozen=True)
class Judged:
    """One call: when it began, and its verdicts by rule."""

    at: datetime
    verdicts: Mapping[str, str]
    team: str = "north"
    agent: str = "ag-114"
    queue: str = "Billing"
    name: str = ""
    quote: str = "you owe four hundred dollars"
    reason: str = "the notice was not given"
    made_at: datetime = datetime(2026, 4, 1, tzinfo=UTC)
    more: Mapping[str, Any] = field(default_factory=dict)


def rule_text(rule: str) -> KeptRule:
    """A shipped rule as a worker keeps it."""
    return rulebook.kept_rule(shipped().by_id[rule])


@cache
def shipped() -> RuleSet:
    """The shipped packs, read once."""
    return load_packs()


class House:
    """An organisation whose calls a test writes."""

    def __init__(self, database: Database, name: str = "main", rules: Iterable[str] = ("B1", "B2", "B3", "C1")) -> None:
        self.database = database
        self.versions: dict[str, str] = {}
        with database.write() as session:
            self.org = org_key(session, name, AS_OF - timedelta(days=90))
            texts = [rule_text(rule) for rule in rules]
            rulebook.keep(session, self.org, texts, AS_OF - timedelta(days=90))
        self.versions = {text.rule: text.version for text in texts}

    def add(self, *calls: Judged) -> list[str]:
        """Write calls; their public ids."""
        names = [new_public_id() for _ in calls]
        with self.database.write() as session:
            teams = {name: team_key(session, self.org, name, AS_OF) for name in {call.team for call in calls}}
            for call, public_id in zip(calls, names, strict=True):
                self._add(session, call, public_id, teams[call.team])
        return names

    def judge_again(self, call: str, verdicts: Mapping[str, str], moment: datetime) -> None:
        """A newer result of a call, as a redo writes it."""
        with self.database.write() as session:
            row = session.scalars(select(Call).where(Call.public_id == call)).one()
            session.execute(
                update(Result)
                .where(Result.call_id == row.id, Result.superseded_at.is_(None))
                .values(superseded_at=moment)
            )
            keys = {"org_id": self.org, "team_id": row.team_id}
            result = _insert(session, Result, {**keys, "call_id": row.id, **_result(2, moment)})
            session.execute(insert(core(VerdictRow)), [
                {**keys, "result_id": result, **_verdict(rule, self.versions.get(rule, "x"), value, "again", "again")}
                for rule, value in verdicts.items()
            ])  # fmt: skip

    def _add(self, session: Any, call: Judged, public_id: str, team: int) -> None:
        keys = {"org_id": self.org, "team_id": team}
        key = _insert(session, Call, {
            **keys, "public_id": public_id, "sha256": public_id * 2, "recorder_id": call.name or public_id, "size": 1,
            "source": "inbox", "suffix": "wav", "sealed_key": b"", "metadata_version": 1, "added_at": call.made_at,
        })  # fmt: skip
        known = {"call_id": call.name or public_id[:6], "team": call.team, "agent_id": call.agent, "queue": call.queue,
                 "direction": "outbound", "started_at": call.at.isoformat(), **call.more}  # fmt: skip
        session.execute(insert(core(MetadataVersion)), [
            {**keys, "call_id": key, "version": 1, "at": call.made_at, "known": known, "started_at": call.at}
        ])  # fmt: skip
        result = _insert(session, Result, {**keys, "call_id": key, **_result(1, call.made_at)})
        session.execute(insert(core(VerdictRow)), [
            {**keys, "result_id": result, **_verdict(rule, self.versions.get(rule, "x"), value, call.reason, call.quote)}
            for rule, value in call.verdicts.items()
        ])  # fmt: skip

    def fill(self, calls: int, *, seed: int = 0, days: int = 31) -> None:
        """Many calls at once, spread over March and the month before, each judged by every rule."""
        rng = random.Random(seed)
        begin = datetime(2026, 2, 1, tzinfo=UTC)
        with self.database.write() as session:
            team = team_key(session, self.org, "north", AS_OF)
            first = (session.scalar(select(core(Call).c.id).order_by(core(Call).c.id.desc()).limit(1)) or 0) + 1
        for chunk in range(first, first + calls, 2000):
            keys = range(chunk, min(chunk + 2000, first + calls))
            self._fill(keys, team, rng, begin, timedelta(days=59))
        if not self.database.sqlite:  # keys given by hand do not move PostgreSQL's counters
            with self.database.write() as session:
                for table in (Call.__tablename__, Result.__tablename__):
                    last = f"(SELECT max(id) FROM {table})"  # noqa: S608 - our own name
                    session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})"))

    def _fill(self, keys: range, team: int, rng: random.Random, begin: datetime, span: timedelta) -> None:
        same = {"org_id": self.org, "team_id": team}
        made = datetime(2026, 4, 1, tzinfo=UTC)
        calls, known, results, verdicts = [], [], [], []
        for key in keys:
            at = begin + rng.random() * span
            public_id = f"{key:032x}"
            calls.append({**same, "id": key, "public_id": public_id, "sha256": public_id * 2, "recorder_id": public_id, "size": 1,
                          "source": "inbox", "suffix": "wav", "sealed_key": b"", "metadata_version": 1, "added_at": made})  # fmt: skip
            known.append({**same, "call_id": key, "version": 1, "at": made, "started_at": at,
                          "known": {"call_id": f"C-{key}", "team": "north", "agent_id": f"ag-{key % 40}", "queue": "Billing"}})  # fmt: skip
            results.append({**same, "id": key, "call_id": key, **_result(1, made)})
            for rule, version in self.versions.items():
                value = rng.choices(VALUES, (60, 6, 30, 4))[0]
                verdicts.append(
                    {**same, "result_id": key, **_verdict(rule, version, value, f"reason {key}", f"words number {key}")}
                )
        with self.database.write() as session:
            for table, rows in ((Call, calls), (MetadataVersion, known), (Result, results), (VerdictRow, verdicts)):
                session.execute(insert(core(table)), rows)


def order(
    period: Period = MARCH, *, as_of: datetime = AS_OF, formats: tuple[str, ...] = FORMATS, **wanted: Any
) -> Order:
    """An order for everything in a period."""
    return Order(
        Filter(period, **wanted),
        as_of,
        formats,
        {rule.id: rule.pack for rule in shipped().rules},
        "https://calls.example",
    )


def _result(version: int, moment: datetime) -> dict[str, Any]:
    return {"version": version, "metadata_version": 1, "kind": "process", "made_at": moment, "blob": "", "score": 0.5,
            "models": {"asr": "demo 1f0c2a"}, "files": {}}  # fmt: skip


def _verdict(rule: str, version: str, value: str, reason: str, quote: str) -> dict[str, Any]:
    evidence = [{"quote": quote, "start": 12.5, "end": 15.0, "party": "s1"}] if value == "FAIL" else []
    return {"rule": rule, "version": version, "value": value, "reason": reason, "evidence": evidence, "confidence": 0.9,
            "basis": {"engine": "1", "rule_text": "cd" * 32}}  # fmt: skip


def _insert(session: Any, table: Any, row: Mapping[str, Any]) -> int:
    return int(session.scalars(insert(core(table)).returning(core(table).c.id), [dict(row)]).one())
