"""Each test of comments and corrections runs on SQLite and on PostgreSQL, over a real store with two teams."""

from dataclasses import replace

import pytest
from argon2 import PasswordHasher

from tests.databases import database, database_url, empty_url, postgres_url, upgraded_postgres, upgraded_sqlite
from tests.store.makers import Clock, make_intake, make_store, process
from webapp import passwords
from webapp.accounts import COMMAND_LINE, Accounts
from webapp.desk import SqlDesks
from webapp.desk.notes import SqlNoteDesk
from webapp.sessions import EVERYWHERE
from webapp.settings import Settings

__all__ = ["database", "database_url", "empty_url", "postgres_url", "upgraded_postgres", "upgraded_sqlite"]
PASSWORD = "correct horse battery"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(database, tmp_path, clock):
    return make_store(database, tmp_path, clock=clock)


@pytest.fixture
def ids(store):
    """Public ids of a call of each team; the words of each are hello0 to hello11, one begins every half second."""
    found = {
        team: store.add(make_intake(store, team, call_id=team, team=team, agent_id="7")).public_id
        for team in ("red", "blue")
    }
    process(store)
    return found


@pytest.fixture
def notes(store, ids, clock, tmp_path, monkeypatch):
    """A maker: the desk of notes of a new person with a role in a team (None: all)."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    accounts = Accounts(store.database, store.org, clock=clock)
    settings = Settings(data=tmp_path, secret_key="s" * 64, kek="07" * 32)

    def make(role="reviewer", team="red", login=None, agent_id=None):
        login = login or f"{role}-{team or 'all'}"
        where = accounts.team_id(team) if team else EVERYWHERE
        if login not in {user.login for user in accounts.users(COMMAND_LINE)}:
            accounts.add(COMMAND_LINE, login, login, {where: role}, password=PASSWORD, agent_id=agent_id)
        user = replace(accounts.find(login), zone="UTC")
        return SqlNoteDesk(SqlDesks(store).desk(user), settings)

    return make
