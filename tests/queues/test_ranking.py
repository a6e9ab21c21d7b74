"""From submitted reviews to a ranker in force: every call ranked by it, and back to the weights."""

import json
import random
from dataclasses import replace

import pytest
from sqlalchemy import select, text, update
from typer.testing import CliRunner

from dashboards.queues import QueueKey
from pipeline.quality.ranker import LEAST, BadRanker
from pipeline.records import Finding, Interest, Part
from tests.databases import upgraded_sqlite
from tests.queues.conftest import House
from tests.store.makers import Clock, make_intake, make_result, make_store
from webapp.database import open_database
from webapp.store import rankers, standing
from webapp.tables import Ranked, Standing

__all__ = ["upgraded_sqlite"]
CALLS = 160


@pytest.fixture
def told(tmp_path, upgraded_sqlite):
    """A house in which what the weights rank low is what reviewers flag; each call's name says which it is."""
    import shutil

    shutil.copy(upgraded_sqlite, tmp_path / "callsift.sqlite")
    database = open_database(f"sqlite:///{tmp_path / 'callsift.sqlite'}")
    house = House(make_store(database, tmp_path, clock=Clock()))
    house.person("ann")
    heard(house, CALLS)
    yield house
    database.close()


def heard(house, count, prefix="call"):
    rng = random.Random(prefix)
    for n in range(count):
        name = f"{prefix} {n}{' bad' if n % 4 == 0 else ''}"
        house.ids[name] = house.store.add(
            make_intake(house.store, name, sealed=False, call_id=name, team="north")
        ).public_id
    names = {id: name for name, id in house.ids.items()}
    while jobs := house.store.claim("t", limit=100, lease=60):
        house.store.commit_all([(job, result_of(job, names[job.call_id].endswith("bad"), rng)) for job in jobs])


def result_of(job, bad, rng):
    kind, score = ("rule:quiet", 0.2) if bad else ("dead_air", 0.6)
    interest = Interest(score + rng.random() / 20, (Part(kind, score, "why", 30.0),))
    return replace(make_result(job), findings=(Finding(kind, 0.8, 30.0, 34.0, "why"),), interest=interest)


def review_all(house, count=CALLS):
    for name in list(house.ids)[:count]:
        house.review(name, flagged=name.endswith("bad"))


def test_until_a_hundred_reviews_the_weights_rank(told):
    review_all(told, LEAST - 1)
    with pytest.raises(BadRanker, match=f"{LEAST - 1} of {LEAST}"):
        rankers.train_on_reviews(told.store.database, told.store.org)
    ranking = told.desk("ann").ranking()
    assert (ranking.version, ranking.reviews) == (0, LEAST - 1)
    [place, *_] = told.desk("ann").page(QueueKey()).places
    assert (place.chance, place.row.name.endswith("bad")) == (None, False)


def test_a_trained_ranker_turns_the_queue_round_also_for_calls_that_come_later(told):
    store = told.store
    review_all(told)
    version = rankers.bring_into_force(
        store.database, store.org, rankers.train_on_reviews(store.database, store.org), store.clock()
    )
    heard(told, 12, "later")
    ann = told.desk("ann")
    ranked = [place for place in ann.page(QueueKey()).places if not place.at_random]
    shown = [(place.row.name.endswith("bad"), place.chance) for place in ranked]
    bads = sum(bad for bad, _ in shown)
    assert [bad for bad, _ in shown] == [True] * bads + [False] * (len(shown) - bads)
    assert bads > 0
    assert shown[0][1] > 0.7 > 0.3 > shown[-1][1]
    assert ann.ranking().version == version == 1
    rankers.bring_into_force(store.database, store.org, None, store.clock())
    ranked = [place for place in ann.page(QueueKey()).places if not place.at_random]
    assert [place.row.name.endswith("bad") for place in ranked][:3] == [False] * 3
    assert ann.ranking().version == 0


def test_training_twice_gives_a_new_version_and_keeps_the_old(told):
    store = told.store
    review_all(told)
    ranker = rankers.train_on_reviews(store.database, store.org)
    for version in (1, 2):
        assert rankers.bring_into_force(store.database, store.org, ranker, store.clock()) == version
    assert [(one.version, one.in_force) for one in rankers.listed(store.database, store.org)] == [(2, True), (1, False)]
    with store.database.read() as session:
        assert set(session.scalars(select(Standing.ranker))) == {2}


def test_a_result_that_came_while_all_were_ranked_is_ranked_by_the_new_one_too(told, monkeypatch):
    store = told.store
    review_all(told)
    ranker = rankers.train_on_reviews(store.database, store.org)
    rankers.bring_into_force(
        store.database,
        store.org,
        ranker,
        store.clock(),
        lambda _n: heard(told, 4, "meanwhile") if "meanwhile 0 bad" not in told.ids else None,
    )
    with store.database.read() as session:
        assert set(session.scalars(select(Standing.ranker))) == {1}


@pytest.mark.parametrize("column", ["team_id", "result_id"])
def test_ranking_anew_takes_nothing_back_that_was_written_meanwhile(told, monkeypatch, column):
    """A call that moves to another team, or has a newer result, while its batch is ranked: the queue keeps that."""
    store, parts = told.store, standing._parts

    def parts_while_others_write(session, results):
        session.execute(update(Standing).values({column: getattr(Standing, column) + 1000}))
        return parts(session, results)

    monkeypatch.setattr(standing, "_parts", parts_while_others_write)
    with store.database.engine.connect() as connection:
        before = set(connection.execute(select(getattr(Standing, column))).scalars())
    with store.database.write() as session:
        session.execute(text("PRAGMA defer_foreign_keys = ON"))
        standing.rank_all(session, store.org, 1, None)
        after = set(session.scalars(select(getattr(Standing, column))))
        assert after == {value + 1000 for value in before}
        session.rollback()


def test_who_spoke_makes_no_difference(told):
    """The same reviews with all agents, teams and queues exchanged give the same model, to the last digit."""
    store = told.store
    review_all(told)
    before = rankers.train_on_reviews(store.database, store.org)
    with store.database.write() as session:
        rng = random.Random(1)
        for key in session.scalars(select(Ranked.call_id)).all():
            session.execute(
                update(Ranked).where(Ranked.call_id == key).values(agent=f"ag-{rng.random()}", queue=str(rng.random()))
            )
    assert rankers.train_on_reviews(store.database, store.org) == before


def test_refreshing_gives_what_the_results_gave(told):
    store = told.store
    with store.database.read() as session:
        before = {
            row.call_id: (row.chance, row.clips, row.breach, row.gain) for row in session.scalars(select(Standing))
        }
    with store.database.write() as session:
        session.execute(update(Standing).values(chance=0.0, clips=[], breach=0.0, gain=0.0))
    after = 0
    while after is not None:
        with store.database.write() as session:
            after = standing.rank_all(session, store.org, 0, None, after=after)
    with store.database.read() as session:
        assert {
            row.call_id: (row.chance, row.clips, row.breach, row.gain) for row in session.scalars(select(Standing))
        } == before


def test_the_command_trains_shows_and_resets(told, tmp_path, monkeypatch):
    from contextlib import contextmanager

    from webapp.cli import make_app
    from webapp.cli.commands import rank

    @contextmanager
    def opened():
        yield told.store

    monkeypatch.setattr(rank, "opened", opened)
    review_all(told)
    run, app = CliRunner(), make_app()
    assert "weights of scoring" in run.invoke(app, ["rank", "show"]).stdout
    tried = run.invoke(app, ["rank", "train", "--dry-run", "--out", str(tmp_path / "model.json")])
    assert "Nothing was changed" in tried.stdout
    assert json.loads((tmp_path / "model.json").read_text())["kind"] == "logistic"
    trained = json.loads(run.invoke(app, ["rank", "train", "--json"]).stdout)
    assert (trained["version"], trained["reviews"]) == (1, CALLS)
    listed = json.loads(run.invoke(app, ["rank", "show", "--json"]).stdout)
    assert (listed["reviews"], listed["rankers"][0]["in_force"]) == (CALLS, "yes")
    run.invoke(app, ["rank", "reset"])
    assert "weights of scoring" in run.invoke(app, ["rank", "show"]).stdout
