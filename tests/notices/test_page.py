"""The page of notices: each person has their own; nobody else's can be seen, read or changed."""

import re

import pytest
from sqlalchemy import select

from tests.web.conftest import post
from webapp.notices.telling import ASSIGNED, FATAL, PARKED, News, tell
from webapp.tables import NoticeRow, NoticeWish, Ranked, User


@pytest.fixture
def told(store, ids):
    """A maker: tell a person that a call of the team north is given to them; the notice's id."""

    def make(login, kind=ASSIGNED, rule=""):
        with store.database.write() as session:
            row = session.scalars(select(Ranked).where(Ranked.public_id == ids["C-1042"])).one()
            user = session.scalars(select(User.id).where(User.login == login)).one()
            assert tell(session, store.org, News(kind, row.call_id, row.team_id, rule=rule), [user], store.clock()) == 1
            return session.scalars(select(NoticeRow.public_id).where(NoticeRow.user_id == user)).one()

    return make


def bell(client, page="/password"):
    found = re.search(r'class="bell".*?<b aria-hidden="true">(\d+\+?)</b>', client.get(page).text)
    return found and found[1]


def test_the_bell_counts_and_a_notice_leads_to_its_call(browser, told, ids):
    notice, here = told("reviewer"), browser("reviewer")
    assert bell(here) == "1"
    assert "asked you to review call C-1042" in here.get("/notices").text
    answer = post(here, f"/notices/{notice}")
    assert (answer.status_code, answer.location) == (303, f"/calls/{ids['C-1042']}")
    assert bell(here) is None


def test_a_notice_of_somebody_else_does_not_exist(browser, client, told):
    notice = told("reviewer")
    for login in ("lead", "other", "nobody", "admin"):
        here = browser(login)
        assert post(here, f"/notices/{notice}").status_code == 404
        assert "C-1042" not in here.get("/notices").text
        assert bell(here) is None
    assert client.get("/notices").status_code == 401
    assert bell(browser("reviewer")) == "1"


def test_what_is_told_to_the_wrong_person_is_not_shown(browser, told):
    """Were a lead of another team told by mistake, the scope would still hide it."""
    told("other", FATAL, "E1")
    assert bell(browser("other")) is None
    told("lead", PARKED, "worker_died")
    assert bell(browser("lead")) is None  # for administrators


def test_all_are_read_by_one_button(browser, told):
    told("reviewer")
    here = browser("reviewer")
    assert post(here, "/notices/read").location == "/notices"
    assert bell(here) is None


def test_how_one_is_told_is_kept_for_oneself(browser, store):
    here = browser("reviewer")
    form = {
        "address": "remy@house.example",
        "digest": "1",
        "digest_hour": "7",
        "quiet": "22:00-06:30",
        "told": ["assigned", "found"],
    }
    assert post(here, "/notices/wish", **form).status_code == 303
    with store.database.read() as session:
        [row] = session.scalars(select(NoticeWish)).all()
        assert session.get_one(User, row.user_id).login == "reviewer"
    assert (row.address, row.digest, row.at_once, row.digest_hour, row.quiet) == (
        "remy@house.example",
        True,
        True,  # of reviews that fail a reviewer is not told: what stood there stays
        7,
        "22:00-06:30",
    )
    assert {"calibration", "decided"} <= set(row.muted)  # and not what a reviewer is never asked about
    assert not {"assigned", "found", "fatal", "parked"} & set(row.muted)
    assert "Mails go to remy@house.example" in here.get("/notices").text


@pytest.mark.parametrize("form", [{"address": "x"}, {"digest_hour": "noon"}, {"quiet": "at night"}])
def test_a_form_that_makes_no_sense_changes_nothing(browser, store, form):
    assert post(browser("reviewer"), "/notices/wish", **form).status_code == 400
    with store.database.read() as session:
        assert session.scalars(select(NoticeWish)).all() == []


def test_a_search_of_somebody_else_cannot_be_watched(browser):
    here = browser("reviewer")
    assert post(here, "/notices/watch", search="0" * 32, how="inbox").status_code == 404
    assert post(browser("nobody"), "/notices/watch", search="0" * 32, how="inbox").status_code == 404


@pytest.mark.parametrize("path", ["/notices/read", "/notices/wish", "/notices/watch", "/notices/unknown"])
def test_no_change_without_the_form_token_or_without_signing_in(browser, client, path):
    assert browser("reviewer").post(path).status_code == 400
    assert client.post(path).status_code in (400, 401)
