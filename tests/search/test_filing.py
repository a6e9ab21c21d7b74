"""From SQL into the index and out of it again: whatever happens to either, they end up saying the same."""

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update

from pipeline.failpoints import FailPoint, arm
from pipeline.search.errors import IndexUnavailable
from pipeline.search.query import parse
from pipeline.search.records import Grant, Reach, State
from tests.store.makers import make_intake, process
from webapp.desk.asking import reach_of
from webapp.desk.scope import Member, Scope
from webapp.search.building import AlreadyBuilding, build, latest
from webapp.search.comparing import compare
from webapp.search.draining import drain, waiting_marks
from webapp.search.step import Chore, run_index
from webapp.store.outbox import INDEX, post
from webapp.tables import Call, Org, Ranked, Result, SearchBuild, Team


def everything(store):
    with store.database.read() as session:
        return Reach(session.scalars(select(Org.public_id).where(Org.id == store.org)).one(), (Grant(),))


def found(store, index, query=""):
    return {hit.call_id for hit in index.search(parse(query), everything(store)).hits}


def take_in(store, name, **metadata):
    return store.add(make_intake(store, name, call_id=name, **metadata)).public_id


def erase(store, public_id):
    """As an erasure does it: the row goes, and the mark says that something happened."""
    with store.database.write() as session:
        session.execute(delete(Call).where(Call.public_id == public_id))
        post(session, store.org, INDEX, [(f"{public_id}:erased", {"call": public_id})], store.clock())


@pytest.fixture(autouse=True)
def disarmed():
    yield
    arm("")


@pytest.fixture
def calls(store):
    ids = {name: take_in(store, name, team="red" if name == "a" else "blue", agent_id="7") for name in "abc"}
    process(store, said="refund")
    return ids


def test_calls_are_found_after_a_pass_and_the_index_is_made_by_the_first_one(store, index, calls):
    assert waiting_marks(store) == 3
    assert run_index(store, index) == 3
    assert found(store, index, "refund3") == set(calls.values())
    assert waiting_marks(store) == 0
    assert not compare(store, index).any


def test_nothing_that_redaction_took_out_can_be_found(store, index, calls):
    run_index(store, index)
    assert found(store, index, "redacted:card_code") == set(calls.values())
    assert found(store, index, '"[CARD_CODE]"') == set(calls.values())
    assert found(store, index, "123") == set()


def test_newer_words_and_metadata_replace_the_older_ones(store, index, calls):
    run_index(store, index)
    take_in(store, "a", team="blue", queue="Retention")
    assert run_index(store, index) == 1  # before the rules have run again
    assert found(store, index, "queue:retention team:blue") == {calls["a"]}
    store.redo("analyze")
    process(store, said="goodbye")
    run_index(store, index)
    assert found(store, index, "refund3") == set()
    assert found(store, index, "goodbye3 queue:retention") == {calls["a"]}


def test_an_erased_call_leaves_the_index_with_its_words(store, index, calls):
    run_index(store, index)
    erase(store, calls["b"])
    run_index(store, index)
    assert found(store, index) == {calls["a"], calls["c"]}
    assert not compare(store, index).any


def test_a_call_erased_while_it_is_written_does_not_stay(store, index, calls, monkeypatch):
    run_index(store, index)
    store.redo("analyze")
    process(store)
    put = index.put

    def slow(entries):
        erase(store, calls["c"])
        put(entries)

    monkeypatch.setattr(index, "put", slow)
    drain(store, index)
    assert calls["c"] not in found(store, index)


class Away:
    """An index that does not answer."""

    name = "away"

    def state(self):
        return State(ready=False, answers=False, says="nobody there")

    def __getattr__(self, _name):
        raise IndexUnavailable("nobody there")

    def close(self): ...


def test_while_the_index_is_away_marks_wait_untried_and_are_carried_when_it_is_back(store, index, calls, caplog):
    chore = Chore(store, lambda: Away())
    chore()
    chore()
    assert caplog.text.count("search waits for its index") == 1
    assert waiting_marks(store) == 3
    chore._index[:] = [index]
    chore()
    assert found(store, index) == set(calls.values())
    assert "the search index is back" in caplog.text


NAMES = {"overlong": b"index-" + b"x" * 5000 + b".sqlite", "bytes": b"\xff\x00\xfe", "elsewhere": b"../index-00.sqlite"}


@pytest.mark.parametrize("how", ["folder", "pointer", "rubbish", "schema", "overlong", "bytes", "elsewhere"])
def test_an_index_that_is_gone_or_damaged_is_made_again(store, index, calls, how):
    run_index(store, index)
    [file] = index.folder.glob("index-*.sqlite")
    index.close()
    if how == "folder":
        shutil.rmtree(index.folder)
    elif how == "pointer":
        (index.folder / "current").unlink()
    elif how in NAMES:
        (index.folder / "current").write_bytes(NAMES[how])
        assert not index.state().ready
    elif how == "rubbish":
        for extra in index.folder.glob("*-wal"):
            extra.unlink()
        file.write_bytes(b"x" * 50_000)
    else:
        with index._asking() as connection:
            connection.execute("PRAGMA user_version = 99")
        index.close()
    run_index(store, index)
    assert found(store, index, "refund3") == set(calls.values())


def test_what_changes_while_the_index_is_made_is_in_the_new_one(store, index, calls, monkeypatch):
    run_index(store, index)
    new_calls = {}

    def meanwhile(done, of, note):
        if not new_calls:
            new_calls["d"] = take_in(store, "d")
            process(store, said="late")
            erase(store, calls["a"])
            drain(store, index)  # into the old one, as another process would

    build(store, index, tell=meanwhile)
    assert found(store, index, "late3") == {new_calls["d"]}
    assert found(store, index) == {calls["b"], calls["c"], new_calls["d"]}
    assert not compare(store, index).any


@pytest.mark.parametrize("where", ["search.batch", "search.caught_up", "search.taken_over"])
def test_a_making_that_breaks_leaves_a_whole_index_and_can_be_begun_again(store, index, calls, where):
    run_index(store, index)
    arm(f"{where}=raise")
    with pytest.raises(FailPoint):
        build(store, index)
    arm("")
    assert found(store, index) == set(calls.values())
    assert latest(store).error
    build(store, index)
    assert len(list(index.folder.glob("index-*.sqlite"))) == 1
    assert latest(store).error is None


def test_only_one_makes_the_index_and_one_that_died_is_taken_over(store, index, calls, clock):
    row = {"running": 1, "target": "sqlite", "started_at": clock(), "leased_until": clock(), "done": 0, "total": 0}
    clock.move(seconds=-1)
    with store.database.write() as session:
        session.add(SearchBuild(**row))
    with pytest.raises(AlreadyBuilding):
        build(store, index)
    clock.move(minutes=5)
    assert build(store, index).calls == 3
    with store.database.read() as session:
        assert [one.running for one in session.scalars(select(SearchBuild))] == [None, None]


@pytest.mark.parametrize("where", ["search.taken", "search.put", "search.carried"])
def test_a_kill_while_marks_are_carried_loses_none(store, index, calls, clock, where):
    build(store, index)
    store.redo("analyze")
    process(store, said="again")
    arm(f"{where}=raise")
    with pytest.raises(FailPoint):
        drain(store, index)
    arm("")
    clock.move(minutes=3)
    assert drain(store, index) > 0
    assert found(store, index, "again3") == set(calls.values())


def test_a_call_whose_file_is_damaged_keeps_no_other_out(store, index, calls):
    with store.database.write() as session:
        blob = store.vault.seal([b"not a result"], make_intake(store, "x").sealed_key, "result:x").name
        call = session.scalars(select(Call.id).where(Call.public_id == calls["b"])).one()
        session.execute(update(Result).where(Result.call_id == call).values(blob=blob))
    built = build(store, index)
    assert (built.calls, built.damaged) == (2, 1)
    assert found(store, index) == {calls["a"], calls["c"]}


@pytest.mark.parametrize(("member", "expected"), [
    (Member(None, "admin", None), "abc"), (Member("red", "lead", None), "a"), (Member("blue", "agent", "7"), "bc"),
    (Member("blue", "agent", "8"), ""), (Member("blue", "agent", None), ""),
])  # fmt: skip
def test_the_index_reaches_exactly_what_sql_shows(store, index, calls, member, expected):
    run_index(store, index)
    with store.database.read() as session:
        teams = dict(session.execute(select(Team.name, Team.id)).all())
        scope = Scope(store.org, 1, (replace(member, team=member.team and teams[member.team]),))
        in_sql = set(session.scalars(select(Ranked.public_id).where(scope.calls("calls:read"))))
        reach = reach_of(session, scope)
    hits = {hit.call_id for hit in index.search(parse(""), reach).hits}
    assert hits == in_sql == {calls[name] for name in expected}


def test_the_index_holds_what_the_pipeline_made(store, index, calls):
    run_index(store, index)
    result, read = store.result(calls["a"]), index.read(calls["a"], everything(store))
    assert [turn.words for turn in read.turns] == [tuple(w.text for w in turn.words) for turn in result.call.turns]
    assert [turn.role for turn in read.turns] == ["agent", "unknown"]
    assert read.labels["fail"] == ("consent.notice",)
    assert read.measures["silence_share"] == 0.25
