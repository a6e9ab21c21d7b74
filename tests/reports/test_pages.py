"""The page Reports, asked by someone who may, by someone of another team, and by nobody."""

import re
import zipfile

import pytest

from tests.reports.makers import rule_text
from tests.web.calls import DAY
from tests.web.conftest import (
    accounts,
    app,
    browser,
    client,
    intake,
    post,
    quick_passwords,
    seeded,
    settings,
    store,
    upgraded_sqlite,
)
from webapp.reports.verifying import verify
from webapp.web.views.reports import MAKER

__all__ = [
    "accounts",
    "app",
    "browser",
    "client",
    "intake",
    "quick_passwords",
    "seeded",
    "settings",
    "store",
    "upgraded_sqlite",
]

PERIOD = {
    "first": DAY.date().isoformat(),
    "last": DAY.date().isoformat(),
    "zone": "UTC",
    "trend": "week",
    "format": ["csv"],
}


@pytest.fixture
def asked(app, browser, store):
    """The lead of the team north, who asked for a report that is ready now; its id."""
    store.keep_rules([rule_text("B1")])
    lead = browser("lead")
    assert post(lead, "/reports", **PERIOD, unchecked="1").status_code == 303
    app.extensions[MAKER].wait()
    [one] = lead.get("/reports/progress").json["reports"]
    assert one["state"] == "done"
    return lead, one["id"]


def test_who_asked_fetches_a_report_that_can_be_checked(asked, tmp_path, settings):
    lead, public_id = asked
    page = lead.get("/reports").text
    assert f"/reports/{public_id}.zip" in page
    answer = lead.get(f"/reports/{public_id}.zip")
    (tmp_path / "report.zip").write_bytes(answer.data)
    answer.close()
    verified = verify(tmp_path / "report.zip", lead.get("/reports/key.pem").data)
    assert verified.manifest["filter"]["teams"] == ["north"]
    with zipfile.ZipFile(tmp_path / "report.zip") as pack:
        assert pack.namelist()[0] == "report.csv"
    assert (settings.path("keys", "signing_key").stat().st_mode & 0o777) == 0o600


def test_the_days_offered_hold_calls_and_say_how_many(browser, store):
    """The last month holds none of these calls: that of the newest is offered, and only calls of one's own teams count."""
    lead, asked = browser("lead"), {name: PERIOD[name] for name in ("first", "last", "zone", "trend")}
    offered = dict(re.findall(r'name="(first|last)" type="date" value="([^"]*)"', lead.get("/reports").text))
    assert offered["first"] <= PERIOD["first"] <= offered["last"]
    counts = [
        browser(who).get("/reports/calls", query_string=asked).json["calls"] for who in ("lead", "other", "admin")
    ]
    assert counts[0] + counts[1] == counts[2]
    assert min(counts) > 0
    none = lead.get("/reports/calls", query_string=asked | {"first": "2020-01-01", "last": "2020-01-31"})
    assert none.json == {"calls": 0}
    assert lead.get("/reports/calls", query_string=asked | {"teams": "south"}).status_code == 400
    assert browser("reviewer").get("/reports/calls", query_string=asked).status_code == 404


def test_another_team_and_nobody_get_nothing(asked, browser, client):
    _lead, public_id = asked
    other, reviewer = browser("other"), browser("reviewer")
    assert public_id not in other.get("/reports").text
    assert other.get(f"/reports/{public_id}.zip").status_code == 404
    assert [
        reviewer.get(path).status_code for path in ("/reports", "/reports/progress", f"/reports/{public_id}.zip")
    ] == [404] * 3
    assert client.get(f"/reports/{public_id}.zip").status_code == 401
    fetched = browser("compliance").get(f"/reports/{public_id}.zip")
    assert fetched.status_code == 200
    fetched.close()


@pytest.mark.parametrize(
    "wrong",
    [{"first": "", "last": ""}, {"first": "2026-12-01", "last": "2026-11-01"}, {"zone": "Mars/Base"}, {"format": ["exe"]},
     {"teams": ["south"]}, {"trend": "year"}, {"every": "month", "recipients": "nobody"}],
    ids=lambda wrong: next(iter(wrong)),
)  # fmt: skip
def test_what_cannot_be_made_is_said(browser, wrong):
    lead = browser("lead")
    assert post(lead, "/reports", **(PERIOD | wrong)).status_code == 400
    assert lead.get("/reports/progress").json["reports"] == []


def test_a_monthly_report_is_listed_and_ended_by_its_owner(browser):
    lead, other = browser("lead"), browser("other")
    assert post(lead, "/reports", **PERIOD, every="month", recipients="a@example.com").status_code == 303
    page = lead.get("/reports").text
    path = page.split('action="/reports/monthly/')[1].split('"')[0]
    assert "a@example.com" not in other.get("/reports").text
    assert post(other, f"/reports/monthly/{path}").status_code == 404
    assert post(lead, f"/reports/monthly/{path}").status_code == 303
    assert "a@example.com" not in lead.get("/reports").text
