"""Signing in, staying signed in, and every way a session ends."""

import html
import re

import pytest
import time_machine

from tests.web import seed
from tests.web.conftest import post, sign_in, token_of
from webapp.accounts import COMMAND_LINE
from webapp.house import accounts_of
from webapp.web.app import create_app
from webapp.web.sign_in import safe_path


def signed_in(client):
    return client.get("/password").status_code == 200


def cookie(client, name="callsift"):
    found = client.get_cookie(name)
    return found.value if found else None


def test_signing_in_leads_to_where_one_wanted_to_go(client):
    sent = client.get("/work", headers={"Accept": "text/html"})
    assert sent.location == "/sign-in?next=%2Fwork"
    assert sign_in(client, "lead", next="/work").location == "/work"
    assert signed_in(client)


def test_a_real_browser_is_sent_to_sign_in_and_a_player_is_told(client):
    chrome = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
    assert client.get("/work", headers={"Accept": chrome}).location == "/sign-in?next=%2Fwork"
    assert client.get("/calls/x/audio", headers={"Accept": "*/*"}).status_code == 401


def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(client):
    answers = [sign_in(client, login, password) for login, password in [("lead", "wrong"), ("unknown", "wrong")]]
    assert [answer.status_code for answer in answers] == [401, 401]
    first, second = (answer.text.split('role="alert">')[1].split("</p>")[0] for answer in answers)
    assert first == second
    assert not signed_in(client)


def test_too_many_wrong_passwords_make_one_wait_even_with_the_right_one(client):
    for _ in range(20):
        if sign_in(client, "lead", "wrong").status_code == 429:
            break
    else:
        pytest.fail("twenty wrong passwords in a row were answered")
    refused = sign_in(client, "lead")
    assert refused.status_code == 429
    assert "minute" in refused.text


def test_the_cookie_is_hidden_from_scripts_and_other_sites(client):
    sign_in(client, "lead")
    found = client.get_cookie("callsift")
    assert (found.http_only, found.same_site, found.path) == (True, "Lax", "/")
    assert found.max_age is None  # gone with the browser


def test_behind_a_proxy_the_cookies_are_secure_and_bound_to_the_host(settings, app, tmp_path):
    behind = settings.model_copy(update={"behind_proxy": True})
    app = create_app(behind, services=app.extensions["callsift.services"])
    set_cookie = app.test_client().get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    assert set_cookie.startswith("__Host-callsift=")
    assert "Secure" in set_cookie


def test_a_session_begun_before_signing_in_is_not_kept(client):
    token_of(client, "/sign-in")
    before = cookie(client)
    sign_in(client, "lead")
    assert cookie(client) != before
    client.set_cookie("callsift", before)
    assert not signed_in(client)


def test_a_copied_cookie_is_worth_nothing_after_signing_out(browser, client):
    victim = browser("lead")
    stolen = cookie(victim)
    client.set_cookie("callsift", stolen)
    assert signed_in(client)
    assert post(victim, "/sign-out").location == "/sign-in?said=out"
    client.set_cookie("callsift", stolen)
    assert not signed_in(client)


def test_signing_out_takes_a_post_with_a_token(browser):
    lead = browser("lead")
    assert lead.get("/sign-out").status_code == 404
    assert lead.post("/sign-out").status_code == 400
    assert signed_in(lead)


def test_a_changed_role_ends_the_session_at_once(browser, accounts):
    lead = browser("lead")
    accounts.set_role(COMMAND_LINE, accounts.find("lead").id, accounts.team_id("north"), "reviewer")
    assert not signed_in(lead)


def test_a_new_password_ends_all_sessions_of_its_owner_only(browser):
    here, there, other = browser("lead"), browser("lead"), browser("other")
    new = "eleven quiet lamps in june"
    answer = post(here, "/password", old=seed.PASSWORD, new=new, again=new)
    assert answer.location == "/sign-in?said=changed"
    assert [signed_in(one) for one in (here, there, other)] == [False, False, True]
    assert sign_in(here, "lead").status_code == 401
    assert sign_in(here, "lead", new).status_code == 303


NEW = "eleven quiet lamps in june"


@pytest.fixture
def newcomer(accounts, client):
    """A browser of somebody who was given a password and has to choose another one."""
    accounts.add(COMMAND_LINE, "newcomer", "New Comer", {accounts.team_id("north"): "lead"}, password=seed.PASSWORD)
    return client


def test_a_first_password_leads_on_to_the_page_of_the_mail_without_a_second_sign_in(newcomer):
    sent = newcomer.get("/cases/0123?x=1", headers={"Accept": "text/html"})
    assert sent.location == "/sign-in?next=%2Fcases%2F0123%3Fx%3D1"
    case = sign_in(newcomer, "newcomer", next="/cases/0123?x=1").location
    forced = newcomer.get(case).location
    assert forced == "/password?next=%2Fcases%2F0123%3Fx%3D1"
    assert 'name="next" value="/cases/0123?x=1"' in newcomer.get(forced).text
    done = post(newcomer, "/password", old=seed.PASSWORD, new=NEW, again=NEW, next=case)
    assert (done.status_code, done.location) == (303, case)
    assert signed_in(newcomer)


@pytest.mark.parametrize("wanted", ["//evil.example/cases", "https://evil.example/", "/\\evil.example", ""])
def test_a_first_password_leads_to_no_other_site(newcomer, wanted):
    sign_in(newcomer, "newcomer")
    done = post(newcomer, "/password", old=seed.PASSWORD, new=NEW, again=NEW, next=wanted)
    assert done.location == "/"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"old": "wrong", "new": "eleven quiet lamps", "again": "eleven quiet lamps"}, "present password is not right"),
        ({"old": seed.PASSWORD, "new": "short", "again": "short"}, "Take at least 12"),
        ({"old": seed.PASSWORD, "new": "eleven quiet lamps", "again": "twelve quiet lamps"}, "not the same"),
    ],
)
def test_a_password_is_not_changed_when_something_about_it_is_wrong(browser, form, says):
    lead = browser("lead")
    answer = post(lead, "/password", **form)
    assert answer.status_code == 400
    assert says in answer.text
    assert signed_in(lead)


def test_a_disabled_person_is_out_at_once_and_cannot_come_back(browser, accounts, client):
    lead = browser("lead")
    accounts.disable(COMMAND_LINE, accounts.find("lead").id, disabled=True)
    assert not signed_in(lead)
    assert sign_in(client, "lead").status_code == 401


@pytest.mark.parametrize(("minutes", "alive"), [(14, True), (16, False)])
def test_a_session_ends_when_it_is_idle_for_fifteen_minutes(browser, minutes, alive):
    with time_machine.travel("2026-11-20 10:00 +0000", tick=False) as clock:
        lead = browser("lead")
        clock.shift(minutes * 60)
        assert signed_in(lead) is alive


def test_a_session_ends_after_twelve_hours_however_busy(browser):
    with time_machine.travel("2026-11-20 10:00 +0000", tick=False) as clock:
        lead = browser("lead")
        for _ in range(71):
            clock.shift(10 * 60)
            assert signed_in(lead)
        clock.shift(11 * 60)
        assert not signed_in(lead)


def test_someone_with_a_password_made_by_another_must_choose_an_own_one_first(accounts, client):
    password = accounts.add(COMMAND_LINE, "new.one", "New One", {accounts.team_id("north"): "lead"})
    sign_in(client, "new.one", password)
    assert client.get("/queue").location == "/password?next=%2Fqueue"
    assert client.get("/").location == "/password"
    form = client.get("/password").text
    assert "Choose your own" in form
    scripts = re.findall(r'<script[^>]* src="([^"]+)"', form)
    assert scripts
    for script in scripts:
        with client.get(html.unescape(script)) as answer:  # an open file
            assert answer.status_code == 200


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "evil",
        "/\nevil",
        "",
        None,
        "///evil",
    ],
)
def test_nobody_is_sent_to_another_site_after_signing_in(wanted):
    assert safe_path(wanted) == "/"


def test_a_path_of_our_own_is_kept():
    assert safe_path("/calls/abc?t=73.2") == "/calls/abc?t=73.2"


def test_a_form_without_its_token_does_nothing(client):
    answer = client.post("/sign-in", data={"login": "lead", "password": seed.PASSWORD})
    assert answer.status_code == 400
    assert "too old" in answer.text


def test_a_form_sent_by_another_site_does_nothing(browser):
    lead = browser("lead")
    data = {"csrf_token": token_of(lead)}
    assert lead.post("/sign-out", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 400
    assert signed_in(lead)


def test_who_is_signed_in_need_not_sign_in_again(browser):
    assert browser("lead").get("/sign-in?next=/work").location == "/work"


def test_limits_of_sessions_come_from_the_settings(settings, store):
    accounts = accounts_of(settings.model_copy(update={"session_idle_minutes": 3, "session_hours": 1}), store.database)
    assert (accounts.idle.total_seconds(), accounts.age.total_seconds()) == (180, 3600)
