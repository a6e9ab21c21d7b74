"""Calls with signs of fraud, as a worker would have committed them, and a clock that only a test moves."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from pipeline.records import CallResult, Evidence, Finding, Interest, Measure, Turn, Word
from tests.store.makers import make_intake, make_result
from webapp.database import Database
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.tables import AlertRow, CaseRow, DeliveryRow, MailRow, Ranked, SuspectRow, Voiceprint

NOON = datetime(2026, 11, 9, 12, 0, tzinfo=UTC)
QUOTE = "the fraud team told me to move it to a safe account"
TITLES = {"J1": "Account take-over in steps", "J3": "SIM swap asked for", "J4": "Agent pressed", "J5": "Under guidance"}
STEPS = {"J1": "chain", "J3": "sim", "J4": "pressure", "J5": "guidance"}


def settings_of(folder, **more) -> Settings:
    return Settings(data=folder, secret_key="s" * 64, kek="07" * 32, zone="Europe/Helsinki", **more)


def signal(rule="J5", score=0.7, start=73.2, quote=QUOTE) -> Finding:
    facts = {"rule": rule, "severity": "high", "pack": "fraud", "step": STEPS[rule]}
    evidence = (Evidence(quote, start, start + 3, "s2"),)
    return Finding(
        f"signal:{rule}", score, start, start + 3, f'{TITLES[rule]}: it was heard ("{quote}")', evidence, facts
    )


def hear(
    store: SqlStore,
    name: str,
    *signals: Finding,
    score: float | None = None,
    days: float = 0.0,
    said: str = "",
    **metadata,
) -> str:
    """Take in and process one call; its public id. ``score`` is its own case score, the strongest signal's by default.

    ``said`` is what the customer says in it, beside what every made call holds.
    """
    at = NOON + timedelta(days=days)
    store.add(make_intake(store, name, call_id=name, started_at=at, **metadata))
    judge(store, *signals, score=score, said=said)
    with store.database.read() as session:
        return session.scalars(select(Ranked.public_id).where(Ranked.name == name)).one()


def judge(store: SqlStore, *signals: Finding, score: float | None = None, said: str = "") -> None:
    """Commit whatever waits with these signals."""
    own = max((signal.score for signal in signals), default=0.0) if score is None else score
    for job in store.claim("test", limit=50, lease=60):
        if job.kind == "ledger":  # of an earlier call: it says what it said
            kept = store.result(job.call_id)
            assert kept is not None
            assert store.commit(job, kept)
            continue
        result: CallResult = make_result(job)
        words = tuple(Word(text, 30.0 + n, 30.5 + n, 0.9, "s2") for n, text in enumerate(said.split()))
        turns = (*result.call.turns, *([Turn("s2", 30.0, 30.0 + len(words), words)] if words else []))
        result = replace(
            result,
            call=replace(result.call, turns=turns),
            findings=signals,
            measures=(Measure("fraud_case", own),),
            interest=Interest(own),
        )
        assert store.commit(job, result)


def rows(database: Database, table):
    with database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def cases(store: SqlStore) -> list[CaseRow]:
    return [row for row in rows(store.database, CaseRow) if row.state != "merged"]


def alerts(store: SqlStore) -> list[AlertRow]:
    return rows(store.database, AlertRow)


def mails(store: SqlStore) -> list[MailRow]:
    return rows(store.database, MailRow)


def deliveries(store: SqlStore) -> list[DeliveryRow]:
    return rows(store.database, DeliveryRow)


def members(store: SqlStore) -> set[tuple[frozenset[str], float]]:
    """The cases that pass, as sets of call names with the risk."""
    with store.database.read() as session:
        pairs = session.execute(
            select(CaseRow.id, CaseRow.risk, Ranked.name)
            .join(SuspectRow, SuspectRow.case_id == CaseRow.id)
            .join(Ranked, Ranked.call_id == SuspectRow.call_id)
            .where(CaseRow.state.in_(("open", "acknowledged", "closed")))
        ).all()
    risks = {key: risk for key, risk, _name in pairs}
    return {(frozenset(name for k, _r, name in pairs if k == key), risk) for key, risk in risks.items()}


def add_voice(store: SqlStore, call: str, x: float, party: str = "s2") -> None:
    with store.database.write() as session:
        row = session.execute(select(Ranked.call_id, Ranked.team_id).where(Ranked.public_id == call)).one()
        vector = struct.pack("<2f", x, (1 - x * x) ** 0.5)
        session.add(Voiceprint(org_id=store.org, team_id=row.team_id, call_id=row.call_id, party=party, model="ge2e",
                               vector=vector, made_at=store.clock()))  # fmt: skip
