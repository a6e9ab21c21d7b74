"""Results: the file first, all rows at once, versions that stay."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from pipeline.failpoints import FailPoint, arm
from pipeline.files import FileDamaged
from pipeline.records import CallResult, Interest, Measure, Metadata, Part
from tests.store.makers import make_intake, make_result, process
from webapp.store.codec import decode, decode_metadata, encode, encode_metadata
from webapp.store.outbox import INDEX
from webapp.store.redo import Chosen, RedoError
from webapp.store.rulebook import KeptRule
from webapp.tables import Call, FindingRow, MeasureRow, OutboxRow, PartRow, Ranked, Result, VerdictRow

TABLES = [Result, FindingRow, VerdictRow, MeasureRow, PartRow, Ranked, OutboxRow]


@pytest.fixture(autouse=True)
def disarmed():
    yield
    arm("")


@pytest.fixture
def job(store):
    """A claimed job."""
    store.add(make_intake(store, "a", call_id="X1", queue="billing", agent_id="7"))
    return store.claim("w", limit=1, lease=60)[0]


def counts(store):
    with store.database.read() as session:
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) for table in TABLES}


def test_a_result_comes_back_exactly_as_it_was_committed(store, job):
    result = make_result(job)
    assert store.commit(job, result)
    assert store.result(job.call_id) == result


def test_an_empty_result_comes_back_too(store, job):
    result = CallResult(replace(make_result(job).call, turns=(), findings=(), posteriors=None, levels=None, audio=None))
    assert decode(encode(result)) == result


def test_words_and_verdicts_survive_letters_of_any_script(store, job):
    result = make_result(job, said="Žluťoučký 🐎 \u2028")
    store.commit(job, result)
    assert store.result(job.call_id) == result


def test_metadata_of_every_kind_come_back(store):
    assert decode_metadata(encode_metadata(Metadata())) == Metadata()


def test_the_rows_say_what_the_result_says(store, job):
    result = make_result(job, score=0.625)
    store.commit(job, result)
    with store.database.read() as session:
        ranked = session.scalars(select(Ranked)).one()
        finding = session.scalars(select(FindingRow)).one()
        verdict = session.scalars(select(VerdictRow)).one()
        measures = dict(session.execute(select(MeasureRow.name, MeasureRow.value)).all())
    assert (ranked.score, ranked.name, ranked.queue, ranked.agent, ranked.duration) == (
        0.625,
        "X1",
        "billing",
        "7",
        60.0,
    )
    assert (ranked.listen_from, ranked.reasons) == (3.0, ["nobody spoke for 11 s", "no notice"])
    assert (finding.kind, finding.start, finding.end, finding.facts) == ("dead_air", 3.0, 14.0, {"seconds": 11.0})
    assert finding.evidence == [{"quote": "hello there", "start": 1.0, "end": 2.5, "party": "s1"}]
    assert (verdict.rule, verdict.value, verdict.basis) == ("consent.notice", "FAIL", {"text": "cd" * 32, "engine": 2})
    assert measures == {"silence_share": 0.25, "words_per_minute.agent": 141.0}


def test_what_people_said_lies_on_disk_sealed_only(store, job):
    store.commit(job, make_result(job, said="marmalade"))
    for name in store.vault.files.names():
        assert b"marmalade" not in store.vault.files.read(name)


def test_a_result_file_that_was_changed_is_not_read(store, job):
    store.commit(job, make_result(job))
    with store.database.read() as session:
        blob = session.scalars(select(Result.blob)).one()
    place = store.vault.files.path(blob)
    data = bytearray(place.read_bytes())
    data[len(data) // 2] ^= 1
    place.write_bytes(data)
    with pytest.raises(Exception, match="does not verify"):
        store.result(job.call_id)
    place.unlink()
    with pytest.raises(FileDamaged, match="missing"):
        store.result(job.call_id)


@pytest.mark.parametrize("point", ["commit.fenced", "commit.results", "commit.rows", "commit.outbox"])
def test_a_commit_that_fails_anywhere_leaves_no_row(store, job, point):
    before = counts(store)
    arm(f"{point}=raise")
    with pytest.raises(FailPoint):
        store.commit(job, make_result(job))
    assert counts(store) == before
    assert store.commit(job, make_result(job))  # the same worker may try again


def test_one_fenced_call_does_not_keep_its_neighbours_out(store, clock):
    for name in "abc":
        store.add(make_intake(store, name))
    jobs = store.claim("w", limit=3, lease=60)
    clock.move(seconds=61)
    [stolen] = store.claim("v", limit=1, lease=60)
    done = store.commit_all([(job, make_result(job)) for job in jobs])
    assert done == {job.id for job in jobs} - {stolen.id}
    assert counts(store)["results"] == 2


def test_committing_ends_the_quarantine_copy(store, job):
    store.commit(job, make_result(job))
    with store.database.read() as session:
        assert session.scalars(select(Call.quarantine)).one() is None
    assert store.sweep().unlinked == 1
    with store.database.read() as session:
        assert set(store.vault.files.names()) == set(session.scalars(select(Result.blob)))


def test_each_version_is_to_be_indexed_once(store, job):
    store.commit(job, make_result(job))
    [deed] = store.deeds(INDEX)
    assert deed.payload == {"call": job.call_id, "version": 1}
    assert store.deeds(INDEX) == []  # leased
    store.done([deed])
    store.redo("rules")
    process(store)
    assert [deed.payload["version"] for deed in store.deeds(INDEX)] == [2]


def test_a_deed_that_failed_comes_again_after_a_pause(store, job, clock):
    store.commit(job, make_result(job))
    [deed] = store.deeds(INDEX)
    store.undone(deed, "the server was away")
    clock.move(seconds=4)
    assert store.deeds(INDEX) == []
    clock.move(seconds=1)
    assert [deed.attempt for deed in store.deeds(INDEX)] == [2]


def test_a_deed_whose_doer_died_comes_again(store, job, clock):
    store.commit(job, make_result(job))
    assert len(store.deeds(INDEX)) == 1
    clock.move(minutes=2)
    assert len(store.deeds(INDEX)) == 1


def test_a_new_version_stands_beside_the_old_one(store, job, clock):
    first, then = make_result(job, score=0.2), clock()
    store.commit(job, first)
    clock.move(days=1)
    store.redo("analyze")
    [again] = store.claim("w", limit=1, lease=60)
    second = make_result(again, score=0.9)
    store.commit(again, second)
    assert store.result(job.call_id) == second
    assert store.result(job.call_id, as_of=then) == first
    assert store.result(job.call_id, as_of=clock()) == second
    with store.database.read() as session:
        assert session.scalars(select(Ranked.score)).all() == [0.9]
        assert session.scalars(select(Result.version).order_by(Result.version)).all() == [1, 2]


def test_there_is_no_result_before_there_was_one(store, job, clock):
    then = clock()
    clock.move(seconds=1)
    assert store.result(job.call_id) is None
    store.commit(job, make_result(job))
    assert store.result(job.call_id, as_of=then) is None
    assert store.result("0" * 32) is None


def test_redo_takes_the_chosen_calls_only(store):
    for name, queue in (("a", "billing"), ("b", "sales"), ("c", "sales")):
        store.add(make_intake(store, name, queue=queue))
    ids = process(store)
    assert store.redo("rules", Chosen(queues=("sales",))) == 2
    assert store.redo("rules", Chosen(ids=(ids[0][:10],))) == 1
    assert store.redo("rules") == 0  # all are waiting already
    assert store.redo("asr") == 3
    with pytest.raises(RedoError, match="no call"):
        store.redo("rules", Chosen(ids=("zz",)))
    with pytest.raises(RedoError, match="asr"):
        store.redo("everything")


def test_a_call_without_a_result_is_not_redone(store, job):
    assert store.redo("rules") == 0


def test_rule_texts_are_kept_once(store):
    rule = KeptRule("ab" * 32, "consent.notice", "3", "Notice of recording", "id: consent.notice")
    assert store.keep_rules([rule]) == 1
    assert store.keep_rules([rule, replace(rule, sha256="cd" * 32, version="4")]) == 1


def test_a_measure_that_is_no_number_is_left_out(store, job):
    measures = (Measure("a", float("nan")), Measure("b", 2.0), Measure("c", float("inf")))
    store.commit(job, replace(make_result(job), measures=measures))
    assert store.result(job.call_id).measures == measures[1:2]
    assert counts(store)["measures"] == 1


def test_a_result_with_many_parts_keeps_their_order(store, job):
    parts = tuple(Part(f"p{i}", 1 / (i + 1), f"reason {i}") for i in range(50))
    store.commit(job, replace(make_result(job), interest=Interest(0.5, parts)))
    with store.database.read() as session:
        assert session.scalars(select(PartRow.name).order_by(PartRow.id)).all() == [part.name for part in parts]
