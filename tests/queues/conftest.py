"""Queues of real stores: each test of claims and draws runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.records import Finding, Interest, Part
from tests.databases import database, database_url, empty_url, postgres_url, upgraded_postgres, upgraded_sqlite
from tests.store.makers import Clock, make_intake, make_result, make_store
from webapp.accounts import COMMAND_LINE, Accounts
from webapp.desk import SqlDesks
from webapp.desk.queues import SqlQueueDesk

__all__ = ["database", "database_url", "empty_url", "postgres_url", "upgraded_postgres", "upgraded_sqlite"]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(database, tmp_path, clock):
    return make_store(database, tmp_path, clock=clock)


class House:
    """A store with people and calls. ``desk("ann")`` is the queue desk of Ann."""

    def __init__(self, store) -> None:
        from datetime import timedelta

        self.store = store
        self.accounts = Accounts(store.database, store.org, timedelta(hours=1), timedelta(hours=8), "UTC")
        self.ids: dict[str, str] = {}

    def person(self, login, role="reviewer", team="north"):
        where = self.accounts.team_id(team) if team != "*" else "*"
        self.accounts.add(COMMAND_LINE, login, login.title(), {where: role}, password="seven wet goats", must_change=False,
                          agent_id="ag-1" if role == "agent" else None)  # fmt: skip

    def desk(self, login, **options) -> SqlQueueDesk:
        return SqlQueueDesk(SqlDesks(self.store).desk(self.accounts.find(login)), **options)

    def calls(self, scores, *, team="north", agent="ag-1", pack="", prefix="call"):
        """One call for each score, named ``call 0``, ``call 1``, ...; with a breach or sign of ``pack``."""
        wanted = {}
        for n, score in enumerate(scores):
            name = f"{prefix} {n}"
            intake = make_intake(self.store, name, sealed=False, call_id=name, team=team, agent_id=agent)
            self.ids[name] = self.store.add(intake).public_id
            wanted[self.ids[name]] = score
        while jobs := self.store.claim("test", limit=50, lease=60):
            finished = [(job, result_of(job, wanted[job.call_id], pack)) for job in jobs]
            assert len(self.store.commit_all(finished)) == len(jobs)

    def name(self, given):
        """The name of a given call, or None."""
        return None if given is None else next(name for name, id in self.ids.items() if id == given.call_id)

    def key(self, name) -> int:
        from sqlalchemy import select

        from webapp.tables import Standing

        with self.store.database.read() as session:
            return session.scalars(select(Standing.call_id).where(Standing.public_id == self.ids[name])).one()

    def review(self, name, flagged=True):
        from webapp.store.standing import mark_reviewed

        key = self.key(name)
        with self.store.database.write() as session:
            mark_reviewed(session, key, flagged, self.store.clock())


def result_of(job, score, pack):
    """A result of a given interest, with one finding at 30 s; of ``pack`` where one is named."""
    result = make_result(job, score=score)
    kind = {"": "dead_air", "fraud": "case:fraud"}.get(pack, "rule:x1")
    finding = Finding(kind, 0.8, 30.0, 34.0, "something at 30 s", (), {"pack": pack})
    return replace(
        result, findings=(finding,), interest=Interest(score, (Part(kind, score, "something at 30 s", 30.0),))
    )


@pytest.fixture
def house(store):
    house = House(store)
    house.person("ann")
    house.person("bob")
    house.person("lea", "lead")
    house.person("sue", "reviewer", "south")
    return house
