"""Every address of cases, mails and reports that there is, asked by nobody and by who may not: none is forgotten."""

import re

import pytest

from tests.alerts.makers import cases, hear, mails, signal
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
    token_of,
)
from webapp.alerts.step import run_alerts

__all__ = ["accounts", "app", "browser", "client", "ids", "intake", "quick_passwords", "seeded", "settings", "store"]

KNOWN = {
    "/cases", "/cases/<case_id>", "/cases/<case_id>/<any(acknowledge, close, reopen, note):what>", "/mails/<mail_id>",
    "/mails/<mail_id>/html", "/reports", "/reports/calls", "/reports/progress", "/reports/<report_id>.zip", "/reports/key.pem",
    "/reports/monthly/<report_id>/end",
}  # fmt: skip


@pytest.fixture
def routes(app, store, settings):
    """(method, address) of every route, leading to things that are really there."""
    hear(store, "F-1", signal("J5", 0.9), team="north", account_id="4")
    run_alerts(settings, store)
    names = {
        "case_id": cases(store)[0].public_id,
        "mail_id": mails(store)[0].public_id,
        "report_id": "0" * 32,
        "what": "note",
    }
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith(("cases.", "reports."))]
    assert {rule.rule for rule in rules} == KNOWN
    return [
        (method, re.sub(r"<(?:[^<>:]*:)?(\w+)>", lambda found: names[found[1]], rule.rule))
        for rule in rules
        for method in rule.methods & {"GET", "POST"}
    ]


def answers(client, routes, form="/password"):
    sent = {"csrf_token": token_of(client, form), "note": "x"}
    return {
        (method, path): client.open(path, method=method, data=sent if method == "POST" else None)
        for method, path in routes
    }


def test_nobody_gets_anything_anywhere(client, routes, store):
    for (method, path), answer in answers(client, routes, "/sign-in").items():
        assert answer.status_code in (401, 302), (method, path)
        assert "north" not in answer.text
    assert cases(store)[0].state == "open"


@pytest.mark.parametrize("who", ["reviewer", "agent"])
def test_who_may_not_finds_no_such_place(browser, routes, who):
    assert {
        key: answer.status_code for key, answer in answers(browser(who), routes).items() if answer.status_code != 404
    } == {}


def test_who_may_see_every_case_and_report_gets_an_answer_everywhere(browser, routes):
    missing = {
        path for (_method, path), answer in answers(browser("admin"), routes).items() if answer.status_code == 404
    }
    assert missing == {f"/reports/{'0' * 32}.zip", f"/reports/monthly/{'0' * 32}/end"}  # no report has been asked for
