"""A real Chromium in front of the real server: waitress, the store with its seeded calls, sealed sound.

Each page is watched: an error on the console (a refused script or style is one), an error of a script, or a request to
any other host fails the test that caused it. Pictures of the pages are kept where CALLSIFT_SCREENSHOTS names a folder.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import select
from waitress import create_server

from tests.databases import upgraded_sqlite
from tests.web import seed
from tests.web.conftest import Remembering, quick_passwords, seeded
from webapp.house import accounts_of, desks_of
from webapp.search.opening import index_of
from webapp.search.step import run_index
from webapp.store import open_store
from webapp.tables import Ranked
from webapp.web.app import create_app
from webapp.web.services import Services

__all__ = ["quick_passwords", "seeded", "upgraded_sqlite"]

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
PATIENCE = 60_000  # milliseconds: the machine may be busy; every wait ends as soon as its condition holds


class Server:
    """callsift at an address of this machine."""

    def __init__(self, folder: Path, **settings_of_its_own: object) -> None:
        settings = seed.settings_of(folder, **settings_of_its_own)
        self.store = open_store(settings)
        accounts = accounts_of(settings, self.store.database)
        services = Services(accounts, desks_of(settings, self.store), Remembering())
        self.accounts = accounts
        self._server = create_server(create_app(settings, services=services), host="127.0.0.1", port=0, threads=6)
        self.url = f"http://127.0.0.1:{self._server.effective_port}"
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._thread.join(timeout=10)
        self.store.close()

    def call(self, name: str) -> str:
        """The address of a call's page."""
        with self.store.database.read() as session:
            return f"{self.url}/calls/{session.scalars(select(Ranked.public_id).where(Ranked.name == name)).one()}"


@pytest.fixture(scope="session")
def server(seeded, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    seed.copy(seeded, folder)
    build_index(folder)
    with Server(folder) as server:
        yield server


def build_index(folder: Path) -> None:
    """The search index of a house, as its schedule makes it."""
    settings = seed.settings_of(folder)
    store, index = open_store(settings), index_of(settings)
    run_index(store, index)
    index.close()
    store.close()


@pytest.fixture(scope="session")
def empty_server(quick_passwords, upgraded_sqlite, tmp_path_factory):
    """A house with people, and nothing else yet."""
    folder = tmp_path_factory.mktemp("empty")
    seed.build_empty(folder, upgraded_sqlite)
    with Server(folder) as server:
        yield server


_RUNNING = []  # the browser of this process: Playwright runs once in each, and other folders of tests import the fixture


@pytest.fixture(scope="session")
def chromium():
    assert Path(CHROMIUM).exists(), "Chromium is missing: install Debian's package `chromium`, or run `make test`."
    if _RUNNING:
        yield _RUNNING[0]
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        _RUNNING.append(browser)
        yield browser
        _RUNNING.clear()
        browser.close()


@pytest.fixture(scope="session")
def signed_in(chromium):
    """Cookies of each person who was asked for, by the address of the house, so that one signs in once."""
    states = {}

    def state(login, home):
        if (login, home) not in states:
            with chromium.new_context() as context:
                page = context.new_page()
                page.goto(f"{home}/password")
                enter(page, login)
                page.wait_for_url("**/password", timeout=PATIENCE)
                states[login, home] = context.storage_state()
        return states[login, home]

    return state


@pytest.fixture
def open_page(chromium, server, signed_in):
    """A maker of watched pages: ``open_page("/queue", "lead", WIDE)``; login None is nobody.

    ``expected`` are pieces of console messages that the test is about; ``home`` is another house than the usual one.
    """
    contexts, wrong = [], []

    def make(path="/queue", login="lead", viewport=WIDE, expected=(), home=None, **options):
        home = (home or server).url
        state = signed_in(login, home) if login else None
        context = chromium.new_context(viewport=viewport, storage_state=state, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        _watch(page, home, wrong, expected)
        page.goto(path if path.startswith("http") else home + path)
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


def _watch(page, home, wrong, expected):
    def note(message):
        if message.type in ("error", "warning") and not any(text in message.text for text in expected):
            wrong.append(message.text)

    def fail(error):
        if not any(text in str(error) for text in expected):
            wrong.append(str(error))

    page.on("console", note)
    page.on("pageerror", fail)
    page.on("request", lambda request: None if _ours(request.url, home) else wrong.append(f"asked {request.url}"))


def _ours(url, home):
    return url.startswith((home + "/", "data:", "blob:"))


def enter(page, login, password=seed.PASSWORD):
    """Fill in the sign-in form and send it."""
    page.fill("#login", login)
    page.fill("#password", password)
    page.press("#password", "Enter")


def until(page, condition, arg=None):
    """Wait until a condition in JavaScript holds, looked at with every frame; the page's policy forbids the usual way.

    ``condition`` is an expression that may use ``arg``.
    """
    look = f"""(arg) => new Promise((done, fail) => {{
        const end = performance.now() + {PATIENCE};
        const look = () => ({condition}) ? done() : performance.now() > end ? fail(new Error("never so")) : requestAnimationFrame(look);
        look();
    }})"""
    page.evaluate(look, arg)


def keep_picture(page, name):
    """A picture of the page, where someone wants to look at it."""
    if folder := os.environ.get("CALLSIFT_SCREENSHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))
