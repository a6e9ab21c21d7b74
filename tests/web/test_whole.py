"""The application as `callsift serve` makes it: nothing in it replaced, a real recording handed in."""

import re
import socket
import threading
import urllib.request

import pytest

from pipeline.ingest import ingest_watched
from tests.web import calls
from tests.web.conftest import post, sign_in
from tests.web.sound import wav_of
from tests.web.test_screens import upload
from webapp.web.app import create_app, serve
from webapp.web.sign_in import SERVICES


@pytest.fixture
def whole(settings, store):
    app = create_app(settings, store=store)
    app.testing = True
    yield app
    app.extensions[SERVICES].intake.close()


@pytest.fixture
def lead(whole):
    client = whole.test_client()
    sign_in(client, "lead")
    return client


def labels(answer):
    return [(one["label"], one["says"]) for one in answer.json["results"]]


def test_recordings_are_taken_in_known_again_or_refused_with_a_reason(lead, store):
    sound, json = wav_of(calls.THANKS.result()), {"Accept": "application/json"}
    before = store.waiting()
    sidecar = b'{"call_id": "up-1", "queue": "Moves", "team": "south"}'
    [(label, _)] = labels(upload(lead, ("new.wav", sound), ("new.json", sidecar), **json))
    assert label == "taken in"
    assert store.waiting() == before + 1
    [(label, _)] = labels(upload(lead, ("other name.wav", sound), ("other name.json", sidecar), **json))
    assert label == "already here"
    [(label, why)] = labels(upload(lead, ("notes.wav", b"minutes of the meeting\n" * 50), **json))
    assert label == "refused"
    assert len(why) > 20
    assert "up-1" in lead.get("/work").text  # of the team it was handed in for, whatever the sidecar said


def test_a_refused_upload_belongs_to_its_team_and_is_tried_again_from_its_sealed_copy(whole, lead, store, settings):
    """Too long for the limit of today: once the limit is raised, nobody needs to hand it in a second time."""
    sound = wav_of(calls.THANKS.result())
    strict = settings.model_copy(update={"max_hours": 0.001})
    whole.extensions[SERVICES].intake._settings = strict
    [(label, _)] = labels(upload(lead, ("long.wav", sound), Accept="application/json"))
    assert label == "refused"
    [address] = re.findall(r'action="(/trouble/\w+/retry)"', lead.get("/trouble").text)  # a lead sees only their team
    assert post(lead, address).location == "/trouble"
    before = store.waiting()
    again = ingest_watched(strict, store)
    assert [outcome.what for outcome in again.outcomes] == ["refused"]
    post(lead, address)
    again = ingest_watched(settings, store)
    assert [(outcome.source, outcome.what) for outcome in again.outcomes] == [("long.wav", "new")]
    assert store.waiting() == before + 1
    assert "long.wav" not in lead.get("/trouble").text


def test_serving_answers_and_starts_what_hangs_on_it(settings, whole):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    seen = []

    def once():
        def ask():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=60) as answer:
                seen.append((answer.status, answer.headers.get("Server")))
            stop.set()

        threading.Thread(target=ask).start()

    stop = threading.Event()
    there = settings.model_copy(update={"port": port})
    thread = threading.Thread(target=serve, args=(whole, there), kwargs={"on_start": once}, daemon=True)
    thread.start()
    assert stop.wait(60)
    assert seen == [(200, None)]
