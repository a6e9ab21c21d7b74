"""The pages of figures: what they say is what the calls say, inside each person's scope, down to the calls behind a figure."""

import base64
import csv
import hashlib
import html
import io
import re
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from dashboards import wording
from dashboards.figures import Figures, Mean, Wanted
from dashboards.pages.topics import bins_of
from pipeline.records import Finding, Measure, Verdict
from pipeline.reporting.period import Period
from pipeline.reporting.records import Filter
from rules.language.files import BETWEEN
from tests.web import seed
from tests.web.calls import CARD, NORTH, SOUTH
from tests.web.dash_calls import ask, outputs
from webapp.figures.means import mean_of
from webapp.figures.moves import moved
from webapp.figures.rolling import roll
from webapp.figures.tables import TABLES
from webapp.reports.catalogue import rules_of
from webapp.tables import Ranked, RuleText, Team, ThemeCall, ThemeRow

DAYS = "?since=2026-11-19&until=2026-11-20"
PAGES = ("overview", "overview-topics", "overview-agents", "overview-compliance", "overview-quality")


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
    """Who sees no page of Dash at all has no form token either: a bad request."""
    assert shown(browser(login), page)[0] in ({200} if status == 200 else {400, 404})
    assert browser(login).get(f"/{page.replace('-', '/')}").status_code == status


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
    assert {row["calls"] for row in table(browser("lead"), "days", f"{DAYS}&team={south}")} == {"0"}
    assert links(browser("lead"), f"/figures/calls{DAYS}&kind=all&team={south}") == []


def test_a_figure_leads_to_exactly_its_calls(browser, ids):
    lead = browser("lead")
    for row in table(lead, "reasons"):
        assert len(links(lead, f"/figures/calls{DAYS}&kind=reason&name={row['code']}")) == int(row["calls"])
    failed = [
        told for told in NORTH if any(v.rule == "payments.card_read_back" and v.value == "FAIL" for v in told.verdicts)
    ]
    found = links(lead, f"/figures/calls{DAYS}&kind=verdict&name=payments.card_read_back&value=FAIL")
    assert sorted(found) == sorted(ids[told.name] for told in failed) != []


def test_a_call_behind_a_figure_is_told_by_what_was_counted_and_leads_back(browser, ids):
    """The call's best reason is another rule at 57.6 s; what was counted is heard at 55.9 s."""
    lead, asked = browser("lead"), f"{DAYS}&kind=verdict&name=payments.pause_recording&value=FAIL"
    text = lead.get(f"/figures/calls{asked}").text
    row = re.search(rf'<tr><td><a href="(/calls/{ids[CARD.name]}[^"]*)".*?</tr>', text, re.DOTALL)
    assert "The recording was not paused while the code was read out" in row[0]
    assert "0:55" in row[0]
    address = html.unescape(row[1])
    assert parse_qs(urlsplit(address).query)["t"] == ["55.9"]
    back = re.search(r'<a class="back" href="([^"]*)">.*?</svg>([^<]*)</a>', lead.get(address).text, re.DOTALL)
    assert back[2] == "payments.pause_recording: Fail"
    assert links(lead, html.unescape(back[1])) == links(lead, f"/figures/calls{asked}")
    complaint = lead.get(f"/figures/calls{DAYS}&kind=finding&name=complaint").text
    assert "The customer asked for a formal complaint" in complaint
    assert "t=71&" in html.unescape(complaint)
    elsewhere = lead.get(f"/calls/{ids[CARD.name]}", query_string={"figure": "//evil.example/"}).text
    assert "evil.example" not in re.search(r'<a class="back" [^>]*>', elsewhere)[0]


@pytest.mark.parametrize("status", ["unchecked", "read"])
def test_pages_say_how_many_breaches_a_report_leaves_out(browser, store, status):
    """As many as the catalogue of reports leaves out: rules of these tests have no source until one is written."""
    rule = "payments.card_read_back"
    failed = [one.rule for told in NORTH for one in told.verdicts if one.value == "FAIL"]
    text, moment = (
        f"id: {rule}\nkind: prohibited\nsource_status: {status}\n{BETWEEN}source_status: read\n",
        store.clock(),
    )
    row = {"rule": rule, "version": "9", "title": "Card read back", "sha256": "9" * 64, "text": text}
    with store.database.write() as session:
        session.add(RuleText(org_id=store.org, first_seen=moment, **row))
    with store.database.read() as session:
        wanted = Filter(Period(date(2026, 11, 19), date(2026, 11, 20), "UTC"))
        told = {one.rule for one in rules_of(session, store.org, wanted, {}, moment)}
    assert told == ({rule} if status == "read" else set())
    left = sum(one not in told for one in failed)
    for page in ("overview", "overview-compliance"):
        assert f"{left} of them by rules whose source nobody checked" in shown(browser("lead"), page)[1]


def test_the_overview_says_how_many_calls_were_heard_and_what_changed(browser):
    _, text = shown(browser("lead"), "overview")
    assert str(len(NORTH)) in text
    assert "no calls before" in text


def test_few_calls_give_no_mean_of_a_person(browser):
    _, text = shown(browser("lead"), "overview-agents")
    assert "too few" in text
    assert not re.search(r"ag-114.{0,200}±", text)


def test_a_file_tells_no_mean_that_the_page_does_not(browser):
    rows = table(browser("lead"), "agents") + table(browser("lead"), "teams")
    few = [row for row in rows if int(row["calls"]) < 20]
    assert 0 < len(few) < len(rows)
    for row in rows:
        why = "fewer than 20 calls" if row in few else ""
        assert (row["mean_interest"] == "", row["half_width_95"] == "", row["no_mean_because"]) == (
            row in few,
            row in few,
            why,
        )


@pytest.mark.parametrize(("n", "half"), [(2, 12.706205), (5, 1.241664), (30, 0.379790)])
def test_the_interval_of_few_values_is_that_of_student(n, half):
    """Critical values of the table in Student 1908 (12.706, 2.776 and 2.045) on values one below and above their mean."""
    values = {2: [-1.0, 1.0], 5: [-1.0, -1.0, 0.0, 1.0, 1.0], 30: [-1.0, 1.0] * 15}[n]
    found = mean_of(n, sum(values), sum(value * value for value in values))
    assert found.half == pytest.approx(half, abs=1e-4)


def test_every_day_and_topic_and_finding_of_a_chart_is_in_its_file_in_words(browser, topical):
    lead = browser("lead")
    days = table(lead, "days", "?since=2026-11-15&until=2026-11-20")
    assert [row["day"] for row in days] == [f"2026-11-{day}" for day in range(15, 21)]
    assert days[0]["mean_interest"] == ""
    assert (days[0]["calls"], int(days[4]["calls"]) > 0) == ("0", True)
    assert table(lead, "topics")[0]["name"] == "Router"
    found = table(lead, "findings")
    assert {"Dead air": "dead_air"}.items() <= {row["name"]: row["code"] for row in found}.items()
    assert not any(row["code"].startswith(("topic.", "rule:", "case:")) for row in found)
    _, text = shown(lead, "overview", DAYS)
    assert "topics.csv" in text


def test_a_reason_that_is_a_rule_is_told_by_its_title():
    assert wording.thing("rule:B3", {"B3": "Debt named to others"}) == "B3 Debt named to others"
    assert wording.thing("signal:F2", {}) == "Sign F2"
    assert wording.thing("dead_air", {}) == "Dead air"


def test_rules_stand_under_their_packs_though_nothing_was_published(browser, store, settings):
    """Rules of the house that no folder knows come last; a pack's file holds its rules alone."""
    told = replace(CARD, name="P-1").result()
    verdicts = (Verdict("E1", "1", "FAIL", "not asked"), Verdict("REC-1", "1", "PASS", "said"))
    result = replace(told, verdicts=verdicts)
    store.add(seed.intake_of(store, result))
    [job] = store.claim("seed", limit=1, lease=60)
    assert store.commit(job, seed.heard(store, job, result))
    roll(store, settings.zone)
    lead = browser("lead")
    packs = {row["rule"]: row["pack"] for row in table(lead, "rules")}
    assert (packs["E1"], packs["REC-1"], packs["payments.card_read_back"]) == ("identity", "recording", "")
    assert [row["rule"] for row in table(lead, "rules", f"{DAYS}&pack=identity")] == ["E1"]
    _, text = shown(lead, "overview-compliance")
    assert text.index("Identity of callers") < text.index("Recording and consent") < text.index("Other rules")
    assert "pack=identity" in text


def test_words_that_nobody_is_sure_of_lead_to_their_calls(browser, store, settings):
    told = replace(CARD, name="U-1", marks=("asr_unsure",)).result()
    store.add(seed.intake_of(store, told))
    [job] = store.claim("seed", limit=1, lease=60)
    assert store.commit(job, seed.heard(store, job, told))
    roll(store, settings.zone)
    lead = browser("lead")
    page = lead.get(f"/figures/calls{DAYS}&kind=mark&name=asr_unsure")
    assert "U-1" in page.text
    assert "words unsure" in page.text
    unsure = [one for one in (*NORTH, replace(CARD, marks=("asr_unsure",))) if "asr_unsure" in one.marks]
    assert len(links(lead, f"/figures/calls{DAYS}&kind=mark&name=asr_unsure")) == len(unsure)
    assert "kind=mark" in shown(lead, "overview")[1]


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


def test_every_table_says_what_it_is_and_its_bytes_can_be_checked(browser):
    lead = browser("lead")
    for what in TABLES:
        table_, told = (lead.get(f"/figures/{what}.{form}{DAYS}&queue=Billing") for form in ("csv", "json"))
        assert told.json["sha256"] == hashlib.sha256(table_.data).hexdigest()
        assert (
            table_.headers["Repr-Digest"]
            == f"sha-256=:{base64.b64encode(hashlib.sha256(table_.data).digest()).decode()}:"
        )
        assert (
            told.json["rows"]
            == int(table_.headers["X-Callsift-Rows"])
            == len(list(csv.reader(io.StringIO(table_.text)))) - 1
        )
        assert told.json["filter"] == {
            "since": "2026-11-19", "until": "2026-11-20", "team": "all of yours", "queue": "Billing", "agent": "all",
        }  # fmt: skip
        assert told.json["zone"] == table_.headers["X-Callsift-Zone"] == "Europe/Helsinki"
        assert told.json["versions"]["callsift"]
        assert table_.data.count(b"\n") == table_.data.count(b"\r\n") > 0  # RFC 4180


def test_a_team_of_others_is_not_named_in_what_a_table_says(browser, accounts):
    told = browser("lead").get(f"/figures/days.json{DAYS}&team={accounts.team_id('south')}")
    assert told.json["filter"]["team"] == "none of yours"


@pytest.mark.parametrize(("login", "status"), [("lead", 200), ("reviewer", 404), ("agent", 404)])
def test_tables_of_figures_are_for_who_may_see_figures(browser, client, login, status):
    here = browser(login)
    assert {here.get(f"/figures/{what}.{form}").status_code for what in TABLES for form in ("csv", "json")} == {status}
    assert client.get("/figures/topics.csv").status_code == 401


@pytest.fixture
def topical(store, settings):
    """Calls about a router beside those of the house, one of another team."""
    for n, (team, mood) in enumerate([("north", -0.5), ("north", -0.1), ("south", 0.9)]):
        told = replace(CARD, name=f"T-{n}", team=team).result()
        alone = replace(
            told.call, metadata=replace(told.call.metadata, customer_id=None)
        )  # no other call is judged again
        found = Finding("topic.router", 0.8, 1.0, 2.0, "about a router")
        result = replace(
            told, call=alone, findings=(found,), measures=(*told.measures, Measure("sentiment.customer", mood))
        )
        store.add(seed.intake_of(store, result))
        [job] = store.claim("seed", limit=1, lease=60)
        assert store.commit(job, seed.heard(store, job, result))
    roll(store, settings.zone)


def test_a_topic_is_counted_in_ones_own_teams_and_leads_to_its_calls(browser, topical):
    lead, all_ = browser("lead"), browser("admin")
    [mine] = table(lead, "topics")
    [both] = table(all_, "topics")
    assert (mine["topic"], mine["calls"], mine["mood"], mine["mood_calls"]) == ("router", "2", "-0.3", "2")
    assert (both["calls"], both["mood_calls"]) == ("3", "3")
    assert float(mine["talk_seconds"]) == pytest.approx(0.86 * float(mine["length_seconds"]), abs=0.01)
    assert len(links(lead, f"/figures/calls{DAYS}&kind=finding&name=topic.router")) == 2
    _, text = shown(lead, "overview-topics")
    assert "What calls are about" in text
    assert "−30 ±" in text


def test_a_theme_is_seen_by_its_team_and_opens_its_calls(browser, store, ids):
    with store.database.write() as session:
        teams = dict(session.execute(select(Team.name, Team.id)).all())
        for team, call in (("north", "C-1042"), ("south", SOUTH.name)):
            key = session.scalars(select(Ranked.call_id).where(Ranked.name == call)).one()
            row = ThemeRow(org_id=store.org, team_id=teams[team], day="2026-11-20", days=7, made_at=store.clock(), before=0, now=4,
                           terms=[f"words of {team}"], calls_before=10, calls_now=10, chance=0.0)  # fmt: skip
            session.add(row)
            session.flush()
            session.add(ThemeCall(org_id=store.org, theme_id=row.id, call_id=key))
    lead, other = browser("lead"), browser("other")
    assert [row["theme"] for row in table(lead, "themes")] == ["words of north"]
    assert [row["theme"] for row in table(other, "themes")] == ["words of south"]
    with store.database.read() as session:
        theme = session.scalars(select(ThemeRow.public_id).where(ThemeRow.team_id == teams["north"])).one()
    assert links(lead, f"/figures/calls{DAYS}&kind=theme&name={theme}") == [ids["C-1042"]]
    assert links(other, f"/figures/calls{DAYS}&kind=theme&name={theme}") == []


def test_a_topic_grows_only_where_its_whole_interval_does():
    def counted(calls, n):
        return Figures(
            calls=calls, interest=Mean(calls, 0.0, None), named={"findings": {"topic.refund": n, "dead_air": 9}}
        )

    [clear] = moved(counted(200, 60), counted(200, 20))
    assert (clear.topic, clear.change) == ("refund", pytest.approx(0.2))
    assert clear.grows
    [vague] = moved(counted(10, 4), counted(10, 2))
    assert not vague.grows
    [alone] = moved(counted(10, 4), counted(0, 0))
    assert (alone.change, alone.grows) == (None, False)


@pytest.mark.parametrize(
    ("days", "bins", "first"), [(1, 1, 1), (12, 12, 1), (13, 2, 6), (30, 5, 2), (84, 12, 7), (400, 5, 36)]
)
def test_every_wanted_day_is_in_one_bar(days, bins, first):
    wanted = Wanted(date(2026, 1, 1), date.fromordinal(date(2026, 1, 1).toordinal() + days - 1))
    spans = bins_of(wanted)
    assert len(spans) == bins
    assert (spans[0][1] - spans[0][0]).days + 1 == first
    covered = [day for begin, end in spans for day in range(begin.toordinal(), end.toordinal() + 1)]
    assert covered == list(range(wanted.since.toordinal(), wanted.until.toordinal() + 1))


def test_calls_somebody_listened_to_are_counted_once_inside_the_scope(browser, ids, store):
    lead = browser("lead")
    assert "Heard by a person" in shown(lead, "overview")[1]
    for login in ("lead", "reviewer", "admin"):
        assert browser(login).get(f"/calls/{ids['C-1042']}/audio").status_code == 200
    assert links(lead, f"/figures/calls{DAYS}&kind=heard") == [ids["C-1042"]]
    assert links(browser("other"), f"/figures/calls{DAYS}&kind=heard") == []
    assert f"1 of {len(NORTH)} calls" in shown(lead, "overview")[1]
