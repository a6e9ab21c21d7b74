"""Taking recordings in: one call and one job, however often and from wherever it comes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select

from pipeline.records import Contact, Metadata, Span
from tests.store.makers import make_intake, make_result, make_store, process
from webapp.store.intake import merged
from webapp.tables import Call, ContactRow, FindingRow, JobRow, MetadataVersion, Ranked, Refusal, Result, Team


def count(store, table, *where):
    with store.database.read() as session:
        return session.scalar(select(func.count()).select_from(table).where(*where))


def metadata_of(store, public_id):
    """Versions of a call's metadata, oldest first."""
    with store.database.read() as session:
        rows = select(MetadataVersion).join(Call).where(Call.public_id == public_id).order_by(MetadataVersion.version)
        return [row.known for row in session.scalars(rows)]


def test_the_same_recording_is_one_call_and_says_so(store):
    first = store.add(make_intake(store, "a", call_id="X1"))
    again = store.add(make_intake(store, "a", call_id="X1"))
    assert (first.what, again.what) == ("new", "known")
    assert first.public_id == again.public_id
    assert count(store, Call) == count(store, JobRow) == count(store, MetadataVersion) == 1


def test_the_second_sealed_copy_of_a_known_recording_goes(store):
    kept = make_intake(store, "a")
    store.add(kept)
    store.add(make_intake(store, "a"))
    assert len(list(store.vault.files.names())) == 2
    store.sweep()
    assert list(store.vault.files.names()) == [kept.quarantine]


def test_the_same_bytes_under_two_ids_are_two_calls(store):
    ids = {store.add(make_intake(store, "a", call_id=name)).public_id for name in ("X1", "X2")}
    assert len(ids) == 2


def test_a_later_sidecar_is_a_version_of_the_metadata_of_the_same_call(store):
    first = store.add(make_intake(store, "a", queue="billing"))
    later = store.add(make_intake(store, "a", call_id="X1", agent_id="7"))
    assert (later.what, later.public_id) == ("new_metadata", first.public_id)
    assert metadata_of(store, first.public_id) == [
        {"queue": "billing"},
        {"queue": "billing", "call_id": "X1", "agent_id": "7"},
    ]
    assert store.add(make_intake(store, "a", call_id="X1")).what == "known"
    assert store.add(make_intake(store, "a")).what == "known"


def test_before_the_first_run_new_metadata_need_no_second_job(store):
    store.add(make_intake(store, "a"))
    store.add(make_intake(store, "a", agent_id="7"))
    [job] = store.claim("w", limit=9, lease=60)
    assert (job.kind, job.intake.metadata.agent_id) == ("process", "7")


def test_after_the_first_run_new_metadata_run_the_rules_again(store):
    store.add(make_intake(store, "a", queue="billing"))
    process(store)
    store.add(make_intake(store, "a", queue="sales", agent_id="7"))
    with store.database.read() as session:
        row = session.scalars(select(Ranked)).one()
    assert (row.queue, row.agent) == ("sales", "7")  # shown at once
    [job] = store.claim("w", limit=9, lease=60)
    assert (job.kind, job.intake.metadata.queue) == ("rules", "sales")
    assert store.commit(job, make_result(job))
    assert count(store, Result) == 2
    assert store.claim("w", limit=9, lease=60) == []


def test_metadata_told_while_a_worker_has_the_call_run_the_rules_afterwards(store):
    store.add(make_intake(store, "a", queue="billing"))
    [job] = store.claim("w", limit=9, lease=60)
    store.add(make_intake(store, "a", queue="sales"))
    assert store.claim("v", limit=9, lease=60) == []  # not beside the first job of the same call
    assert store.commit(job, make_result(job))
    with store.database.read() as session:
        assert session.scalars(select(Ranked.queue)).one() == "sales"
    [again] = store.claim("v", limit=9, lease=60)
    assert (again.kind, again.intake.metadata.queue) == ("rules", "sales")


def test_a_call_that_changes_its_team_takes_all_its_rows_along(store):
    store.add(make_intake(store, "a", team="red"))
    process(store)
    store.add(make_intake(store, "a", team="blue"))
    with store.database.read() as session:
        blue = session.scalars(select(Team.id).where(Team.name == "blue")).one()
        for table in (Call, Result, Ranked, FindingRow):
            assert set(session.scalars(select(table.team_id))) == {blue}


def test_many_takers_of_the_same_recordings_make_each_call_once(store):
    intakes = [make_intake(store, f"call {i % 5}", call_id=f"X{i % 5}" if i % 2 else None) for i in range(40)]
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(store.add, intakes))
    assert count(store, Call) == count(store, JobRow) == 5
    assert sum(added.what == "new" for added in told) == 5
    assert len({added.public_id for added in told}) == 5


def test_a_name_that_cannot_be_stored_is_mended_not_refused(store):
    intake = make_intake(store, "a", queue="a\0b", extra={"n\0": "\udce9"})
    added = store.add(replace(intake, source="/calls/\udce9\0.wav"))
    assert added.what == "new"
    assert store.add(replace(intake, source="elsewhere")).what == "known"
    assert metadata_of(store, added.public_id) == [{"queue": "a\ufffdb", "extra": {"n\ufffd": "?"}}]


def test_organisations_do_not_share_calls(database, store, tmp_path):
    other = make_store(database, tmp_path, org="other")
    assert store.add(make_intake(store, "a")).what == other.add(make_intake(other, "a")).what == "new"
    assert len(store.claim("w", limit=9, lease=60)) == 1
    assert store.claim("w", limit=9, lease=60) == []


def test_later_metadata_override_only_what_they_say():
    before = Metadata(queue="a", agent_id="7", extra={"x": "1"}, pause_events=(Span(1, 2),))
    after = merged(before, Metadata(queue="b", consent_recording=False, extra={"y": "2"}))
    assert after == Metadata(
        queue="b", agent_id="7", consent_recording=False, extra={"x": "1", "y": "2"}, pause_events=(Span(1, 2),)
    )


def test_metadata_come_back_as_they_went_in(store):
    started = datetime(2026, 3, 1, 8, 30, tzinfo=timezone(timedelta(hours=2)))
    told = {"call_id": "X", "started_at": started, "direction": "inbound", "consent_voiceprint": True,
            "payment_events": (Span(3.5, 9.25),), "extra": {"k": "v"}}  # fmt: skip
    store.add(make_intake(store, "a", **told))
    [job] = store.claim("w", limit=1, lease=60)
    assert job.intake.metadata == Metadata(**told)
    assert job.intake.metadata.started_at.utcoffset() == timedelta(hours=2)


def test_a_refused_recording_is_remembered_once_and_settled_when_it_is_taken(store):
    intake = make_intake(store, "a")
    first = store.refuse("/calls/a.wav", intake.sha256, "empty", "The file is empty.")
    assert store.refuse("/calls/a.wav", intake.sha256, "silent", "Nobody speaks.") == first
    assert store.refuse("/calls/b.wav", None, "empty", "The file is empty.") != first
    assert store.refused(intake.sha256)
    store.add(intake)
    assert not store.refused(intake.sha256)
    assert count(store, Refusal, Refusal.state == "refused") == 1


CONTACT = Contact("P1", datetime(2026, 3, 1, 10, tzinfo=UTC), "outbound", debt="D1", number="+15550100")


def test_a_contact_log_taken_in_twice_is_not_doubled(store):
    log = [CONTACT, replace(CONTACT, person="P2"), CONTACT]
    assert store.add_contacts(log, "log.csv") == 2
    assert store.add_contacts(log, "log.csv") == 0
    assert count(store, ContactRow) == 2


def test_an_outcome_learnt_later_is_a_new_version_of_the_same_contact(store, clock):
    store.add_contacts([CONTACT], "monday.csv")
    monday = clock()
    clock.move(days=1)
    assert store.add_contacts([replace(CONTACT, outcome="promise")], "tuesday.csv") == 0
    assert store.add_contacts([CONTACT], "monday.csv") == 0  # the older log again takes nothing back
    [now] = store.ledger().contacts(person="P1")
    [then] = store.ledger().contacts(person="P1", as_of=monday)
    assert (now.outcome, then.outcome) == ("promise", None)


@pytest.mark.parametrize("threads", [8])
def test_many_takers_of_one_contact_log_double_nothing(store, threads):
    log = [replace(CONTACT, person=f"P{i}") for i in range(50)]
    with ThreadPoolExecutor(threads) as pool:
        new = list(pool.map(lambda _: store.add_contacts(log, "log.csv"), range(threads)))
    assert sum(new) == count(store, ContactRow) == 50


def test_the_store_takes_up_a_call_again_whose_copy_had_grown_too_old(store, clock):
    store.add(make_intake(store, "a"))
    clock.move(days=8)
    assert store.sweep().expired == 1
    assert store.claim("w", limit=1, lease=60) == []
    fresh = make_intake(store, "a")
    assert store.add(fresh).what == "known"
    [job] = store.claim("w", limit=1, lease=60)
    assert (job.intake.quarantine, job.intake.sealed_key) == (fresh.quarantine, fresh.sealed_key)
