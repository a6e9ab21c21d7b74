"""Small makers for tests of the store: a store with real keys, recordings, results with words."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.files import Files
from pipeline.protocols import Intake, Job
from pipeline.records import (
    AudioFacts,
    Call,
    CallResult,
    Event,
    Evidence,
    Finding,
    Interest,
    Levels,
    Measure,
    Metadata,
    Mood,
    Part,
    Party,
    Pitch,
    Posteriors,
    Turn,
    Value,
    Verdict,
    Word,
)
from pipeline.sealing.keyring import Keyring
from pipeline.sealing.vault import Vault, quarantine
from webapp.database import Database, now
from webapp.store.store import SqlStore
from webapp.teams import org_key

KEK = bytes(range(32))
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that only a test moves."""

    def __init__(self, moment: datetime = START) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += timedelta(**by)


def make_store(
    database: Database, folder: Path, *, org: str = "main", clock: Callable[[], datetime] = now, **options: object
) -> SqlStore:
    with database.write() as session:
        key = org_key(session, org, clock())
    return SqlStore(database, key, Vault(Files(folder / "files"), Keyring(KEK)), clock=clock, **options)  # type: ignore[arg-type]


def make_intake(store: SqlStore, name: str, *, sealed: bool = True, **metadata: object) -> Intake:
    """A recording whose bytes are ``name``, sealed as ingest seals it."""
    source = name.encode()
    sha256 = hashlib.sha256(source).hexdigest()
    _key, wrapped = store.vault.keyring.new_key()
    copy = store.vault.seal([source], wrapped, quarantine(sha256)).name if sealed else ""
    return Intake(sha256, len(source), f"/calls/{name}.wav", "wav", Metadata(**metadata), copy, wrapped)  # type: ignore[arg-type]


def make_result(job: Job, *, score: float = 0.5, words: int = 12, said: str = "hello", seed: int = 0) -> CallResult:
    """A result with something of everything."""
    rng = random.Random(seed)
    spoken = [
        Word(f"{said}{i}", i * 0.5, i * 0.5 + rng.random() / 3, rng.random(), "s1" if i < words // 2 else "s2")
        for i in range(words)
    ]
    spoken.append(
        Word("[CARD_CODE]", words * 0.5, words * 0.5 + 1, None, "s2", "CARD_CODE", {"digits": 3, "luhn": None})
    )
    turns = tuple(
        Turn(party, mine[0].start, mine[-1].end, tuple(mine))
        for party in ("s1", "s2")
        if (mine := [word for word in spoken if word.party == party])
    )
    evidence = (Evidence(f"{said} there", 1.0, 2.5, "s1"),)
    finding = Finding("dead_air", 0.7, 3.0, 14.0, "nobody spoke for 11 s", evidence, {"seconds": 11.0})
    call = Call(
        job.call_id, job.intake.source, job.intake.metadata,
        AudioFacts(job.intake.sha256, "pcm_mulaw", 8000, 2, 60.0, job.intake.size), (Party("s1", "agent", 0.9, 0), Party("s2")),
        turns, "en", ("asr_unsure",), Posteriors("ab" * 32, "ab/" + "ab" * 32, 0.04, "demo:1"), (finding,), {"CARD_CODE": 1},
        (Event("music", 20.0, 30.0, 1),), Levels(0.5, ((-20.0, -21.5), (-60.0, -18.0))), Pitch(0.5, ((0.0, 118.5),)),
        (Mood("s1", 0.0, 3.0, -0.25, -0.5, 0.4), Mood("s2", 3.0, 7.0, 0.5, 0.5)), trusted=False,
    )  # fmt: skip
    return CallResult(
        call, (finding,), (Measure("silence_share", 0.25), Measure("words_per_minute.agent", 141.0)),
        (Verdict("consent.notice", "3", Value.FAIL, "not said", evidence, 0.8, {"text": "cd" * 32, "engine": 2}),),
        Interest(score, (Part("dead_air", 0.4, "nobody spoke for 11 s", 3.0), Part("verdicts", 0.1, "no notice"))),
        {"peaks": "ef/" + "ef" * 32}, {"asr": "demo:1"},
    )  # fmt: skip


def process(store: SqlStore, **options: object) -> list[str]:
    """Claim and commit everything that waits; public ids in order."""
    done = []
    while jobs := store.claim("test", limit=8, lease=60):
        for job in jobs:
            assert store.commit(job, make_result(job, **options))  # type: ignore[arg-type]
            done.append(job.call_id)
    return done
