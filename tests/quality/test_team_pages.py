"""The pages around reviews, each asked by who may, by another team, by an agent and by nobody; what forms do and refuse."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from pipeline.quality.scorecards import shipped_cards
from tests.quality.test_review_pages import EVIL, begin
from tests.web.conftest import post, token_of
from webapp.desk.quality.submitting import as_verdict
from webapp.tables import AssignmentRow, CalibrationRow, CoachingRow, DisputeRow, Ranked, ScorecardRow

ASKED = [("identity", "yes"), ("identity", "no"), ("identity", "na"), ("promises", "promise"), ("promises", "threat"),
         ("solved", "no"), ("listened", "two")]  # fmt: skip
PAGES = ["/reviews", "/calibration", "/reviews/agreement", "/disputes", "/disputes?decided=1", "/coaching", "/scorecards",
         "/scorecards/service"]  # fmt: skip


def rows(store, table):
    with store.database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def person(accounts, login):
    return accounts.find(login).id


def finish(client, review, **answers):
    """Answer everything and submit."""
    state, token = client.get(f"/reviews/{review}/state").json, token_of(client)
    headers = {"X-CSRFToken": token, "Accept": "application/json"}
    card = shipped_cards()["service"]
    for name in state["questions"]:
        change = {"question": name, "part": "answer", "value": answers.get(name, card.by_id[name].best), "base": 0}
        state = client.post(f"/reviews/{review}/answer", json=change, headers=headers).json["state"]
    done = client.post(f"/reviews/{review}/submit", json={"version": state["version"]}, headers=headers)
    assert done.json["outcome"] == "submitted"


@pytest.fixture
def review(browser, ids):
    client = browser("reviewer")
    review = begin(client, ids["C-1042"]).location.rpartition("/")[2]
    finish(client, review, solved="no")
    return review


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_for_who_reads_reviews(browser, client, path):
    for login in ("reviewer", "lead", "compliance", "admin"):
        assert browser(login).get(path).status_code == 200, login
    for login in ("agent", "fraud", "nobody"):
        assert browser(login).get(path).status_code == 404, login
    assert client.get(path, headers={"Accept": "text/html"}).status_code == 302


def test_empty_pages_say_what_to_do(browser):
    lead = browser("lead")
    says = {"/reviews": "Take a call out of the", "/calibration": "Begin with two people", "/disputes": "No dispute waits",
            "/coaching": "No note yet",
            "/assignments": "No sample was drawn yet", "/reviews/agreement": "Nobody has submitted"}  # fmt: skip
    for path, text in says.items():
        assert text in lead.get(path).text, path
    assert "None of your calls was reviewed yet" in browser("agent").get("/results").text


def test_another_team_sees_none_of_it(browser, review):
    other = browser("other")
    for path in PAGES:
        assert "C-1042" not in other.get(path).text
    assert other.get(f"/reviews/{review}").status_code == 404
    assert other.get(f"/results/{review}").status_code == 404
    assert "<dd>0</dd>" in other.get("/reviews/agreement").text


# Scorecards


def test_a_card_is_changed_as_text_and_faults_keep_it(browser, store):
    admin = browser("admin")
    text = shipped_cards()["service"].text
    wrong = post(
        admin, "/scorecards/service", text=text.replace("weight: 12", "wieght: 12", 1), what="publish", base="0"
    )
    assert wrong.status_code == 400
    assert "Did you mean &#34;weight&#34;" in wrong.text
    assert re.search(r"line:\d+:", wrong.text)
    assert "wieght: 12" in wrong.text
    renamed = text.replace("title: Service call", "title: Helpline")
    checked = post(admin, "/scorecards/service", text=renamed, what="check", base="0")
    assert "nothing is published yet" in checked.text
    assert rows(store, ScorecardRow) == []
    done = post(admin, "/scorecards/service", text=renamed, what="publish", base="0", note="our word")
    assert done.status_code == 303
    kept = [(row.version, row.title, row.note) for row in rows(store, ScorecardRow)]
    assert kept == [(1, "Service call", "as shipped"), (2, "Helpline", "our word")]
    page = admin.get("/scorecards/service").text
    assert "our word" in page
    assert admin.get("/scorecards/service/1.yaml").text == text


def test_two_people_changing_a_card_at_once_lose_nothing(browser):
    admin = browser("admin")
    text = shipped_cards()["service"].text
    post(admin, "/scorecards/service", text=text + "\n", what="publish", base="0")
    late = post(
        admin, "/scorecards/service", text=text.replace("title: Service call", "title: Late"), what="publish", base="1"
    )
    assert late.status_code == 400
    assert "Version 2 of this scorecard was published meanwhile" in late.text
    assert "title: Late" in late.text


def test_only_an_administrator_changes_cards(browser, store):
    text = shipped_cards()["service"].text
    for login in ("lead", "reviewer", "compliance", "agent"):
        assert (
            post(browser(login), "/scorecards/service", text=text + "\n", what="publish", base="0").status_code == 404
        )
        assert post(browser(login), "/scorecards", id="mine", like="service").status_code == 404
    assert rows(store, ScorecardRow) == []


@pytest.mark.parametrize(("id", "status"), [("helpline", 303), ("service", 400), ("Bad Id", 400), ("../x", 400)])
def test_a_new_card_is_a_copy_under_a_new_id(browser, id, status):
    admin = browser("admin")
    assert post(admin, "/scorecards", id=id, like="service").status_code == status
    assert ("helpline" in admin.get("/scorecards").text) is (id == "helpline")


# Assignments and samples


def test_a_lead_assigns_by_the_name_of_a_call(browser, accounts, store):
    lead = browser("lead")
    post(lead, "/assignments", call="C-1042", person=person(accounts, "reviewer"), slot="first", due=soon())
    assert "C-1042" in browser("reviewer").get("/reviews").text
    refused = post(
        lead, "/assignments", call="C-2001", person=person(accounts, "reviewer"), slot="second"
    )  # of another team
    assert refused.status_code == 400
    assert "No call of your teams is named “C-2001”" in refused.text
    assert 'value="C-2001" list="call-offers"' in refused.text  # nothing typed is lost
    assert '<option value="second" selected>' in refused.text
    [row] = rows(store, AssignmentRow)
    assert post(browser("other"), f"/assignments/{row.public_id}/cancel").status_code == 404
    assert post(browser("reviewer"), f"/assignments/{row.public_id}/cancel").status_code == 404
    assert post(lead, f"/assignments/{row.public_id}/cancel").status_code == 303
    assert rows(store, AssignmentRow)[0].cancelled_at is not None


def offered(client, begins):
    answer = client.post("/assignments/calls", data={"begins": begins, "csrf_token": token_of(client)})
    return [one["says"] for one in answer.json] if answer.status_code == 200 else answer.status_code


def test_calls_are_offered_by_the_beginning_of_their_names_inside_the_teams(browser, client, ids):
    lead = browser("lead")
    assert offered(lead, "c-104") == ["C-1049", "C-1042"]  # the newest first
    assert offered(lead, ids["C-1042"][:12]) == ["C-1042"]
    assert len(offered(lead, "")) == 12
    assert offered(lead, "C-2001") == []
    assert offered(browser("other"), "C-") == ["C-2001"]
    assert offered(lead, "%") == offered(lead, "C_1") == []  # signs of the database stand for themselves
    assert offered(browser("reviewer"), "C-") == 404
    assert client.post("/assignments/calls", data={"csrf_token": token_of(client, "/sign-in")}).status_code in (
        302,
        401,
    )


def test_of_calls_that_share_a_name_one_is_chosen_by_its_id(browser, ids, store, accounts):
    with store.database.write() as session:
        session.execute(update(Ranked).where(Ranked.name == "C-1049").values(name="C-1042"))
    lead, both = browser("lead"), {ids["C-1042"], ids["C-1049"]}
    assert set(offered(lead, "C-1042")) == both
    person_ = person(accounts, "reviewer")
    assert "2 calls are named “C-1042”" in post(lead, "/assignments", call="C-1042", person=person_).text
    assert post(lead, "/assignments", call=min(both), person=person_).status_code == 303


def test_a_sample_is_drawn_handed_round_and_proven(browser, accounts, store):
    lead = browser("lead")
    form = {"each": "2", "since": "2026-11-01", "until": "2026-11-30", "person": person(accounts, "reviewer")}
    assert post(lead, "/assignments/sample", **form).status_code == 303
    drawn = rows(store, AssignmentRow)
    assert len(drawn) >= 6
    page = lead.get("/assignments").text
    assert drawn[0].seed in page
    assert drawn[0].frame.split()[1] in page
    assert "ag-201" not in page  # of the other team
    assert post(browser("reviewer"), "/assignments/sample", **form).status_code == 404


@pytest.mark.parametrize("wrong", [{"each": "x"}, {"since": "yesterday"}, {"until": ""}])
def test_a_sample_without_sense_is_a_bad_request(browser, accounts, wrong):
    form = {"each": "2", "since": "2026-11-01", "until": "2026-11-30", "person": person(accounts, "reviewer"), **wrong}
    assert post(browser("lead"), "/assignments/sample", **form).status_code == 400


# Calibration


def test_a_session_goes_from_opening_to_figures(browser, accounts, ids, store):
    lead, reviewer = browser("lead"), browser("reviewer")
    people = [person(accounts, "lead"), person(accounts, "reviewer")]
    opened = post(lead, "/calibration", title="March", card="service", calls="C-1042\nC-1049", person=people)
    address = opened.location
    reviews = {}
    for who, client in (("lead", lead), ("reviewer", reviewer)):
        answer = post(client, f"{address}/begin", call=ids["C-1042"])
        reviews[who] = answer.location.rpartition("/")[2]
        page = client.get(answer.location).text
        assert "Blind:" in page
        assert "Machine:" not in page
        assert "whole call page" not in page
    assert reviewer.get(f"/reviews/{reviews['lead']}").status_code == 404
    assert post(browser("other"), f"{address}/begin", call=ids["C-1042"]).status_code == 404
    assert browser("other").get(address).status_code == 404
    finish(reviewer, reviews["reviewer"], solved="no")
    finish(lead, reviews["lead"])
    assert "Among people" not in reviewer.get(address).text
    assert post(reviewer, f"{address}/close").status_code == 404
    assert post(lead, f"{address}/close").location == f"{address}?close=1"
    asked = lead.get(f"{address}?close=1").text
    assert "2 of 4 reviews are missing." in asked
    post(lead, f"{address}/close", missing="1")  # somebody has answered since, or never read it
    assert rows(store, CalibrationRow)[0].closed_at is None
    assert post(lead, f"{address}/close", missing="2").status_code == 303
    page = reviewer.get(address).text
    assert "Among people" in page
    assert re.search(r"Lena Mills: Yes; Remy Okafor: No", page)
    assert re.search(r'differ"><span class="muted">nobody answered', page)  # of the call that nobody reviewed
    assert post(lead, f"{address}/outcome", outcome="Solved means solved.").status_code == 303
    assert "Solved means solved." in reviewer.get(address).text
    assert len(rows(store, CalibrationRow)) == 1


def test_a_session_without_people_or_calls_is_refused(browser, accounts, store):
    lead = browser("lead")
    one, both = person(accounts, "reviewer"), [person(accounts, "lead"), person(accounts, "reviewer")]
    for calls, people, says in (
        ("C-1042", one, "two people or more"), ("C-1042\nC-9\nC-2001", both, "is named “C-9”, “C-2001”"), (" ", both, "at least one call"),
        ("\n".join(f"C-{1042 + n}" for n in range(21)), both, "No call of your teams is named"),
    ):  # fmt: skip
        refused = post(lead, "/calibration", title="All hands", card="sales", calls=calls, person=people)
        assert refused.status_code == 400
        assert says in refused.text
        assert 'value="All hands"' in refused.text
        assert '<option value="sales" selected>' in refused.text
        assert f">{calls}</textarea>" in refused.text
    assert rows(store, CalibrationRow) == []
    assert post(browser("reviewer"), "/calibration", title="x", card="service", calls="C-1042").status_code == 404


def test_a_second_review_begun_on_the_call_page_goes_on_where_no_verdict_stands(browser, review, ids):
    lead, call = browser("lead"), ids["C-1042"]
    assert "Review it a second time, blind" in lead.get(f"/calls/{call}").text
    begun = post(lead, "/reviews", call=call, slot="second", back="call", queue="interest")
    assert begun.location.startswith("/reviews/")
    page = lead.get(f"/calls/{call}").text
    assert "You review this call blind" in page
    assert "data-choice" not in page
    assert review not in page


# Results, disputes, coaching


def test_an_agent_disputes_and_somebody_else_decides(browser, review, store):
    agent, lead, reviewer = browser("agent"), browser("lead"), browser("reviewer")
    assert "C-1042" in agent.get("/results").text
    assert "Dispute this answer" in agent.get(f"/results/{review}").text
    assert post(agent, f"/results/{review}/acknowledge").status_code == 303
    assert post(agent, f"/results/{review}/acknowledge").status_code == 404
    assert post(agent, f"/results/{review}/dispute", question="solved", text=EVIL).status_code == 303
    assert EVIL not in agent.get(f"/results/{review}").text
    page = lead.get("/disputes").text
    assert EVIL not in page
    assert "Uphold" in page
    assert "Uphold" not in reviewer.get("/disputes").text
    [dispute] = rows(store, DisputeRow)
    address = f"/disputes/{dispute.public_id}/decide"
    for login in ("reviewer", "agent", "compliance", "other"):
        assert post(browser(login), address, what="uphold", new="yes", said="x").status_code == 404
    assert post(lead, address, what="perhaps", said="x").status_code == 400
    assert post(lead, address, what="uphold", new="yes", said=EVIL).status_code == 303
    assert rows(store, DisputeRow)[0].state == "upheld"
    told = agent.get(f"/results/{review}").text
    assert "The answer is Yes now." in told
    assert EVIL not in told
    assert "upheld" in lead.get("/disputes?decided=1").text


def test_results_are_for_whose_call_it_was(browser, review, accounts):
    for login in ("reviewer", "lead", "admin", "compliance"):
        assert browser(login).get(f"/results/{review}").status_code == 404
        assert post(browser(login), f"/results/{review}/acknowledge").status_code == 404
        assert post(browser(login), f"/results/{review}/dispute", question="solved", text="x").status_code == 404


def test_a_note_is_written_read_and_closed(browser, review, store):
    lead, agent = browser("lead"), browser("agent")
    assert f"/coaching?review={review}" in lead.get(f"/reviews/{review}").text
    assert "What the agent will do differently" in lead.get(f"/coaching?review={review}").text
    form = {"review": review, "question": "solved", "agreed": EVIL, "start": "1:13", "due": soon()}
    for login in ("reviewer", "agent", "other"):
        post(browser(login), "/coaching", **form)
    assert rows(store, CoachingRow) == []
    assert post(lead, "/coaching", **form).status_code == 303
    [row] = rows(store, CoachingRow)
    assert (row.start, row.agent) == (73.0, "ag-114")
    assert EVIL not in lead.get("/coaching").text
    assert EVIL not in agent.get("/results").text
    assert post(lead, f"/results/notes/{row.public_id}/seen").status_code == 404
    assert post(agent, f"/results/notes/{row.public_id}/seen").status_code == 303
    assert post(agent, f"/coaching/{row.public_id}/close").status_code == 404
    assert post(lead, f"/coaching/{row.public_id}/close", closing="done").status_code == 303
    assert len(rows(store, CoachingRow)) == 1


def soon(days=10):
    """A day some days from now, as the pages reckon."""
    return (datetime.now(ZoneInfo("Europe/Helsinki")) + timedelta(days=days)).date().isoformat()


@pytest.mark.parametrize("start", ["nan", "inf", "-5", "1e3", "soon", "1:2:3:4", "99999", "27:46"])
def test_a_note_at_no_second_of_the_call_is_refused_at_its_field(browser, review, store, start):
    lead = browser("lead")
    answer = post(
        lead, "/coaching", review=review, question="solved", agreed="say <b>it</b> first", start=start, due=soon()
    )
    assert answer.status_code == 400
    assert ("is no time in a call" in answer.text) or ("The call ends at 1:" in answer.text)
    assert f'value="{start}" aria-invalid="true" aria-describedby="start-wrong"' in answer.text
    assert "say &lt;b&gt;it&lt;/b&gt; first</textarea>" in answer.text  # nothing typed is lost
    assert rows(store, CoachingRow) == []


@pytest.mark.parametrize(("days", "kept"), [(-1, 0), (0, 1)])
def test_nothing_is_asked_for_until_a_day_that_has_passed(browser, review, accounts, store, days, kept):
    lead, day = browser("lead"), soon(days)
    note = post(lead, "/coaching", review=review, question="solved", agreed="ask first", due=day)
    assert ("has passed" in note.text, len(rows(store, CoachingRow))) == (not kept, kept)
    post(lead, "/assignments", call="C-1057", person=person(accounts, "reviewer"), slot="first", due=day)
    post(
        lead,
        "/assignments/sample",
        each="1",
        since="2026-11-01",
        until="2026-11-30",
        due=day,
        person=person(accounts, "reviewer"),
    )
    asked = rows(store, AssignmentRow)
    assert bool(asked) is bool(kept)
    assert ("has passed" in lead.get("/assignments").text) is not kept


def test_the_menu_has_one_entry_for_reviews_and_another_for_agents(browser):
    assert ">Reviews</a>" in browser("reviewer").get("/password").text
    assert ">My results</a>" in browser("agent").get("/password").text
    assert ">My results</a>" not in browser("admin").get("/password").text


def test_an_answer_is_a_verdict_only_where_the_card_says_which():
    card = shipped_cards()["service"].by_id
    said = {(name, value): as_verdict(card[name], value) for name, value in ASKED}
    assert list(said.values()) == ["PASS", "FAIL", "NOT_APPLICABLE", "FAIL", "", "", ""]
