"""A result that is being written while another ranker comes into force, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy import select, text

from pipeline.quality.ranker import Ranker
from webapp.store import rankers, standing
from webapp.tables import Standing

SURE = Ranker((), 2.0, 1.0, 0.0, {})


def waits_or_is_done(database, future, seconds=30.0):
    """On PostgreSQL until somebody waits for a lock; on SQLite a second writer always does."""
    deadline = time.monotonic() + seconds
    while not future.done() and not database.sqlite:
        with database.read() as session:
            if session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return
        assert time.monotonic() < deadline
        Event().wait(0.01)


def test_a_result_that_read_the_old_ranker_is_ranked_by_the_new_one(house, store, monkeypatch):
    house.calls([0.1, 0.2])
    write, rivals = standing.replace_standings, []

    def with_a_rival(session, rows, *columns):
        if not rivals:
            rivals.append(pool.submit(rankers.bring_into_force, store.database, store.org, SURE, store.clock()))
            waits_or_is_done(store.database, rivals[0])
        write(session, rows, *columns)

    monkeypatch.setattr(standing, "replace_standings", with_a_rival)
    with ThreadPoolExecutor(1) as pool:
        house.calls([0.3], prefix="meanwhile")
        assert rivals[0].result(timeout=60) == 1
    with store.database.read() as session:
        assert session.execute(select(Standing.ranker, Standing.chance).distinct()).all() == [
            (1, SURE.chance({})),
        ]
