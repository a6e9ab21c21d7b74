"""`callsift work`: a worker that also ticks."""

from threading import Event

import pytest

from webapp import nightly
from webapp.cli.commands import work as command
from webapp.extras import require_hearing
from webapp.installing import install
from webapp.nightly import JOB
from webapp.scheduler import runs
from webapp.settings import load
from webapp.store import open_store


@pytest.fixture
def store(tmp_path, monkeypatch):
    require_hearing()
    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path / "data"))
    install(load(), admin=None)
    store = open_store(load())
    yield store
    store.close()


def test_a_worker_takes_in_what_is_scheduled_and_once_is_only_once(store, monkeypatch):
    """The worker is stopped by the run itself; real ticker, real rows, nothing in the watched folders."""
    stop, real = Event(), nightly.take_in

    def take_in(settings, store):
        run = real(settings, store)
        return lambda: (run(), stop.set())[0]

    monkeypatch.setattr(nightly, "take_in", take_in)
    monkeypatch.setattr(command, "_until_stopped", lambda: stop)
    command.work(once=True)
    assert runs(store.database, store.org, JOB) == []
    command.work()
    [run] = runs(store.database, store.org, JOB)
    assert (run.summary, run.error) == ("0 taken in, 0 refused", None)
    assert run.finished_at is not None
