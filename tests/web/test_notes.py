"""Comments and corrections over HTTP: by a script and by a plain form, by who may, by another team, by nobody."""

import pytest

from tests.web.conftest import post, token_of
from webapp.tables import CallNote, WordCorrection

BY_SCRIPT = {"X-Requested-With": "callsift", "Accept": "application/json"}
DRAFT = {"since": "0:01", "until": "0:02.5", "text": "good <b>start</b>"}


def send(client, path, **form):
    return client.post(path, data={"csrf_token": token_of(client), **form}, headers=BY_SCRIPT)


@pytest.fixture
def here(ids):
    return f"/calls/{ids['C-1042']}"


def count(store, table):
    with store.database.read() as session:
        return session.query(table).count()


def test_a_script_gets_the_list_drawn_anew_with_everything_escaped(browser, here):
    answer = send(browser("lead"), f"{here}/notes", **DRAFT)
    assert answer.status_code == 200
    assert "good &lt;b&gt;start&lt;/b&gt;" in answer.json["listed"]
    assert "0:01–0:02" in answer.json["listed"]
    assert answer.json["version"] == 1


def test_a_plain_form_leads_back_to_the_call_with_a_word_about_it(browser, here):
    lead = browser("lead")
    answer = post(lead, f"{here}/notes", **DRAFT)
    assert (answer.status_code, answer.location) == (303, f"{here}#notes")
    page = lead.get(here).text
    assert "The comment is kept" in page
    assert "good &lt;b&gt;start&lt;/b&gt;" in page


def test_what_cannot_be_kept_is_said_and_a_late_change_names_the_newest_version(browser, here):
    lead = browser("lead")
    empty = send(lead, f"{here}/notes", since="0:01", until="", text=" ")
    assert (empty.status_code, empty.json["message"]) == (400, "A comment needs words.")
    note = send(lead, f"{here}/notes", **DRAFT).json["id"]
    send(lead, f"{here}/notes/{note}", version=1, **DRAFT | {"text": "two"})
    late = send(lead, f"{here}/notes/{note}", version=1, **DRAFT | {"text": "three"})
    assert (late.status_code, late.json["version"]) == (409, 2)
    assert "Save again" in late.json["message"]


def test_a_corrected_word_comes_back_as_the_page_shows_it(browser, here):
    answer = send(browser("reviewer"), f"{here}/words", place="s1:500", version=0, text="good")
    assert answer.json["text"] == "good"
    assert answer.json["title"].startswith("Recognised as “thank”. Corrected by Remy Okafor")
    page = browser("agent").get(here).text  # of the same call: sees what is right, may not write
    assert 'class="w corrected" title="Recognised as “thank”' in page
    assert "data-word-form" not in page


@pytest.mark.parametrize("login", ["other", "agent", "nobody"])
def test_who_may_not_write_finds_nothing_there(browser, here, store, login):
    note = send(browser("lead"), f"{here}/notes", **DRAFT).json["id"]
    client = browser(login)
    asked = [
        send(client, f"{here}/notes", **DRAFT),
        send(client, f"{here}/notes", since="nonsense", text=""),
        send(client, f"{here}/notes/{note}", version=1, **DRAFT),
        send(client, f"{here}/notes/{note}/remove", version=1),
        send(client, f"{here}/words", place="s1:500", version=0, text="x"),
    ]
    assert [answer.status_code for answer in asked] == [404] * 5
    assert (count(store, CallNote), count(store, WordCorrection)) == (1, 0)


def test_without_the_form_token_nothing_is_written(browser, here, store):
    lead = browser("lead")
    assert lead.post(f"{here}/notes", data=DRAFT, headers=BY_SCRIPT).status_code == 400
    assert lead.post(f"{here}/words", data={"place": "s1:500", "text": "x"}, headers=BY_SCRIPT).status_code == 400
    assert (count(store, CallNote), count(store, WordCorrection)) == (0, 0)


def test_a_coaching_comment_reaches_the_agent_and_others_do_not(browser, here):
    lead = browser("lead")
    send(lead, f"{here}/notes", **DRAFT)
    send(lead, f"{here}/notes", **DRAFT | {"text": "say the notice first"}, coaching="on")
    page = browser("agent").get(here).text
    assert "say the notice first" in page
    assert "good &lt;b&gt;" not in page


def test_what_a_word_may_have_been_is_told_to_who_may_correct_it_alone(browser, ids):
    path = f"/calls/{ids['C-1042']}/alternatives?place=s1:0"
    assert browser("reviewer").get(path).json == {"words": []}  # nothing was kept of how these calls sound
    for login in ("other", "agent", "compliance"):
        assert browser(login).get(path).status_code == 404
