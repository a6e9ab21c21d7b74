"""The transcript of a call as a file: asked by someone who may, by someone of another team, by nobody; and its trace."""

import json

import pytest
from sqlalchemy import select

from pipeline.transcripts import read
from tests.web.conftest import (
    accounts,
    app,
    browser,
    client,
    ids,
    intake,
    quick_passwords,
    seeded,
    settings,
    store,
    upgraded_sqlite,
)
from webapp.desk.exports import exported
from webapp.tables import Audit

__all__ = [
    "accounts", "app", "browser", "client", "ids", "intake", "quick_passwords", "seeded", "settings", "store", "upgraded_sqlite",
]  # fmt: skip

FORMATS = {"webvtt": "text/vtt", "srt": "application/x-subrip", "rttm": "text/plain", "ctm": "text/plain",
           "callsift": "application/json", "vcon": "application/vcon+json"}  # fmt: skip


def exports(store):
    with store.database.read() as session:
        return session.scalars(select(Audit.detail).where(Audit.action == "call.export")).all()


@pytest.mark.parametrize("name", FORMATS)
def test_who_may_read_a_call_takes_its_redacted_words_away(browser, ids, store, name):
    answer = browser("lead").get(f"/calls/{ids['C-1042']}/export/{name}")
    assert (answer.status_code, answer.mimetype) == (200, FORMATS[name])
    assert answer.headers["Content-Disposition"].startswith(f"attachment; filename=callsift-{ids['C-1042'][:8]}.")
    assert read(answer.data).format == name
    assert ("[CARD_NUMBER]" in answer.text) is (name != "rttm")
    assert exports(store) == [name]


@pytest.mark.parametrize(("login", "status"), [("other", 404), ("nobody", 404)])
def test_for_another_team_and_without_a_role_the_call_does_not_exist(browser, ids, store, login, status):
    assert browser(login).get(f"/calls/{ids['C-1042']}/export/webvtt").status_code == status
    assert exports(store) == []


def test_nobody_gets_anything_without_signing_in(client, ids, store):
    assert client.get(f"/calls/{ids['C-1042']}/export/webvtt").status_code == 401
    assert exports(store) == []


def test_a_format_that_is_none_or_only_read_is_not_found(browser, ids, store):
    lead = browser("lead")
    assert [
        lead.get(f"/calls/{ids['C-1042']}/export/{name}").status_code for name in ("docx", "deepgram", "%2e%2e")
    ] == [404] * 3
    assert exports(store) == []


def test_the_call_page_offers_the_files(browser, ids):
    page = browser("lead").get(f"/calls/{ids['C-1042']}").text
    for name in FORMATS:
        assert f'href="/calls/{ids["C-1042"]}/export/{name}"' in page


def test_a_vcon_is_what_the_draft_demands(store, ids):
    """draft-ietf-vcon-vcon-core, version 0.4.0: required members, enumerations, indices, strings where it wants strings."""
    document = json.loads(exported(store, ids["C-1042"], "vcon"))
    assert {"uuid", "created_at", "parties"} <= set(document)
    assert (document["vcon"], document["uuid"][14], document["attachments"]) == ("0.4.0", "8", [])
    [dialog], [analysis] = document["dialog"], document["analysis"]
    assert (dialog["type"], dialog["duration"] > 0, "T" in dialog["start"]) == ("recording", True, True)
    assert all(0 <= index < len(document["parties"]) for index in dialog["parties"])
    assert (analysis["type"], analysis["dialog"], analysis["encoding"], type(analysis["body"])) == (
        "transcript",
        0,
        "json",
        str,
    )
    assert analysis["vendor"]
    assert not any(party.keys() - {"name", "role"} for party in document["parties"])  # nobody's number or mail


def test_the_command_line_exports_by_the_beginning_of_an_id_and_is_noted(store, ids):
    assert exported(store, ids["C-1042"][:12], "srt").startswith("1\n00:00:00,")
    assert exports(store) == ["srt"]
