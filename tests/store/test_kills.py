"""kill -9 of takers, workers and indexers, at named points and at random: nothing lost, nothing doubled, no litter."""

import multiprocessing
import random
import signal
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from pipeline.protocols import Intake, Job
from tests.store import killing
from tests.store.killing import expected, open_here, process
from tests.store.makers import make_intake
from webapp.database import now
from webapp.store.codec import decode_metadata
from webapp.store.outbox import INDEX
from webapp.tables import Call, FindingRow, JobRow, MetadataVersion, OutboxRow, Ranked, Result
from webapp.worker import Worker

CALLS = 40
RANDOM_KILLS = 75
MOST_KILLS = 250  # on a machine so slow that none of them met a worker at work
KILLS_A_WAVE = 21
POINTS = {
    "take": ["add.begin", "add.call", "add.job", "add.done", "file.unnamed", "file.named@2", "add.metadata"],
    "work": [
        "claim.taken", "claim.done", "work.processed", "file.unflushed", "file.flushed", "file.unnamed", "file.named",
        "file.flushed@4", "commit.file", "commit.file@2", "commit.files", "commit.fenced", "commit.results",
        "commit.rows", "commit.outbox", "commit.done", "sweep.unlinked", "sweep.unlinked@2",
    ],
    "index": ["index.put", "index.put@2"],
}  # fmt: skip
PATIENCE = 60.0  # seconds for a process to come by its point, on a machine that has other things to do


@pytest.fixture(scope="module")
def context():
    """Starts a process by forking one that has everything imported."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([killing.__name__])
    return found


@pytest.fixture
def scene(context, database_url, tmp_path):
    (tmp_path / "index").mkdir()
    (tmp_path / "errors").mkdir()
    store = open_here(database_url, tmp_path)
    yield Scene(context, database_url, tmp_path, store)
    store.close()


class Scene:
    """A store, and processes on it that are being killed."""

    def __init__(self, context, url, folder, store):
        self.context, self.url, self.folder, self.store = context, url, folder, store
        self.kills = 0

    def start(self, role, plan=""):
        ready = self.context.Event()
        arguments = (self.url, self.folder, self.store.org, role, plan, CALLS, ready)
        child = self.context.Process(target=killing.live, args=arguments, daemon=True)
        child.start()
        assert ready.wait(PATIENCE), f"no process came up to {role}"
        return child

    def bury(self, child, what):
        """Wait for the end of a process that is to die by SIGKILL, and by nothing else."""
        child.join(PATIENCE)
        code = child.exitcode
        if code is None:
            child.kill()
            child.join()
        child.close()
        assert code == -signal.SIGKILL, f"{what} ended with {code}"
        self.kills += 1

    def feed(self, start):
        """Something to do for everyone: recordings, new and known, and calls to be done again."""
        for number in range(start, start + 4):
            self.store.add(make_intake(self.store, f"call {number % CALLS}", queue="billing"))
        self.store.redo("rules")

    def held(self):
        """How many jobs dead workers hold; asked when nobody lives."""
        with self.store.database.read() as session:
            return len(session.scalars(select(JobRow.id).where(JobRow.state == "running")).all())

    def wave(self, rng):
        """Four processes at their work, killed and replaced at random moments, until all are dead."""
        living = [(role, self.start(role)) for role in ("take", "work", "work", "index")]
        self.feed(self.kills)
        for number in range(KILLS_A_WAVE):
            time.sleep(rng.uniform(0.0, 0.2))  # the random moment
            if number % 7 == 6:
                self.feed(self.kills)
            role, child = living.pop(rng.randrange(len(living)))
            child.kill()
            self.bury(child, role)
            living.append((role, self.start(role)))
        for role, child in living:
            child.kill()
            self.bury(child, role)

    def finish(self):
        """All processes are dead. Do in peace, days later, what is still to be done."""
        later = replace(self.store, clock=lambda: now() + timedelta(days=2))
        for number in range(CALLS):
            more = {"agent_id": "7"} if number % 5 == 0 else {}
            later.add(make_intake(later, f"call {number}", queue="billing", **more))
        Worker(later, process, batch=8, lease=60).drain()
        while deeds := later.deeds(INDEX):
            for deed in deeds:
                (self.folder / "index" / deed.key).touch()
            later.done(deeds)
        later.sweep(orphans=True)


def test_a_kill_at_any_named_point_loses_and_doubles_nothing(scene):
    for role, points in POINTS.items():
        for number, point in enumerate(points):
            scene.feed(number * 2)
            name, _, which = point.partition("@")
            scene.bury(scene.start(role, f"{name}=kill@{which or 1}"), point)
    scene.finish()
    assert scene.kills == sum(map(len, POINTS.values()))
    assert_whole(scene)


def test_kills_at_random_moments_lose_and_double_nothing(scene):
    rng = random.Random(0)
    while scene.kills < RANDOM_KILLS or (scene.kills < MOST_KILLS and not scene.held()):
        scene.wave(rng)
    scene.finish()
    assert assert_whole(scene) > 0, "no kill hit a worker at work: the test proved nothing"


def assert_whole(scene):
    """The whole promise, row by row and file by file; how many attempts at calls the kills wasted."""
    complaints = [text for place in (scene.folder / "errors").iterdir() if (text := place.read_text())]
    assert complaints == []  # they were killed; nothing ever failed by itself
    store = scene.store
    with store.database.read() as session:
        calls = session.scalars(select(Call).order_by(Call.id)).all()
        jobs = session.scalars(select(JobRow)).all()
        results = session.scalars(select(Result).order_by(Result.id)).all()
        ranked = dict(session.execute(select(Ranked.call_id, Ranked.result_id)).all())
        valid = select(MetadataVersion.call_id, MetadataVersion.known).where(MetadataVersion.superseded_at.is_(None))
        known = {call: decode_metadata(told) for call, told in session.execute(valid)}
        findings = Counter(session.scalars(select(FindingRow.result_id)))
        marks = session.scalars(select(OutboxRow).where(OutboxRow.kind == INDEX)).all()
    assert len({call.sha256 for call in calls}) == len(calls) == CALLS
    assert {job.state for job in jobs} == {"done"}
    assert Counter((job.call_id, job.kind) for job in jobs) == Counter((row.call_id, row.kind) for row in results)
    assert findings == Counter(row.id for row in results)  # one finding in each result: none without, none twice
    latest = {row.call_id: row for row in results}
    assert ranked == {call: row.id for call, row in latest.items()}
    for call in calls:
        assert call.quarantine is None
        intake = Intake(call.sha256, call.size, call.source, call.suffix, known[call.id], "", call.sealed_key)
        job = Job(0, call.public_id, "process", 0, 0, now(), intake)
        assert store.result(call.public_id) == expected(job)  # whole, and with the metadata that are valid now
    names = {call.id: call.public_id for call in calls}
    versions = {f"{names[row.call_id]}:{row.version}" for row in results}
    keys = {mark.key for mark in marks}
    told_anew = {
        key for key in keys if ":m" in key
    }  # metadata that changed are indexed before the rules have run again
    assert keys - told_anew == versions
    assert {key.partition(":")[0] for key in told_anew} <= set(names.values())
    assert {place.name for place in (scene.folder / "index").iterdir()} == keys
    assert all(mark.done_at for mark in marks)
    assert set(store.vault.files.names()) == {row.blob for row in results}
    assert list((store.vault.files.root / "tmp").iterdir()) == []
    if store.database.sqlite:
        with store.database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    wasted = sum(job.attempt for job in jobs) - len(jobs)
    print(f"{scene.kills} kills, {len(calls)} calls, {len(results)} results, {wasted} attempts wasted")
    return wasted
