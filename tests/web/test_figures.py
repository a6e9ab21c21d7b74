"""The pages of figures: what they say is what the calls say, inside each person's scope, down to the calls behind a figure."""

import csv
import io
import re

import pytest

from tests.web.calls import NORTH, SOUTH
from tests.web.dash_calls import ask, outputs
from webapp.figures.rolling import roll

DAYS = "?since=2026-11-19&until=2026-11-20"
PAGES = ("overview", "overview-agents", "overview-compliance")


@pytest.fixture(autouse=True)
def counted(store, settings):
    roll(store, settings.zone)


def shown(client, page, search=DAYS):
    """Everything a page of figures says, as one text."""
    client.get("/queue")  # for the form token, which a page that is not shown does not give
    name = next(name for name in outputs(client.application) if name.startswith(f"{page}-figures."))
    answer = ask(client, name, [("page-url", "search", search)])
    return answer.status_code, answer.text


def table(client, what, search=DAYS):
    answer = client.get(f"/figures/{what}.csv{search}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def links(client, address):
    return re.findall(r'href="/calls/(\w+)', client.get(address).text)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("login", "status"),
    [("lead", 200), ("compliance", 200), ("admin", 200), ("reviewer", 404), ("agent", 404), ("fraud", 404)],
)
def test_figures_are_for_who_may_see_them(browser, page, login, status):
    assert shown(browser(login), page)[0] == status


@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_figures_without_signing_in(client, page):
    name = next(name for name in outputs(client.application) if name.startswith(f"{page}-figures."))
    assert ask(client, name, [("page-url", "search", DAYS)]).status_code in (400, 401)


def test_each_team_has_its_own_figures(browser):
    assert sum(int(day["calls"]) for day in table(browser("lead"), "days")) == len(NORTH)
    assert sum(int(day["calls"]) for day in table(browser("other"), "days")) == 1
    assert sum(int(day["calls"]) for day in table(browser("admin"), "days")) == len(NORTH) + 1
    assert [row["team"] for row in table(browser("other"), "teams")] == ["south"]


def test_a_team_named_in_the_address_gives_nobody_more_than_their_own(browser, accounts):
    south = accounts.team_id("south")
    assert table(browser("lead"), "days", f"{DAYS}&team={south}") == []
    assert links(browser("lead"), f"/figures/calls{DAYS}&kind=all&team={south}") == []


def test_a_figure_leads_to_exactly_its_calls(browser, ids):
    lead = browser("lead")
    for row in table(lead, "reasons"):
        assert len(links(lead, f"/figures/calls{DAYS}&kind=reason&name={row['name']}")) == int(row["calls"])
    failed = [
        told for told in NORTH if any(v.rule == "payments.card_read_back" and v.value == "FAIL" for v in told.verdicts)
    ]
    found = links(lead, f"/figures/calls{DAYS}&kind=verdict&name=payments.card_read_back&value=FAIL")
    assert sorted(found) == sorted(ids[told.name] for told in failed) != []


def test_the_overview_says_how_many_calls_were_heard_and_what_changed(browser):
    _, text = shown(browser("lead"), "overview")
    assert str(len(NORTH)) in text
    assert "no calls before" in text


def test_few_calls_give_no_mean_of_a_person(browser):
    _, text = shown(browser("lead"), "overview-agents")
    assert "too few" in text
    assert not re.search(r"ag-114.{0,200}±", text)


def test_days_without_calls_say_what_to_do(browser):
    _, text = shown(browser("lead"), "overview", "?since=2020-01-01&until=2020-01-02")
    assert "Widen the dates" in text


@pytest.mark.parametrize(
    ("search", "says"),
    [("?since=yesterday", "is no date"), ("?since=2026-11-20&until=2026-11-19", "after the last one")],
)
def test_an_address_that_makes_no_sense_is_explained(browser, search, says):
    lead = browser("lead")
    assert says in shown(lead, "overview", search)[1]
    assert lead.get(f"/figures/days.csv{search}").status_code == 400


def test_a_csv_holds_no_formula(browser):
    cells = [cell for row in table(browser("admin"), "agents") for cell in row.values()]
    assert SOUTH.agent in cells
    assert not any(cell[:1] in "=+-@\t\r" for cell in cells if cell and not cell.replace(".", "").lstrip("-").isdigit())
