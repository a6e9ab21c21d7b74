"""Cleaning up: what nobody needs goes, what somebody names stays."""

import os

import pytest
from sqlalchemy import select

from pipeline.failpoints import FailPoint, arm
from tests.store.makers import make_intake, make_result, process
from webapp.store.sweep import TOO_OLD
from webapp.tables import Call, JobRow


def age(store, clock, name, days):
    moment = clock().timestamp() - days * 86400
    os.utime(store.vault.files.path(name), (moment, moment))


def test_a_sealed_source_is_gone_after_the_longest_time_allowed(store, clock):
    store.add(make_intake(store, "a"))
    clock.move(days=6, hours=23)
    assert store.sweep().expired == 0
    clock.move(hours=2)
    swept = store.sweep()
    assert (swept.expired, swept.unlinked) == (1, 1)
    assert list(store.vault.files.names()) == []
    with store.database.read() as session:
        row = session.scalars(select(JobRow)).one()
    assert (row.state, row.reason) == ("parked", TOO_OLD)


def test_a_worker_still_at_a_call_whose_time_ran_out_writes_nothing(store, clock):
    store.add(make_intake(store, "a"))
    [job] = store.claim("w", limit=1, lease=60)
    clock.move(days=8)
    store.sweep()
    assert not store.commit(job, make_result(job))


def test_the_copy_of_a_refused_upload_goes_when_it_is_taken_or_grew_too_old(store, clock):
    for name in ("taken", "old"):
        copy = make_intake(store, name)
        store.refuse(f"{name}.wav", copy.sha256, "too_long", "It is too long.", team="north", copy=copy)
    assert len(list(store.vault.files.names())) == 2
    age(store, clock, next(store.vault.files.names()), 3)
    assert store.sweep(orphans=True).orphans == 0  # named by its refusal
    store.add(make_intake(store, "taken"))
    assert store.sweep().unlinked == 1
    clock.move(days=8)
    assert store.sweep().expired == 2  # the other refusal's copy, and the call that nobody processed
    assert list(store.vault.files.names()) == []


def test_files_that_no_row_names_go_after_a_day(store, clock):
    store.add(make_intake(store, "a"))
    process(store)
    store.sweep()
    [named] = store.vault.files.names()
    fresh, old = store.vault.files.put(b"fresh").name, store.vault.files.put(b"old").name
    for name, days in ((named, 3), (old, 3), (fresh, 0)):
        age(store, clock, name, days)
    assert store.sweep(orphans=True).orphans == 1
    assert set(store.vault.files.names()) == {named, fresh}


def test_files_that_a_result_names_stay(store, clock):
    store.add(make_intake(store, "a"))
    [job] = store.claim("w", limit=1, lease=60)
    peaks = store.vault.files.put(b"peaks").name
    result = make_result(job)
    assert store.commit(job, type(result)(result.call, files={"peaks": peaks}))
    store.sweep()
    for name in store.vault.files.names():
        age(store, clock, name, 3)
    assert store.sweep(orphans=True).orphans == 0


def test_a_sweep_that_is_cut_off_goes_on_where_it_was(store, clock):
    for name in "abc":
        store.add(make_intake(store, name))
    process(store)
    arm("sweep.unlinked=raise@2")
    try:
        store.sweep()
    except FailPoint:
        pass
    else:
        raise AssertionError("the fail point was not reached")
    finally:
        arm("")
    clock.move(minutes=2)
    store.sweep()
    with store.database.read() as session:
        assert set(session.scalars(select(Call.quarantine))) == {None}
    assert len(list(store.vault.files.names())) == 3  # the results


@pytest.mark.parametrize(("reason", "again"), [("FileDamaged", True), ("SealBroken", True), ("silent", False)])
def test_only_a_call_whose_sealed_copy_is_no_use_starts_again_from_a_second_one(store, reason, again):
    first = make_intake(store, "a")
    store.add(first)
    [job] = store.claim("w", limit=1, lease=60)
    assert store.fail(job, reason, "It ended here.", park=True)
    assert store.knows(first.sha256, first.metadata.call_id) is not again
    second = make_intake(store, "a")
    assert store.add(second).what == "known"
    assert len(store.claim("w", limit=1, lease=60)) == again
    store.sweep()
    assert [*store.vault.files.names()] == [second.quarantine if again else first.quarantine]
