"""Claiming: each job to one worker at a time, given back by itself, counted only under its fence."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from tests.store.makers import make_intake, make_result, process
from webapp.store.claims import WORKER_DIED
from webapp.tables import JobRow, Result


@pytest.fixture
def calls(store):
    """Puts ``n`` calls in; their public ids."""
    return lambda n: [store.add(make_intake(store, f"call {i}", sealed=False)).public_id for i in range(n)]


def claim(store, limit=1):
    return store.claim("w", limit=limit, lease=60)


def states(store):
    with store.database.read() as session:
        return dict(session.execute(select(JobRow.state, func.count()).group_by(JobRow.state)).all())


def test_jobs_come_oldest_first_with_everything_about_the_recording(store):
    intake = make_intake(store, "a", agent_id="7")
    public_id = store.add(intake).public_id
    store.add(make_intake(store, "b"))
    [job] = claim(store)
    assert (job.call_id, job.kind, job.fence, job.attempt) == (public_id, "process", 1, 1)
    assert job.intake == intake


def test_a_claimed_job_is_nobody_elses(store, calls):
    calls(3)
    assert len(claim(store, 2)) == 2
    assert len(claim(store, 2)) == 1
    assert claim(store, 2) == []


def test_many_claimers_never_share_a_job(store, calls):
    calls(60)
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: claim(store, 3), range(30)))
    ids = [job.id for batch in batches for job in batch]
    assert len(ids) == len(set(ids)) == 60


@pytest.mark.parametrize(("seconds", "free"), [(59, 0), (60, 1)])
def test_a_lease_ends_at_its_second(store, calls, clock, seconds, free):
    calls(1)
    claim(store)
    clock.move(seconds=seconds)
    assert len(claim(store)) == free


def test_a_renewed_lease_goes_on(store, calls, clock):
    calls(1)
    [job] = claim(store)
    clock.move(seconds=50)
    assert store.renew(job, lease=60)
    clock.move(seconds=50)
    assert claim(store) == []


def test_a_worker_that_lost_its_lease_cannot_renew_fail_or_commit(store, calls, clock):
    calls(1)
    [old] = claim(store)
    clock.move(seconds=61)
    [new] = claim(store)
    assert new.fence == old.fence + 1
    assert not store.renew(old, lease=60)
    assert not store.fail(old, "x", "x", park=True)
    assert not store.commit(old, make_result(old))
    assert store.commit(new, make_result(new))
    with store.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Result)) == 1


def test_a_late_worker_may_go_on_while_nobody_else_has_the_job(store, calls, clock):
    calls(2)
    [one, two] = claim(store, 2)
    clock.move(seconds=600)
    [stolen] = claim(store, 2)  # frees both, takes the first
    assert stolen.id == one.id
    assert not store.renew(one, lease=60)
    assert store.renew(two, lease=60)
    assert claim(store, 2) == []
    assert store.commit(two, make_result(two))


def test_a_result_is_committed_once(store, calls):
    calls(1)
    [job] = claim(store)
    assert store.commit(job, make_result(job))
    assert not store.commit(job, make_result(job))


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_clock_that_jumps_neither_sticks_nor_doubles_a_job(store, calls, clock, hours):
    calls(1)
    [dead] = claim(store)
    clock.move(hours=hours)
    [job] = claim(store)
    assert not store.commit(dead, make_result(dead))
    assert store.commit(job, make_result(job))


def test_a_small_step_back_of_the_clock_takes_nothing_from_a_living_worker(store, calls, clock):
    calls(1)
    claim(store)
    clock.move(seconds=-120)
    assert claim(store) == []


def test_calls_of_a_dead_worker_are_tried_again_one_by_one(store, calls, clock):
    calls(3)
    claim(store, 3)
    clock.move(seconds=61)
    assert [len(claim(store, 3)) for _ in range(4)] == [1, 1, 1, 0]


def test_a_call_that_keeps_killing_its_worker_is_parked_with_a_reason(store, calls, clock):
    calls(1)
    for _ in range(3):
        assert len(claim(store)) == 1
        clock.move(seconds=61)
    assert claim(store) == []
    with store.database.read() as session:
        row = session.scalars(select(JobRow)).one()
    assert (row.state, row.reason, row.attempt) == ("parked", WORKER_DIED, 3)


def test_a_failed_call_waits_longer_each_time_and_is_parked_at_last(store, calls, clock):
    calls(1)
    for pause in (10, 20):
        [job] = claim(store)
        assert store.fail(job, "no_memory", "There was no memory.", park=False)
        clock.move(seconds=pause - 1)
        assert claim(store) == []
        clock.move(seconds=1)
    [job] = claim(store)
    assert store.fail(job, "no_memory", "There was no memory.", park=False)
    assert states(store) == {"parked": 1}


def test_a_hopeless_call_is_parked_at_once(store, calls):
    calls(1)
    [job] = claim(store)
    assert store.fail(job, "empty", "The recording is empty.", park=True)
    assert states(store) == {"parked": 1}


def test_one_call_is_never_in_two_hands(store, calls):
    calls(1)
    process(store)
    store.redo("asr")
    store.redo("rules")  # covered by the waiting asr
    [job] = claim(store, 9)
    store.redo("rules")  # waits behind the running one
    assert claim(store, 9) == []
    store.commit(job, make_result(job))
    assert [job.kind for job in claim(store, 9)] == ["rules"]
