"""The pages of reviews: asked by who may, by another team, by an agent and by nobody; what the script sends and gets."""

import re

import pytest
from sqlalchemy import select

from pipeline.quality.scorecards import shipped_cards
from tests.web.conftest import post, token_of
from webapp.tables import Audit, ReviewAnswer, ReviewRow

EVIL = "<script>window.pwned=1</script>"


def send(client, address, **body):
    return client.post(address, json=body, headers={"X-CSRFToken": token_of(client), "Accept": "application/json"})


def begin(client, call, **form):
    return post(client, "/reviews", call=call, card="service", slot="first", **form)


@pytest.fixture
def call(ids):
    return ids["C-1042"]


@pytest.fixture
def review(browser, call):
    answer = begin(browser("reviewer"), call)
    assert answer.status_code == 303
    return answer.location.rpartition("/")[2]


def addresses(review):
    return [("GET", f"/reviews/{review}"), ("GET", f"/reviews/{review}/state"), ("POST", f"/reviews/{review}/answer"),
            ("POST", f"/reviews/{review}/undo"), ("POST", f"/reviews/{review}/submit"), ("POST", f"/reviews/{review}/reopen")]  # fmt: skip


def ask(client, method, address):
    body = {"question": "solved", "part": "answer", "value": "no", "base": 0, "version": 0}
    return client.get(address) if method == "GET" else send(client, address, **body)


@pytest.mark.parametrize("login", ["other", "agent", "fraud", "nobody"])
def test_for_everybody_else_a_review_does_not_exist(browser, review, store, login):
    client = browser(login)
    assert [ask(client, *one).status_code for one in addresses(review)] == [404] * 6
    with store.database.read() as session:
        assert session.scalars(select(ReviewAnswer)).all() == []


def test_nobody_is_asked_to_sign_in(client, review):
    token = token_of(client, "/sign-in")
    for method, address in addresses(review):
        answer = client.open(
            address, method=method, json={}, headers={"X-CSRFToken": token, "Accept": "application/json"}
        )
        assert answer.status_code == 401


def test_whoever_reviews_answers_and_the_answer_says_what_stands(browser, review):
    client = browser("reviewer")
    answer = send(client, f"/reviews/{review}/answer", question="solved", part="answer", value="no", base=0).json
    assert answer["outcome"] == "saved"
    assert (
        answer["state"]["questions"]["solved"] | {"source": "person", "value": "no", "by": "Remy Okafor"}
        == answer["state"]["questions"]["solved"]
    )
    other = send(
        browser("reviewer"), f"/reviews/{review}/answer", question="solved", part="answer", value="yes", base=0
    ).json
    assert (other["outcome"], other["state"]["clash"]["by"], other["state"]["clash"]["title"]) == (
        "clash",
        "Remy Okafor",
        "No",
    )
    assert (
        send(client, f"/reviews/{review}/undo").json["undone"]
        == "“No” to “Was the matter solved, or did the agent take it on?” was taken back."
    )


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": 5},
        {"question": "solved", "part": "answer", "value": 7, "base": 0},
        {"question": "solved", "part": "answer", "value": "maybe", "base": 0},
        {"question": "solved", "part": "answer", "value": "yes", "base": "0"},
    ],
)
def test_what_no_script_of_ours_sends_is_a_bad_request(browser, review, body):
    assert send(browser("reviewer"), f"/reviews/{review}/answer", **body).status_code == 400


def test_a_change_needs_the_form_token(browser, review):
    body = {"question": "solved", "part": "answer", "value": "no", "base": 0}
    assert browser("reviewer").post(f"/reviews/{review}/answer", json=body).status_code == 400


def test_the_scorecard_stands_beside_the_call_for_who_reviews_only(browser, call, review):
    assert f'data-review="{review}"' in browser("reviewer").get(f"/calls/{call}").text
    for login in ("fraud", "agent"):
        page = browser(login).get(f"/calls/{call}")
        assert page.status_code == 200
        assert "data-review" not in page.text
        assert "data-begin" not in page.text


def test_a_call_of_another_team_cannot_be_reviewed(browser, ids):
    assert begin(browser("other"), ids["C-1042"]).status_code == 400
    assert begin(browser("compliance"), ids["C-1042"]).status_code == 404


def test_an_open_review_cannot_be_submitted_and_says_what_is_open(browser, review):
    answer = send(browser("reviewer"), f"/reviews/{review}/submit", version=0).json
    assert answer["outcome"] == "open"
    assert answer["state"]["open"] == 16
    assert send(browser("reviewer"), f"/reviews/{review}/submit").status_code == 400


def test_a_submitted_review_is_listed_and_cannot_be_changed(browser, review, store):
    client = browser("reviewer")
    state = client.get(f"/reviews/{review}/state").json
    for name in state["questions"]:
        value = {"listened": "four", "clear": "four", "empathy": "done", "promises": "clean"}.get(name, "yes")
        send(client, f"/reviews/{review}/answer", question=name, part="answer", value=value, base=0)
    done = send(client, f"/reviews/{review}/submit", version=16).json
    assert (done["outcome"], done["go"]) == ("submitted", "/reviews")
    assert "C-1042" in client.get("/reviews").text
    assert (
        send(client, f"/reviews/{review}/answer", question="solved", part="answer", value="no", base=0).json["outcome"]
        == "closed"
    )
    assert post(client, f"/reviews/{review}/reopen", reason=" ").status_code == 404
    again = post(client, f"/reviews/{review}/reopen", reason="heard it again")
    assert again.status_code == 303
    assert again.location != f"/reviews/{review}"


def test_notes_of_people_stay_text(browser, review):
    client = browser("reviewer")
    send(client, f"/reviews/{review}/answer", question="solved", part="note", value=EVIL, base=0)
    send(client, f"/reviews/{review}/answer", question="", part="note", value=EVIL, base=0)
    page = client.get(f"/reviews/{review}").text
    assert EVIL not in page
    assert "&lt;script&gt;window.pwned" in page


def test_reading_a_review_is_written_down_and_looking_again_is_not(browser, review, store):
    client = browser("lead")
    client.get(f"/reviews/{review}")
    for _ in range(3):
        client.get(f"/reviews/{review}/state")
    with store.database.read() as session:
        wanted = Audit.subject == review, Audit.action == "review.read"
        assert len(session.scalars(select(Audit).where(*wanted)).all()) == 1


def test_the_general_card_chosen_last_is_offered_first_and_a_special_one_is_not(browser, ids):
    admin, client = browser("admin"), browser("reviewer")
    text = re.sub(r"applies: .*\n", "", shipped_cards()["collections"].text)
    assert post(admin, "/scorecards/collections", text=text, what="publish", base="0").status_code == 303
    offered = re.compile(r'<option value="(\w+)" selected>')
    for name, card, after in (("C-1057", "collections", "collections"), ("C-1042", "sales", "service")):
        post(client, "/reviews", call=ids[name], card=card, slot="first")
        assert offered.findall(client.get(f"/calls/{ids['C-1049']}").text) == [after]


def test_an_assigned_call_begins_with_the_card_the_call_page_would_offer(browser, ids):
    """Whoever leads asks for a review of a call of Billing, for which a card is made, and of one of Meter readings."""
    admin, lead = browser("admin"), browser("lead")
    text = shipped_cards()["sales"].text.replace("queues: [Sales, Telesales]", "queues: [billing]")
    assert post(admin, "/scorecards/sales", text=text, what="publish", base="0").status_code == 303
    [person] = re.findall(r'<option value="(\w+)">Lena Mills', lead.get("/assignments").text)
    for name in ("C-1042", "C-1051"):
        assert post(lead, "/assignments", call=ids[name], person=person).status_code == 303
    page = lead.get("/reviews").text
    begun = dict(re.findall(r'name="call" value="(\w+)">.*?name="card" value="(\w+)"', page))
    assert begun == {ids["C-1042"]: "sales", ids["C-1051"]: "service"}


def test_beginning_a_review_stays_in_the_queue_the_call_was_opened_from(browser, ids):
    client = browser("reviewer")
    assert 'name="queue" value="interest"' in client.get(f"/calls/{ids['C-1049']}?queue=interest").text
    answer = begin(client, ids["C-1049"], back="call", queue="interest&t=//evil.example")
    assert answer.location == f"/calls/{ids['C-1049']}?queue=interest%26t%3D%2F%2Fevil.example"


def test_beginning_a_review_keeps_the_place_one_listens_at(browser, ids):
    client = browser("reviewer")
    assert 'name="t" value="26.4"' in client.get(f"/calls/{ids['C-1049']}?queue=interest&t=26.4").text
    answer = begin(client, ids["C-1049"], back="call", queue="interest", t="26.4")
    assert answer.location == f"/calls/{ids['C-1049']}?queue=interest&t=26.4"
    assert begin(client, ids["C-1049"], back="call", t="//evil").location == f"/calls/{ids['C-1049']}"


@pytest.mark.parametrize(
    "form",
    [{"card": "nope", "slot": "first"}, {"card": "service", "slot": "third"}, {"card": "service", "slot": "second"}],
)
def test_reviews_that_cannot_be_begun_are_refused_with_a_sentence(browser, call, store, form):
    answer = post(browser("reviewer"), "/reviews", call=call, **form)
    assert answer.status_code == 400
    with store.database.read() as session:
        assert session.scalars(select(ReviewRow)).all() == []


def test_a_call_that_somebody_has_is_read_only_for_others_and_says_until_when(browser, ids):
    reviewer, lead = browser("reviewer"), browser("lead")
    call = ids["C-1049"]
    given = post(reviewer, "/queues/take", queue="interest", call=call)
    assert given.status_code == 303
    page = lead.get(f"/calls/{call}?queue=interest").text
    assert re.search(r"Remy Okafor has this call until \d\d:\d\d\.</strong>", page)
    assert "data-begin" not in page
    assert all(words in page for words in ("Ask for it", "Take it over", "Next call"))
    refused = post(lead, "/reviews", call=call, card="service", slot="first")
    assert refused.status_code == 409
    assert "Remy Okafor has this call until" in refused.text
    review = begin(reviewer, call).location.rpartition("/")[2]
    answer = {"question": "solved", "part": "answer", "value": "yes", "base": 0}
    headers = {"X-CSRFToken": token_of(lead), "Accept": "application/json"}
    late = lead.post(f"/reviews/{review}/answer", json=answer, headers=headers)
    assert (late.status_code, "has this call until" in late.json["message"]) == (409, True)
    assert lead.post(f"/reviews/{review}/submit", json={"version": 0}, headers=headers).status_code == 409
    for login in ("reviewer", "other", "agent", "nobody"):
        assert post(browser(login), "/queues/take-over", call=call).status_code == 404
    assert post(lead, "/queues/take-over", call=call, queue="interest").location == f"/calls/{call}?queue=interest"
    assert "Take this review over" in lead.get(f"/calls/{call}").text
    assert "Ask for it" in reviewer.get(f"/calls/{call}").text
    assert post(reviewer, "/queues/ask", call=call).status_code == 303
    assert "asks for call C-1049" in lead.get("/notices").text


def test_the_card_offered_first_is_the_one_made_for_such_calls(browser, ids, store):
    """C-1042 came in by Billing; a card that names that queue stands before the one used last, and both can be chosen."""
    admin, reviewer = browser("admin"), browser("reviewer")
    text = shipped_cards()["sales"].text.replace("queues: [Sales, Telesales]", "queues: [billing]")
    begin(reviewer, ids["C-1049"])  # with the service card, which is the one used last from now on
    chosen = re.compile(r'<option value="(\w+)" selected>')
    assert chosen.findall(reviewer.get(f"/calls/{ids['C-1042']}").text) == ["service"]
    assert post(admin, "/scorecards/sales", text=text, what="publish", base="0").status_code == 303
    page = reviewer.get(f"/calls/{ids['C-1042']}").text
    assert chosen.findall(page) == ["sales"]
    assert '<option value="service">' in page
