"""The page Measured: asked by who may, by another team, by nobody; examples lead to the second of a call one may see."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from pipeline.measuring.keeping import Kept
from webapp.desk.measured import FOLDER
from webapp.tables import Call, Ranked

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def put(settings, *examples, error="", name="entities"):
    folder = settings.path(FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    row = {"name": name, "data": "own data", "n": 3, "figure": "recall", "value": 0.9371, "interval": [0.9, 0.97],
           "goal": "at least 0.95", "reached": False}  # fmt: skip
    kept = {
        "name": name,
        "data": "own data",
        "at": AT.isoformat(),
        "seconds": 1.0,
        "n": 3,
        "error": error,
        "settings": {},
        "made_of": "",
    }
    kept |= {"rows": [] if error else [row], "examples": list(examples)}
    assert set(kept) == set(Kept.__dataclass_fields__)
    (folder / f"{name}-1.json").write_text(json.dumps(kept))


def fingerprint(store, name):
    with store.database.read() as session:
        return session.scalars(
            select(Call.sha256).join(Ranked, Ranked.call_id == Call.id).where(Ranked.name == name)
        ).one()


def test_the_page_says_what_was_measured_on_what_and_whether_it_reaches_its_goal(browser, settings):
    put(settings, {"id": "date-7", "text": "it was delivered on [CARD_CODE]"})
    page = browser("lead").get("/measured").text
    for said in (
        "0.9371",
        "0.9 to 0.97",
        "at least 0.95",
        "own data",
        "0 of 1",
        "date-7",
        "it was delivered on [CARD_CODE]",
    ):
        assert said in page


def test_an_example_of_a_stored_call_leads_to_its_second(browser, settings, store, ids):
    put(settings, {"item": "sample", "sha256": fingerprint(store, "C-1042"), "at": 12.5, "wrong": "role"})
    page = browser("lead").get("/measured").text
    assert f'href="/calls/{ids["C-1042"]}?t=12.5"' in page
    assert browser("lead").get(f"/calls/{ids['C-1042']}?t=12.5").status_code == 200


def test_for_another_team_an_example_of_that_call_does_not_exist(browser, settings, store, ids):
    put(settings, {"item": "sample", "sha256": fingerprint(store, "C-1042"), "at": 12.5, "text": "what she said"})
    page = browser("other").get("/measured").text
    assert ids["C-1042"] not in page
    assert "what she said" not in page
    assert "1 more is of a call that you may not see" in page


def test_an_example_without_a_recording_leads_to_the_call_of_its_name(browser, settings, ids):
    put(settings, {"id": "C-1042", "call": "C-1042", "at": 3.0, "text": "s1: who speaks here"})
    assert f'href="/calls/{ids["C-1042"]}?t=3"' in browser("lead").get("/measured").text
    page = browser("other").get("/measured").text
    assert ids["C-1042"] not in page
    assert "who speaks here" not in page
    assert "1 more is of a call that you may not see" in page


def test_an_example_of_a_recording_that_is_not_held_here_says_so(browser, settings):
    put(settings, {"call": "mm-2301", "sha256": "f" * 64, "at": 5.0}, {"id": "date-7", "text": "a made up text"})
    page = browser("lead").get("/measured").text
    assert page.count("callsift does not hold this call here") == 1
    assert "at 0:05" in page
    assert "t=5" not in page


@pytest.mark.parametrize(
    ("login", "status"), [("admin", 200), ("compliance", 200), ("reviewer", 404), ("agent", 404), ("nobody", 404)]
)
def test_it_is_for_who_may_see_figures(browser, login, status):
    assert browser(login).get("/measured").status_code == status


def test_nobody_sees_it_without_signing_in(client):
    assert client.get("/measured").status_code == 401


def test_texts_of_examples_are_shown_as_text(browser, settings):
    put(settings, {"id": "<b>x</b>", "text": "<script>alert(1)</script>"})
    page = browser("lead").get("/measured").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<b>x</b>" not in page


def test_what_could_not_be_measured_says_why_and_without_any_report_it_says_what_to_do(browser, settings):
    lead = browser("lead")
    assert "callsift eval all --keep" in lead.get("/measured").text
    put(settings, error="eval asr needs a recogniser")
    assert "eval asr needs a recogniser" in lead.get("/measured").text
