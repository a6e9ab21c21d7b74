"""Writing transcripts and findings: sealed files and one transaction a batch, against ORM rows and a commit a call.

Both write the same words, findings, verdicts, measures and parts of the same calls, durably (WAL, synchronous FULL, same
folder); both are read back and compared. Ours encrypts what people said and keeps the queue and the outbox up to date
beside it; the peer does neither.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from pipeline.files import Files
from pipeline.measuring.bench import Arms, BenchOptions
from pipeline.protocols import Intake, Job
from pipeline.records import (
    AudioFacts,
    Call,
    CallResult,
    Evidence,
    Finding,
    Interest,
    Measure,
    Metadata,
    Part,
    Party,
    Turn,
    Value,
    Verdict,
    Word,
)
from pipeline.sealing.keyring import Keyring
from pipeline.sealing.vault import Vault
from webapp.database import Database, now, open_database
from webapp.migrations import upgrade
from webapp.store.store import SqlStore
from webapp.tables import FindingRow, JobRow, MeasureRow, PartRow, Result, VerdictRow
from webapp.teams import org_key

CALLS, CALLS_SMALL = 64, 8
TURNS, WORDS_A_TURN = 60, 12  # a call of five minutes
FINDINGS, VERDICTS, MEASURES, PARTS = 12, 24, 20, 6
VOCABULARY = (
    "account",
    "balance",
    "card",
    "date",
    "hello",
    "money",
    "okay",
    "payment",
    "please",
    "right",
    "thank",
    "yes",
)
ROWS_A_CALL = TURNS * WORDS_A_TURN + FINDINGS + VERDICTS + MEASURES + PARTS


class Base(DeclarativeBase):
    """The one table that only the peer has."""


class WordRow(Base):
    """One word of one result: how a first design keeps transcripts."""

    __tablename__ = "words"

    id: Mapped[int] = mapped_column(primary_key=True)
    result_id: Mapped[int] = mapped_column(index=True)
    party: Mapped[str]
    text: Mapped[str]
    start: Mapped[float]
    end: Mapped[float]
    confidence: Mapped[float]


@dataclass(frozen=True, slots=True)
class Bench:
    name: str = "store"
    good: float = 8.0
    goal: float = 25.0

    def prepare(self, options: BenchOptions) -> Arms:
        count = CALLS_SMALL if options.small else CALLS
        folder = tempfile.TemporaryDirectory(prefix="callsift-bench-")
        ours = _store(Path(folder.name) / "ours")
        peer = _store(Path(folder.name) / "peer")
        Base.metadata.create_all(peer.database.engine)
        jobs, results = _claimed(ours, count), {}
        for job in jobs:
            results[job.id] = _result(job)
        keys = _keys(peer, count)
        return Arms(
            partial(_ours, ours, jobs, results, folder),
            partial(_peer, peer, keys, list(results.values())),
            same,
            float(count * ROWS_A_CALL),
            "rows",
            "ORM add_all, one commit a call",
            {"calls": count, "words": count * TURNS * WORDS_A_TURN},
        )


def same(ours: Callable[[], Any], peer: Callable[[], Any]) -> str | None:
    """Read both back, calls in order."""
    for number, (mine, theirs) in enumerate(zip(ours(), peer(), strict=True)):
        for what in mine:
            if mine[what] != theirs[what]:
                return f"call {number}: {what} differ: {mine[what][:2]} and {theirs[what][:2]}"
    return None


def _ours(store: SqlStore, jobs: Sequence[Job], results: dict[int, CallResult], _folder: object) -> Callable[[], Any]:
    """Claimed jobs are given back their claim, then committed: each round adds a version of each call."""
    with store.database.write() as session:
        session.execute(update(JobRow).values(state="running"))
    done = store.commit_all([(job, results[job.id]) for job in jobs])
    assert len(done) == len(jobs)
    return partial(_read_ours, store, jobs)


def _peer(store: SqlStore, keys: Sequence[tuple[int, int, int]], results: Sequence[CallResult]) -> Callable[[], Any]:
    """Each call: its objects, `add_all`, commit."""
    ids = []
    for (org, team, call), result in zip(keys, results, strict=True):
        with Session(store.database.engine) as session:
            row = Result(org_id=org, team_id=team, call_id=call, version=_next_version(session, call), metadata_version=1, kind="process",
                         made_at=now(), blob="", score=result.interest.score, models={}, files={})  # fmt: skip
            session.add(row)
            session.flush()
            session.add_all(_objects({"org_id": org, "team_id": team, "result_id": row.id}, result))
            session.commit()
            ids.append(row.id)
    return partial(_read_peer, store.database, ids)


def _objects(keys: dict[str, int], result: CallResult) -> list[Any]:
    rows: list[Any] = [
        WordRow(
            result_id=keys["result_id"], party=w.party, text=w.text, start=w.start, end=w.end, confidence=w.confidence
        )
        for turn in result.call.turns
        for w in turn.words
    ]
    rows += [FindingRow(**keys, kind=f.kind, score=f.score, start=f.start, end=f.end, why=f.why, evidence=_plain(f.evidence),
                        facts=dict(f.facts)) for f in result.findings]  # fmt: skip
    rows += [VerdictRow(**keys, rule=v.rule, version=v.version, value=str(v.value), reason=v.reason,
                        evidence=_plain(v.evidence), confidence=v.confidence, basis=dict(v.basis)) for v in result.verdicts]  # fmt: skip
    rows += [MeasureRow(**keys, name=m.name, value=m.value) for m in result.measures]
    return rows + [PartRow(**keys, name=p.name, share=p.share, why=p.why, start=p.start) for p in result.interest.parts]


def _plain(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    return [{"quote": e.quote, "start": e.start, "end": e.end, "party": e.party} for e in evidence]


def _next_version(session: Session, call: int) -> int:
    return (
        session.scalar(select(Result.version).where(Result.call_id == call).order_by(Result.version.desc())) or 0
    ) + 1


def _read_ours(store: SqlStore, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    with store.database.read() as session:
        ids = session.scalars(select(Result.id).where(Result.superseded_at.is_(None)).order_by(Result.call_id)).all()
        rows = [_rows(session, key) for key in ids]
    for job, found in zip(jobs, rows, strict=True):
        result = store.result(job.call_id)
        assert result is not None
        words = [word for turn in result.call.turns for word in turn.words]
        found["words"] = [(w.party, w.text, w.start, w.end, w.confidence) for w in words]
    return rows


def _read_peer(database: Database, ids: Sequence[int]) -> list[dict[str, Any]]:
    columns = (WordRow.party, WordRow.text, WordRow.start, WordRow.end, WordRow.confidence)
    with database.read() as session:
        rows = [_rows(session, key) for key in ids]
        for key, found in zip(ids, rows, strict=True):
            words = session.execute(select(*columns).where(WordRow.result_id == key).order_by(WordRow.id))
            found["words"] = [tuple(word) for word in words]
    return rows


def _rows(session: Session, result: int) -> dict[str, Any]:
    """What both keep in the same tables."""
    found = {}
    for table in (FindingRow, VerdictRow, MeasureRow, PartRow):
        columns = [
            column for column in table.__table__.columns if column.name not in ("id", "org_id", "team_id", "result_id")
        ]
        rows = session.execute(select(*columns).where(table.result_id == result).order_by(table.id))
        found[table.__tablename__] = [tuple(row) for row in rows]
    return found


def _store(folder: Path) -> SqlStore:
    folder.mkdir()
    database = open_database(f"sqlite:///{folder / 'callsift.sqlite'}")
    upgrade(database)
    with database.write() as session:
        org = org_key(session, "main", now())
    return SqlStore(database, org, Vault(Files(folder / "files"), Keyring(bytes(32))))


def _claimed(store: SqlStore, count: int) -> list[Job]:
    for number in range(count):
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        _key, wrapped = store.vault.keyring.new_key()
        store.add(Intake(digest, 1, f"{number}.wav", "wav", Metadata(call_id=str(number)), "", wrapped))
    return store.claim("bench", limit=count, lease=3600.0)


def _keys(store: SqlStore, count: int) -> list[tuple[int, int, int]]:
    """Organisation, team and call of as many calls, for the peer's rows."""
    _claimed(store, count)
    with store.database.read() as session:
        rows = session.execute(select(JobRow.org_id, JobRow.team_id, JobRow.call_id).order_by(JobRow.id))
        return [(org, team, call) for org, team, call in rows]


def _result(job: Job) -> CallResult:
    """A call of five minutes with all that is found in one."""
    rng = random.Random(job.id)
    turns = tuple(_turn(rng, number) for number in range(TURNS))
    evidence = (Evidence("yes thank okay", 10.5, 12.25, "s1"),)
    findings = tuple(
        Finding(f"kind{i}", rng.random(), i * 9.5, i * 9.5 + 4, f"reason {i}", evidence, {"n": i})
        for i in range(FINDINGS)
    )
    verdicts = tuple(Verdict(f"pack.rule{i}", "1", Value.PASS, f"said {i}", evidence, rng.random(), {"text": "ab" * 32})
                     for i in range(VERDICTS))  # fmt: skip
    measures = tuple(Measure(f"measure{i}", rng.random()) for i in range(MEASURES))
    parts = tuple(Part(f"part{i}", rng.random() / PARTS, f"reason {i}", i * 9.5) for i in range(PARTS))
    audio = AudioFacts(job.intake.sha256, "pcm_mulaw", 8000, 2, TURNS * 5.0, 1)
    call = Call(
        job.call_id, job.intake.source, job.intake.metadata, audio, (Party("s1"), Party("s2")), turns, findings=findings
    )
    return CallResult(call, findings, measures, verdicts, Interest(rng.random(), parts))


def _turn(rng: random.Random, number: int) -> Turn:
    party, begin = f"s{1 + number % 2}", number * 5.0
    words = tuple(
        Word(rng.choice(VOCABULARY), begin + i * 0.4, begin + i * 0.4 + rng.random() / 3, rng.random(), party)
        for i in range(WORDS_A_TURN)
    )
    return Turn(party, begin, words[-1].end, words)


bench = Bench()
