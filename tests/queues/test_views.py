"""The routes of queues, asked by someone who may, by someone of another team, and by nobody."""

import pytest

from tests.databases import upgraded_sqlite
from tests.web.conftest import (
    Remembering,
    accounts,
    app,
    browser,
    client,
    ids,
    post,
    quick_passwords,
    seeded,
    settings,
    store,
    token_of,
)  # fmt: skip

__all__ = ["Remembering", "accounts", "app", "browser", "client", "ids", "quick_passwords", "seeded", "settings", "store",
           "upgraded_sqlite"]  # fmt: skip

JSON = {"Accept": "application/json"}


@pytest.fixture
def intake():
    return Remembering()


def ask(client, path, **form):
    """As the script of a page does; the answer."""
    return client.post(path, data={"csrf_token": token_of(client), **form}, headers=JSON)


def test_next_answers_with_the_address_of_the_call_and_its_queue(browser):
    reviewer = browser("reviewer")
    told = ask(reviewer, "/queues/next", search="?list=interest&queue=Billing").json
    assert told["href"].startswith(f"/calls/{told['call']}?queue=interest%3Bqueue%3DBilling")
    assert reviewer.get(told["href"]).status_code == 200
    after = ask(reviewer, "/queues/next", queue=told["queue"], call=told["call"]).json
    assert after["call"] != told["call"]
    back = ask(reviewer, "/queues/previous", queue=told["queue"], call=after["call"]).json
    assert back["call"] == told["call"]


def test_without_a_script_next_leads_to_the_call(browser):
    answer = post(browser("reviewer"), "/queues/next", search="")
    assert answer.status_code == 303
    assert answer.location.startswith("/calls/")


def test_at_the_end_of_a_queue_one_is_told_so(browser):
    reviewer = browser("reviewer")
    assert ask(reviewer, "/queues/next", queue="interest;queue=Nowhere").json["href"] is None
    answer = post(reviewer, "/queues/next", queue="interest;queue=Nowhere")
    assert answer.location == "/queue?queue=Nowhere"
    assert "No open call is left" in reviewer.get(answer.location).text


def test_the_queue_of_a_key_that_nobody_has_is_not_found(browser):
    reviewer = browser("reviewer")
    assert ask(reviewer, "/queues/next", queue="feedfacefeedface").status_code == 404
    assert ask(reviewer, "/queues/next", queue="interest;nonsense=1").status_code == 400
    assert ask(reviewer, "/queues/next").status_code == 400
    assert ask(reviewer, "/queues/skip", queue="interest", call="none", reason="other").status_code == 404
    for minutes in ("1", "-3", "abc", "99999999"):
        refused = reviewer.get(f"/queues/plan?minutes={minutes}")
        assert refused.status_code == 400
        assert 'id="minutes-wrong"' in refused.text


def test_a_call_of_another_team_cannot_be_taken_skipped_or_changed(browser, ids):
    other, mine = browser("other"), ids["C-1042"]
    assert ask(other, "/queues/take", queue="interest", call=mine).json["href"] is None
    assert ask(other, "/queues/skip", queue="interest", call=mine, reason="other").status_code == 404
    assert ask(other, "/queues/renew", call=mine).json["until"] is None
    assert ask(other, "/queues/preview", what="take", call=mine).json["changed"] == 0
    assert ask(other, "/queues/bulk", what="aside", call=mine, queue="interest").json["changed"] == 0
    assert mine not in other.get("/queues/plan").text
    assert ask(browser("reviewer"), "/queues/take", queue="interest", call=mine).json["call"] == mine


def test_who_does_not_work_queues_has_no_such_routes(browser, ids):
    agent = browser("agent")
    for path in (
        "next",
        "previous",
        "skip",
        "take",
        "release",
        "renew",
        "save",
        "remove",
        "preview",
        "bulk",
        "undo",
        "plan",
    ):
        assert ask(agent, f"/queues/{path}", queue="interest", call=ids["C-1042"]).status_code == 404, path
    assert agent.get("/queues/rates").status_code == 404
    assert "Next call" not in agent.get("/queue").text


def test_nobody_gets_in(client):
    token = token_of(client, "/sign-in")
    headers = {**JSON, "X-CSRFToken": token}
    assert client.post("/queues/next", data={"queue": "interest"}, headers=headers).status_code == 401
    assert client.get("/queues/plan", headers={"Accept": "text/html"}).status_code == 302


def test_a_change_needs_the_form_token(browser):
    assert browser("reviewer").post("/queues/next", data={"queue": "interest"}, headers=JSON).status_code == 400


def test_a_name_of_a_queue_stays_text(browser):
    lead = browser("lead")
    answer = post(lead, "/queues/save", search="?list=fraud", name="<script>alert(1)</script>")
    page = lead.get(answer.location).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page


def test_a_bulk_deed_is_undone_by_its_id(browser, ids):
    lead, calls = browser("lead"), [ids["C-1042"], ids["C-1049"]]
    preview = ask(lead, "/queues/preview", what="take", call=calls).json
    done = ask(lead, "/queues/bulk", what="take", call=calls, search="").json
    assert (preview["changed"], done["changed"]) == (2, 2)
    assert ask(lead, "/queues/undo", id=done["id"]).json == {"undone": 2}
    assert ask(lead, "/queues/undo", id=done["id"]).status_code == 400


def test_the_page_says_what_ranks(browser):
    assert "Ranked by the weights of scoring" in browser("reviewer").get("/queue").text
