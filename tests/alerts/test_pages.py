"""The pages of cases: asked by who may, by another team and by nobody; what people decide is kept, once and audited."""

import re

import pytest

from tests.alerts.makers import QUOTE, TITLES, add_voice, alerts, cases, hear, mails, rows, signal
from tests.web.conftest import (
    accounts,
    app,
    browser,
    client,
    ids,
    intake,
    post,
    quick_passwords,
    seeded,
    settings,
    store,
    token_of,
)
from webapp.alerts.step import run_alerts, send_tests
from webapp.tables import Audit, CaseHistory, MailRow

__all__ = ["accounts", "app", "browser", "client", "ids", "intake", "quick_passwords", "seeded", "settings", "store"]

EVIL = "<script>window.pwned=1</script>"


@pytest.fixture
def case(store, settings):
    """A case of the team north over two days, with its mails in the outbox folder."""
    hear(store, "F-1", signal("J3", 0.5, 12.0), team="north", account_id="4", customer_id="cu-77")
    hear(store, "F-2", signal("J5", 0.9), days=2, team="north", account_id="4", customer_id="cu-77")
    run_alerts(settings, store)
    return cases(store)[0].public_id


def addresses(store, case):
    mail = mails(store)[0].public_id
    return [f"/cases/{case}", f"/mails/{mail}", f"/mails/{mail}/html"]


@pytest.mark.parametrize("who", ["fraud", "lead", "compliance", "admin"])
def test_who_may_sees_the_case_its_timeline_and_its_mails(browser, store, case, who):
    someone = browser(who)
    listed = someone.get("/cases").text
    assert f'href="/cases/{case}"' in listed
    assert TITLES["J5"] in listed
    page = someone.get(f"/cases/{case}").text
    assert page.index("F-1") < page.index("F-2")
    assert QUOTE in page
    assert "?t=73.2" in page
    assert "same account" in page
    for address in addresses(store, case):
        assert someone.get(address).status_code == 200


@pytest.mark.parametrize("who", ["other", "reviewer", "agent", "nobody"])
def test_for_everybody_else_there_is_no_case(browser, store, case, who):
    someone = browser(who)
    page = someone.get("/cases")
    if page.status_code == 200:  # a lead of another team: the place exists, the case does not
        assert case not in page.text
        assert "No case" in page.text
    for address in addresses(store, case):
        assert someone.get(address).status_code == 404
    for what in ("acknowledge", "close", "note", "reopen"):
        answer = someone.post(f"/cases/{case}/{what}", data={"csrf_token": token_of(someone), "note": "x"})
        assert answer.status_code == 404
    assert cases(store)[0].state == "open"


def test_nobody_is_asked_to_sign_in_and_comes_back_to_the_case(client, store, case):
    for address in addresses(store, case):
        answer = client.get(address, headers={"Accept": "text/html"})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/sign-in?next={address.replace('/', '%2F')}")


def test_a_lead_reads_but_does_not_decide(browser, store, case):
    lead = browser("lead")
    assert "Acknowledge</button>" not in lead.get(f"/cases/{case}").text
    assert post(lead, f"/cases/{case}/acknowledge").status_code == 404


def test_acknowledging_is_a_post_with_the_form_token(browser, store, case):
    fraud = browser("fraud")
    assert fraud.get(f"/cases/{case}/acknowledge").status_code in (404, 405)
    assert fraud.post(f"/cases/{case}/acknowledge").status_code == 400
    assert cases(store)[0].state == "open"
    answer = post(fraud, f"/cases/{case}/acknowledge", note="calling them back")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{case}")
    assert cases(store)[0].state == "acknowledged"
    assert all(alert.acknowledged_at for alert in alerts(store))
    page = fraud.get(f"/cases/{case}").text
    assert "Freya Lind" in page
    assert "calling them back" in page


def test_a_decision_that_comes_too_late_changes_nothing_and_says_so(browser, store, case):
    fraud, admin = browser("fraud"), browser("admin")
    post(fraud, f"/cases/{case}/close", note="the bank confirmed it", outcome="confirmed")
    before = len(rows(store.database, CaseHistory))
    answer = post(admin, f"/cases/{case}/acknowledge")
    assert answer.status_code == 303
    assert "Somebody else was faster" in admin.get(f"/cases/{case}").text
    assert len(rows(store.database, CaseHistory)) == before
    assert case not in admin.get("/cases").text
    assert case in admin.get("/cases?closed=1").text
    post(admin, f"/cases/{case}/reopen")
    assert [row.what for row in rows(store.database, CaseHistory)][-2:] == ["closed", "reopened"]


def test_a_case_is_closed_with_how_it_ended_and_found_by_that(browser, store, case):
    fraud = browser("fraud")
    for wrong in ("", "fraud"):
        post(fraud, f"/cases/{case}/close", outcome=wrong)
        assert "say how the case ended" in fraud.get(f"/cases/{case}").text
        assert cases(store)[0].state == "open"
    post(fraud, f"/cases/{case}/close", outcome="false_alarm", note="her own son")
    assert "closed: false alarm" in fraud.get(f"/cases/{case}").text
    found = {
        outcome: case in fraud.get(f"/cases?closed=1&outcome={outcome}").text
        for outcome in ("confirmed", "false_alarm")
    }
    assert found == {"confirmed": False, "false_alarm": True}
    assert "False alarm 1" in fraud.get("/cases?closed=1").text
    assert (
        "False alarm" not in browser("other").get("/cases?closed=1").text
    )  # of another team's case not even the number
    post(fraud, f"/cases/{case}/reopen")
    page = fraud.get(f"/cases/{case}").text
    assert (cases(store)[0].outcome, "closed: false alarm" in page) == (None, True)  # the history keeps it


def test_reading_and_deciding_are_written_to_the_audit_log(browser, store, case):
    fraud = browser("fraud")
    fraud.get(f"/cases/{case}")
    post(fraud, f"/cases/{case}/note", note="see ticket 7")
    post(fraud, f"/cases/{case}/note", note="  ")  # no words, no note
    post(fraud, f"/cases/{case}/close", outcome="not_sure")
    written = [row.action for row in rows(store.database, Audit) if row.subject == case]
    assert written == ["case.read", "case.note", "case.read", "case.close"]


def test_a_case_over_two_teams_shows_each_team_its_own_calls_alone(browser, store, settings):
    hear(store, "N-1", signal("J5", 0.7, quote="only north heard this"), team="north", account_id="4")
    hear(store, "S-1", signal("J3", 0.9, quote="only south heard this"), days=1, team="south", account_id="4")
    run_alerts(settings, store)
    [case] = cases(store)
    north, south, everyone = (browser(who).get(f"/cases/{case.public_id}").text for who in ("fraud", "other", "admin"))
    assert ("only north heard this" in north, "only south heard this" in north) == (True, False)
    assert ("only north heard this" in south, "only south heard this" in south) == (False, True)
    assert "<strong>70</strong>" in north  # what their own call says, not what another team's adds
    assert "N-1" not in south
    assert "S-1" not in north
    assert "only north heard this" in everyone
    assert "only south heard this" in everyone


def test_a_merged_case_leads_to_the_one_that_took_it_in(browser, store, settings):
    hear(store, "F-1", signal("J5", 0.7), team="north", account_id="4")
    hear(store, "F-2", signal("J5", 0.7), team="north", person_number="+1")
    run_alerts(settings, store)
    first, second = cases(store)
    hear(store, "F-3", signal("J3", 0.5), team="north", account_id="4", person_number="+1")
    run_alerts(settings, store)
    answer = browser("fraud").get(f"/cases/{second.public_id}")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/cases/{first.public_id}")


def test_the_same_pattern_in_other_calls_is_shown(browser, store, settings):
    for name, account in (("F-1", "4"), ("F-9", "5")):
        hear(store, name, signal("J5", 0.7), signal("J3", 0.5), team="north", account_id=account)
    run_alerts(settings, store)
    page = browser("fraud").get(f"/cases/{cases(store)[0].public_id}").text
    assert "2 rules in common, 100% alike" in page


def test_the_mail_is_shown_as_it_was_sent_and_can_reach_nothing(browser, store, case):
    fraud = browser("fraud")
    mail = mails(store)[0]
    outer, inner = fraud.get(f"/mails/{mail.public_id}"), fraud.get(f"/mails/{mail.public_id}/html")
    assert mail.message_id.strip("<>") in outer.text
    assert "frame-src 'self'" in outer.headers["Content-Security-Policy"]
    policy = inner.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert inner.headers["Cache-Control"] == "no-store"


def test_what_was_said_is_shown_and_never_run(browser, store, settings):
    hear(store, EVIL, signal("J5", 0.9, quote=EVIL), team="north", queue=EVIL)
    run_alerts(settings, store)
    fraud, case = browser("fraud"), cases(store)[0].public_id
    post(fraud, f"/cases/{case}/note", note=EVIL)
    for address in ("/cases", *addresses(store, case)):
        assert EVIL not in fraud.get(address).text


def test_the_pages_say_how_mails_go_out(browser, store, case, settings, app):
    fraud = browser("fraud")
    page = fraud.get("/cases").text
    assert "No mail server is set." in page
    assert str(settings.path("outbox").absolute()) in page
    app.extensions["callsift.settings"] = settings.model_copy(update={"alert_recipients": ("nonsense",)})
    assert "alert_recipients: &#39;nonsense&#39; cannot be read" in fraud.get("/cases").text


def test_a_mail_about_no_call_is_for_who_sees_every_team(browser, store, settings):
    send_tests(settings, store, ["a@bank.example"])
    mail = rows(store.database, MailRow)[0].public_id
    assert [browser(who).get(f"/mails/{mail}").status_code for who in ("admin", "fraud")] == [200, 404]


def test_voices_are_named_with_how_close_they_are(browser, store, settings, app):
    settings = settings.model_copy(update={"voiceprints": True})
    app.extensions["callsift.settings"] = settings
    for name, who in (("F-1", "x"), ("F-2", "y")):
        add_voice(
            store, hear(store, name, signal("J5", 0.7), team="north", customer_id=who, consent_voiceprint=True), 1.0
        )
    run_alerts(settings, store)
    page = browser("fraud").get(f"/cases/{cases(store)[0].public_id}").text
    assert "same voice (100% alike)" in page
    assert "What sounds like one voice speaks for 2 different customers or accounts: compare them." in page
    assert page.count("<audio controls") == 2
    ends = re.findall(r'data-from="([\d.]+)" data-until="([\d.]+)"', page)
    assert [float(until) > float(start) for start, until in ends] == [True, True]
    assert "1 pair of voices" in page
    assert "fewer than 0.1 of them would be taken for one voice" in page
    assert "Measured on synthetic voices only" in page


def test_the_base_rate_counts_every_voice_the_case_was_compared_with(browser, store, settings, app):
    settings = settings.model_copy(update={"voiceprints": True})
    app.extensions["callsift.settings"] = settings
    for n in range(2):
        add_voice(
            store,
            hear(store, f"V-{n}", signal("J5", 0.7), team="north", customer_id=f"v{n}", consent_voiceprint=True),
            1.0,
        )
    for n in range(60):
        add_voice(
            store,
            hear(store, f"O-{n}", signal("J5", 0.1), team="north", customer_id=f"o{n}", consent_voiceprint=True),
            n / 100,
        )
    run_alerts(settings, store)
    [case] = cases(store)
    page = browser("fraud").get(f"/cases/{case.public_id}").text
    assert "121 pairs" in page  # two voices with 60 others, and with each other
    assert "3.7 of them" in page  # 121 * 14 / 457


def test_the_largest_amount_that_was_said_is_the_value_at_risk(browser, store, settings):
    words = "send four thousand five hundred dollars no four hundred dollars and twelve pounds to it"
    hear(store, "F-1", signal("J5", 0.9), team="north", said=words)
    run_alerts(settings, store)
    page = browser("fraud").get(f"/cases/{cases(store)[0].public_id}").text
    assert page.index("$4,500") < page.index("£12")
    assert "$400<" not in page
