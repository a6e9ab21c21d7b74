"""`callsift serve`: the pages and the schedule, from one process."""

import socket
import subprocess
import sys
from threading import Event

import pytest
import waitress

from webapp import nightly
from webapp.cli.commands.serve import serve
from webapp.installing import install
from webapp.settings import load


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CALLSIFT_DATA", str(tmp_path / "data"))
    install(load(), admin=None)


def test_serving_runs_what_is_scheduled(home, monkeypatch, capsys):
    """The server stands until the schedule has run once; real ticker, real rows."""
    ran = Event()

    class Server:
        def run(self):
            assert ran.wait(30)

    monkeypatch.setattr(nightly, "intake_and_work", lambda *_: lambda: ran.set() or "done")
    monkeypatch.setattr(waitress, "create_server", lambda *_, **__: Server())
    serve(port=8061)
    assert "callsift is at http://127.0.0.1:8061" in capsys.readouterr().out


def test_a_taken_port_is_said_in_one_sentence(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-c", "from webapp.cli import main; main()", "serve", "--port", port]
        refused = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert refused.returncode == 1
    [said] = refused.stderr.splitlines()
    assert f"127.0.0.1:{port}: Address already in use" in said
