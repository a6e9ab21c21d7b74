"""A web application over a real store of people and calls; recordings handed in are only remembered here."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from tests.databases import upgraded_sqlite
from tests.web import seed
from webapp import passwords
from webapp.house import accounts_of, desks_of
from webapp.store import open_store
from webapp.tables import Ranked
from webapp.web.app import create_app
from webapp.web.ports import Taken
from webapp.web.services import Services

__all__ = ["upgraded_sqlite"]

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Handed:
    """What was uploaded."""

    name: str
    audio: bytes
    team: str
    sidecar: tuple[str, bytes] | None


class Remembering:
    """An intake that takes what is not called ``bad``."""

    def __init__(self):
        self.handed = []

    def take(self, name, audio, *, team, sidecar=None):
        beside = (sidecar[0], sidecar[1].read()) if sidecar else None
        self.handed.append(Handed(name, audio.read(), team, beside))
        if "bad" in name:
            return Taken("refused", "This is not a recording: it begins like a text file.")
        return Taken("new", "It waits to be heard.", "call-id")

    def close(self):
        pass


@pytest.fixture(autouse=True, scope="session")
def quick_passwords():
    """Argon2 with its cheapest settings: the tests sign in hundreds of times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        passwords._nobody.cache_clear()
        yield
    passwords._nobody.cache_clear()


@pytest.fixture(scope="session")
def seeded(quick_passwords, upgraded_sqlite, tmp_path_factory):
    """A data folder with people and calls; not to be changed."""
    folder = tmp_path_factory.mktemp("seeded")
    seed.build(folder, upgraded_sqlite)
    return folder


@pytest.fixture
def settings(seeded, tmp_path):
    seed.copy(seeded, tmp_path)
    return seed.settings_of(tmp_path, max_upload_mb=3)


@pytest.fixture
def store(settings):
    store = open_store(settings)
    yield store
    store.close()


@pytest.fixture
def accounts(settings, store):
    return accounts_of(settings, store.database)


@pytest.fixture
def intake():
    return Remembering()


@pytest.fixture
def app(settings, store, accounts, intake):
    app = create_app(settings, services=Services(accounts, desks_of(settings, store), intake))
    app.testing = True
    return app


@pytest.fixture
def ids(store):
    """Public ids of the calls by their names."""
    with store.database.read() as session:
        return dict(session.execute(select(Ranked.name, Ranked.public_id)).all())


@pytest.fixture
def client(app):
    """A browser in which nobody is signed in."""
    return app.test_client()


@pytest.fixture
def browser(app):
    """A maker of browsers: ``browser("lead")`` is one in which the lead is signed in."""

    def make(login):
        client = app.test_client()
        assert sign_in(client, login).status_code == 303
        return client

    return make


def token_of(client, path="/password"):
    """The form token of a page."""
    found = TOKEN.search(client.get(path).text)
    assert found, f"no form on {path}"
    return found[1]


def sign_in(client, login, password=seed.PASSWORD, **form):
    data = {"login": login, "password": password, "csrf_token": token_of(client, "/sign-in"), **form}
    return client.post("/sign-in", data=data)


def post(client, path, page="/password", **form):
    """Post a form as its page would."""
    return client.post(path, data={"csrf_token": token_of(client, page), **form})
