"""The loop of a worker: what one call does never harms another, and a lease lives as long as the work."""

import logging
import threading
from dataclasses import replace

import pytest
from sqlalchemy import select

from pipeline.protocols import Failure
from pipeline.records import Interest
from tests.store.makers import make_intake, make_result
from webapp.tables import JobRow, Result
from webapp.worker import CRASHED, NOT_STORED, Tally, Worker


@pytest.fixture
def calls(store):
    """Three calls: a, b, c."""
    return {name: store.add(make_intake(store, name, call_id=name)).public_id for name in "abc"}


def answer(job):
    return make_result(job)


def each(store, act, **options):
    """A worker whose ``act`` is asked call by call."""
    return Worker(store, lambda jobs: [act(job) for job in jobs], **options)


def jobs_of(store):
    """State and reason of each job by the recorder's id."""
    with store.database.read() as session:
        rows = session.scalars(select(JobRow).order_by(JobRow.id)).all()
    return [(row.state, row.reason) for row in rows]


def results(store):
    with store.database.read() as session:
        return len(session.scalars(select(Result.id)).all())


def test_a_worker_does_all_that_waits(store, calls):
    assert each(store, answer, batch=2).drain() == Tally(done=3)
    assert each(store, answer).drain() == Tally()
    assert results(store) == 3


def test_a_call_that_fails_leaves_its_neighbours_alone(store, calls):
    def act(job):
        return (
            Failure(job.call_id, "silent", "Nobody speaks.", final=True) if job.call_id == calls["b"] else answer(job)
        )

    assert each(store, act).drain() == Tally(done=2, failed=1)
    assert jobs_of(store) == [("done", None), ("parked", "silent"), ("done", None)]


def test_a_batch_that_raises_is_tried_again_call_by_call(store, calls, clock, caplog):
    batches = []

    def process(jobs):
        batches.append(len(jobs))
        if any(job.call_id == calls["b"] for job in jobs):
            raise MemoryError("no memory")
        return [answer(job) for job in jobs]

    worker = Worker(store, process)
    with caplog.at_level(logging.CRITICAL):
        for _ in range(3):
            worker.drain()
            clock.move(minutes=5)
    assert batches == [3, 1, 1, 1, 1]
    assert jobs_of(store) == [("done", None), ("parked", CRASHED), ("done", None)]
    with store.database.read() as session:
        message = session.scalars(select(JobRow.message).where(JobRow.state == "parked")).one()
    assert message == "Processing failed: MemoryError. The log of the worker says more."


def test_a_result_that_cannot_be_stored_leaves_its_neighbours_alone(store, calls, clock, caplog):
    def act(job):
        result = make_result(job)
        return replace(result, interest=Interest(None)) if job.call_id == calls["b"] else result  # a bug of some step

    with caplog.at_level(logging.CRITICAL):
        assert each(store, act).drain() == Tally(done=2, failed=1)
    assert jobs_of(store) == [("done", None), ("waiting", NOT_STORED), ("done", None)]


def test_work_that_someone_else_took_over_is_lost_and_counted(store, calls, clock):
    def process(jobs):
        clock.move(seconds=61)
        assert store.claim("rival", limit=1, lease=60)
        return [answer(job) for job in jobs]

    assert Worker(store, process, lease=60).run_once() == Tally(done=2, lost=1)


def test_a_lease_lives_as_long_as_the_work(store, calls, clock):
    """The work waits until the lease has been renewed, seen in the database."""
    renewed = threading.Event()

    class Seen(type(store)):
        def renew_all(self, jobs, *, lease):
            held = super().renew_all(jobs, lease=lease)
            renewed.set()
            return held

    watched = Seen(**{name: getattr(store, name) for name in store.__dataclass_fields__})

    def process(jobs):
        clock.move(seconds=0.25)
        renewed.clear()
        assert renewed.wait(30)
        clock.move(seconds=0.25)  # beyond the first lease, inside the second
        assert store.claim("rival", limit=1, lease=60) == []
        return [answer(job) for job in jobs]

    assert Worker(watched, process, lease=0.3).run_once() == Tally(done=3)


def test_a_running_worker_outlives_a_database_that_goes_away(store, calls, caplog):
    stop, tries = threading.Event(), []

    class Shaky(type(store)):
        def claim(self, worker, *, limit, lease):
            tries.append(worker)
            if len(tries) < 3:
                raise ConnectionError("the database is away")
            if not self.waiting():
                stop.set()
            return super().claim(worker, limit=limit, lease=lease)

    shaky = Shaky(**{name: getattr(store, name) for name in store.__dataclass_fields__})
    with caplog.at_level(logging.CRITICAL):
        tally = each(shaky, answer).run(stop, pause=0.0)
    assert tally == Tally(done=3)
