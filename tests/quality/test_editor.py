"""The editor of scorecards: steps are kept, undone and published; nobody's change is lost, and older reviews keep theirs."""

import re

import pytest
from sqlalchemy import select

from pipeline.quality.drafting import body_of
from pipeline.quality.scorecards import read_card, shipped_cards
from tests.quality.test_drafting import sent
from tests.web.conftest import post, sign_in, token_of
from webapp.accounts import COMMAND_LINE
from webapp.tables import Audit, ReviewRow, ScorecardDraft, ScorecardRow

EDIT = "/scorecards/service/edit"


@pytest.fixture
def admin(browser):
    return browser("admin")


def token(page):
    return re.search(r'name="draft" value="([0-9a-f]*)"', page.text)[1]


def send(client, do, form=None, *, path=EDIT, **changed):
    """Send the form as the page would, with these fields changed."""
    page = client.get(path)
    form = sent(body_of(shipped_cards()["service"])) if form is None else form
    for name, value in {"draft": token(page), **changed, "do": do}.items():
        form[name.replace("__", ".")] = value
    form["csrf_token"] = token_of(client, path)
    return client.post(path, data=form)


def rows(store, table):
    with store.database.read() as session:
        return list(session.scalars(select(table).order_by(table.id)))


def test_a_change_is_kept_for_its_author_shown_again_and_published_as_the_next_version(admin, browser, store, ids):
    begun = post(browser("reviewer"), "/reviews", call=ids["C-1042"], card="service", slot="first")
    assert send(admin, "save", s0__q0__weight="5").status_code == 303
    assert 'name="s0.q0.weight" type="text" maxlength="2000" value="5"' in admin.get(EDIT).text
    assert admin.get("/scorecards/service/1.yaml").text == shipped_cards()["service"].text  # nobody else sees it yet
    form = sent(rows(store, ScorecardDraft)[-1].body)
    assert send(admin, "publish", form, note="names matter more").status_code == 303
    versions = rows(store, ScorecardRow)
    assert [(row.version, row.note) for row in versions] == [(1, "as shipped"), (2, "names matter more")]
    assert read_card(versions[1].text, "x").by_id["introduced"].weight == 5
    assert rows(store, ScorecardDraft) == []
    [review] = rows(store, ReviewRow)
    assert review.scorecard_id == versions[0].id  # what was begun keeps its version
    assert "version 1" in browser("reviewer").get(begun.location).text
    said = admin.get("/scorecards/service/changes/2").text
    assert "weight: 3 → 5." in said
    assert "Ada Korhonen" in said
    assert [row.action for row in rows(store, Audit) if row.action == "scorecard.publish"] == ["scorecard.publish"]


def test_steps_move_add_and_remove_and_are_undone_one_by_one(admin, store):
    assert send(admin, "down:0.0").location.endswith("?open=s0.q0#s0-q0")
    first = rows(store, ScorecardDraft)[-1].body
    assert [q["id"] for q in first["sections"][0]["questions"]] == ["recording_told", "introduced", "identity"]
    send(admin, "remove:0.2", sent(first))
    second = rows(store, ScorecardDraft)[-1].body
    assert len(second["sections"][0]["questions"]) == 2
    for expected in (1, 0, 0):
        assert send(admin, "undo", sent(second)).status_code == 303
        assert len(rows(store, ScorecardDraft)) == expected
    assert "There is nothing to undo" in admin.get(EDIT).text


def test_faults_stand_at_their_fields_and_nothing_is_published(admin, store):
    page = send(admin, "publish", s0__q0__weight="lots", s1__q0__ask="")
    assert page.status_code == 400
    assert re.search(
        r'id="s0-q0-weight"[^>]*value="lots"[^>]*aria-invalid="true" aria-describedby="fault-s0-q0-weight"', page.text
    )
    assert 'id="fault-s1-q0-ask"' in page.text
    assert "Nothing was published" in page.text
    assert rows(store, ScorecardRow) == []
    assert 'value="lots"' in admin.get(EDIT).text  # kept, faults and all
    assert admin.get("/scorecards/service/preview").status_code == 303


def test_two_people_are_told_what_the_faster_one_changed_and_nothing_is_lost(admin, accounts, app, store):
    accounts.add(
        COMMAND_LINE, "nadia", "Nadia Ng", {"*": "admin"}, password="seven wet goats on a roof", must_change=False
    )
    nadia = app.test_client()
    sign_in(nadia, "nadia")
    send(admin, "save", s0__q0__weight="5")
    assert "Ada Korhonen is changing this card too" in nadia.get(EDIT).text
    send(nadia, "publish", note="faster", title="Service and sales")
    mine = sent(rows(store, ScorecardDraft)[-1].body)
    page = send(admin, "publish", mine)
    assert page.status_code == 400
    assert "was published meanwhile" in page.text
    shown = admin.get(EDIT).text
    assert "Version 2 was published meanwhile by Nadia Ng" in shown
    assert "Title: Service call → Service and sales." in shown
    send(admin, "rebase", mine)
    assert send(admin, "publish", mine).status_code == 303
    assert [row.version for row in rows(store, ScorecardRow)] == [1, 2, 3]
    assert read_card(rows(store, ScorecardRow)[-1].text, "x").by_id["introduced"].weight == 5


def test_a_form_of_another_window_is_not_kept_over_a_newer_step_unasked(admin, store):
    send(admin, "save", s0__q0__weight="5")
    late = send(admin, "save", draft="", s0__q0__weight="7")
    assert late.status_code == 409
    assert "in another window" in late.text
    assert 'value="7"' in late.text
    assert rows(store, ScorecardDraft)[-1].body["sections"][0]["questions"][0]["weight"] == 5
    assert send(admin, "force", draft="", s0__q0__weight="7").status_code == 303
    assert rows(store, ScorecardDraft)[-1].body["sections"][0]["questions"][0]["weight"] == 7


def test_the_preview_shows_what_a_reviewer_will_see_and_is_written_down(admin, store):
    send(admin, "save", s0__q0__ask="Did they say who they are?")
    page = admin.get("/scorecards/service/preview").text
    assert "Did they say who they are?" in page
    assert "Machine:" in page
    name = re.search(r"on (C-\d+), a new call", page)[1]
    assert [row.action for row in rows(store, Audit)][-1] == "call.read", name


def test_an_earlier_version_is_used_again_as_a_new_one(admin, store):
    send(admin, "publish", s0__q0__weight="5", note="x")
    assert post(admin, "/scorecards/service/again", version="1", base="2").status_code == 303
    texts = [row.text for row in rows(store, ScorecardRow)]
    assert texts[2] == texts[0] != texts[1]
    assert post(admin, "/scorecards/service/again", version="9", base="3").status_code == 404


def test_a_card_in_the_trash_is_offered_no_more_and_comes_back(admin, browser, ids, store):
    assert post(admin, "/scorecards/sales/trash").status_code == 303
    assert '"/scorecards/sales"' not in admin.get("/scorecards").text
    assert "Take it out" in admin.get("/scorecards").text
    assert post(browser("reviewer"), "/reviews", call=ids["C-1042"], card="sales", slot="first").status_code == 400
    assert post(admin, "/scorecards", id="sales", like="service").status_code == 400  # its id is not free
    assert post(admin, "/scorecards/sales/restore").status_code == 303
    assert admin.get("/scorecards/sales").status_code == 200
    for card in ("sales", "service"):
        assert post(admin, f"/scorecards/{card}/trash").status_code == 303
    assert post(admin, "/scorecards/collections/trash").status_code == 404  # the only one left


def test_a_new_card_begins_empty_or_as_a_copy(admin):
    assert post(admin, "/scorecards", id="chat", like="").location == "/scorecards/chat/edit"
    assert "Was the customer helped?" in admin.get("/scorecards/chat").text
    assert post(admin, "/scorecards", id="chat_two", like="service").status_code == 303
    assert post(admin, "/scorecards", id="Not An Id", like="").status_code == 400


def test_only_who_may_edit_scorecards_comes_near_and_only_with_the_token_of_the_form(admin, browser, client, store):
    for login in ("lead", "reviewer", "agent", "other"):
        person = browser(login)
        for path in (EDIT, "/scorecards/service/preview"):
            assert person.get(path).status_code == 404
        for path in (
            EDIT,
            "/scorecards/service/trash",
            "/scorecards/service/restore",
            "/scorecards/service/again",
        ):
            assert post(person, path).status_code == 404
    assert client.get(EDIT).status_code in (302, 303, 401)
    assert admin.post(EDIT, data={"do": "save"}).status_code == 400
    assert rows(store, ScorecardDraft) == []


def test_a_form_that_was_not_sent_whole_wipes_nothing(admin, store):
    for form in ({"do": "save"}, {"do": "publish", "note": "x"}):
        assert post(admin, EDIT, page=EDIT, **form).status_code == 400
    assert post(admin, EDIT, page=EDIT, do="save", title="Only this", draft="").status_code == 303
    assert post(admin, EDIT, page=EDIT, do="publish", title="Only this").status_code in (400, 409)
    assert rows(store, ScorecardRow) == []


@pytest.mark.parametrize("do", ["explode", "up:7.7", "remove-answer:0.0.9", "add-answer:x"])
def test_a_button_that_is_none_changes_nothing(admin, store, do):
    assert send(admin, do).status_code == 400
    assert rows(store, ScorecardRow) == []


def test_markup_in_a_card_is_text_wherever_it_is_shown(admin):
    evil = "<script>alert(1)</script>"
    send(admin, "save", s0__q0__ask=evil, title=evil, s0__q0__rules="<b>")
    for path in (EDIT, "/scorecards/service/preview"):
        assert evil not in admin.get(path).text
    send(admin, "publish", s0__q0__ask=evil, title=evil)
    for path in ("/scorecards", "/scorecards/service", "/scorecards/service/changes/2"):
        assert evil not in admin.get(path).text
