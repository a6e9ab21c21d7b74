"""Who may have which report made, and that one that was asked for is made once, whatever dies on the way."""

import json
import zipfile
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from pipeline.reporting.errors import ReportError
from pipeline.reporting.period import Period
from pipeline.reporting.records import Filter
from tests.reports.makers import MARCH, ZONE, Judged
from tests.store.makers import Clock, make_store
from webapp.accounts import COMMAND_LINE
from webapp.alerts.sending import send_waiting
from webapp.desk import SqlDesks
from webapp.desk.reports import SqlReportDesk, addresses_of
from webapp.house import accounts_of
from webapp.reports import monthly, running, shelf
from webapp.reports.verifying import verify
from webapp.sessions import EVERYWHERE
from webapp.settings import Settings
from webapp.tables import Audit, MailRow, ReportRow

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
APRIL = datetime(2026, 4, 2, 9, tzinfo=UTC)
CSV = ("csv", "jsonl")


@pytest.fixture
def clock():
    return Clock(APRIL)


@pytest.fixture
def store(sqlite, tmp_path, clock):
    return make_store(sqlite, tmp_path, clock=clock)


@pytest.fixture
def settings(tmp_path, sqlite):
    return Settings(data=tmp_path, zone=ZONE, secret_key="s" * 64, kek="07" * 32)


@pytest.fixture
def desk(house, store, settings):
    """A maker: the reports of someone who is ``role`` in ``team``."""
    house.add(
        Judged(NOON, {"B1": "FAIL"}, team="north", name="N-1"), Judged(NOON, {"B1": "FAIL"}, team="south", name="S-1")
    )
    accounts = accounts_of(settings, store.database)

    def make(role, team):
        where = accounts.team_id(team) if team else EVERYWHERE
        login = f"{role}-{team}"
        accounts.add(
            COMMAND_LINE, login, login, {where: role} if role else {}, agent_id="a" if role == "agent" else None
        )
        return SqlReportDesk(SqlDesks(store).desk(accounts.find(login)), settings)

    return make


def names_in(path):
    with zipfile.ZipFile(path) as pack:
        lines = [json.loads(line) for line in pack.read("report.jsonl").splitlines()]
    return sorted(line["name"] for line in lines if line["record"] == "verdict")


def test_a_lead_gets_the_own_team_and_compliance_gets_all(desk, settings, store):
    lead, officer = desk("lead", "north"), desk("compliance", None)
    mine, all_ = lead.ask(Filter(MARCH), CSV), officer.ask(Filter(MARCH), CSV)
    assert running.make_waiting(settings, store) == 2
    assert names_in(lead.fetch(mine)) == ["N-1"]
    assert names_in(officer.fetch(all_)) == ["N-1", "S-1"]
    assert verify(lead.fetch(mine)).manifest["filter"]["teams"] == ["north"]


def test_a_report_of_another_team_does_not_exist_for_them(desk, settings, store):
    north, south, officer, nobody = (
        desk("lead", "north"),
        desk("lead", "south"),
        desk("compliance", None),
        desk(None, "none"),
    )
    hers, all_ = north.ask(Filter(MARCH), CSV), officer.ask(Filter(MARCH), CSV)
    running.make_waiting(settings, store)
    assert [row.public_id for row, _name in south.reports()] == []
    assert (south.fetch(hers), south.fetch(all_), nobody.fetch(hers)) == (None, None, None)
    assert [row.public_id for row, _name in north.reports()] == [hers]
    assert {row.public_id for row, _name in officer.reports()} == {hers, all_}
    with pytest.raises(ReportError, match="not one of yours"):
        south.ask(Filter(MARCH, teams=("north",)), CSV)


def test_whoever_lost_the_role_gets_no_report(desk, settings, store):
    lead = desk("lead", "north")
    lead.ask(Filter(MARCH), CSV)
    accounts = accounts_of(settings, store.database)
    accounts.set_role(COMMAND_LINE, accounts.find("lead-north").id, accounts.team_id("north"), "reviewer")
    running.make_waiting(settings, store)
    with store.database.read() as session:
        row = session.scalars(select(ReportRow)).one()
    assert (row.state, "may not make reports" in row.error) == ("failed", True)
    assert not shelf.place(settings, row.public_id).exists()


def test_asking_making_and_fetching_are_in_the_audit_log(desk, settings, store):
    lead = desk("lead", "north")
    public_id = lead.ask(Filter(MARCH), CSV)
    running.make_waiting(settings, store)
    lead.fetch(public_id)
    with store.database.read() as session:
        rows = session.execute(
            select(Audit.action, Audit.user_id, Audit.detail).where(Audit.subject == public_id).order_by(Audit.id)
        ).all()
        sha256 = session.scalars(select(ReportRow.sha256)).one()
    assert [row.action for row in rows] == ["report.ask", "report.make", "report.fetch"]
    assert {row.user_id for row in rows} == {lead.desk.scope.user}
    assert rows[2].detail == f"sha256 {sha256}"


def test_a_report_whose_maker_died_is_taken_over_and_the_dead_one_changes_nothing(desk, settings, store, clock):
    desk("lead", "north").ask(Filter(MARCH), CSV)
    with store.database.write() as session:
        dead = shelf.claim(session, store.org, clock())
    assert running.make_one(settings, store) is None  # leased
    clock.move(minutes=3)
    assert running.make_one(settings, store) == dead.public_id
    with store.database.write() as session:
        assert not shelf.finish(session, store.org, dead, clock(), {"error": "late"})
        assert session.scalars(select(ReportRow.state)).one() == "done"


def test_a_report_that_keeps_killing_its_maker_is_given_up(desk, store, clock):
    desk("lead", "north").ask(Filter(MARCH), CSV)
    for _ in range(shelf.TRIES):
        with store.database.write() as session:
            assert shelf.claim(session, store.org, clock())
        clock.move(minutes=3)
    with store.database.write() as session:
        assert shelf.claim(session, store.org, clock()) is None
    with store.database.read() as session:
        assert session.scalars(select(ReportRow.error)).one() == shelf.DIED


def test_two_makers_at_once_make_each_report_once(desk, settings, store):
    lead = desk("lead", "north")
    for day in range(1, 5):
        lead.ask(Filter(Period(date(2026, 3, day), date(2026, 3, 31), ZONE)), ("csv",))
    makers = [running.Maker(settings, store) for _ in range(2)]
    for maker in makers:
        maker.wake()
    for maker in makers:
        maker.wait()
    assert [(row.state, row.attempt) for row, _name in lead.reports()] == [("done", 1)] * 4


def test_a_monthly_report_comes_once_a_month_and_its_readers_are_told(desk, settings, store, clock):
    lead = desk("lead", "north")
    lead.every_month(Filter(MARCH), ("csv",), "officer@example.com, lead@example.com")
    assert monthly.run_monthly(settings, store) == 0  # March ended before it was asked for
    clock.moment = datetime(2026, 4, 30, 23, 0, tzinfo=UTC)  # 2 o'clock on 1 May in Helsinki: calls are still coming in
    assert monthly.run_monthly(settings, store) == 0
    clock.move(hours=2)
    assert [monthly.run_monthly(settings, store) for _ in range(2)] == [1, 0]
    clock.moment = datetime(2026, 7, 5, tzinfo=UTC)  # slept through May's
    assert monthly.run_monthly(settings, store) == 1
    rows = [(row.slot, row.wanted["first"], row.wanted["last"], row.wanted["teams"]) for row, _name in lead.reports()]
    assert rows == [
        ("2026-06", "2026-06-01", "2026-06-30", ["north"]),
        ("2026-04", "2026-04-01", "2026-04-30", ["north"]),
    ]
    with store.database.read() as session:
        mails = session.scalars(select(MailRow).order_by(MailRow.id)).all()
    assert [mail.address for mail in mails] == ["officer@example.com", "lead@example.com"] * 2
    assert b"/reports#" in mails[0].raw
    assert b"N-1" not in mails[0].raw
    send_waiting(store, settings)
    assert len(list((settings.data / "outbox").glob("*.eml"))) == 4


def test_an_ended_monthly_report_stays_ended(desk, settings, store, clock):
    lead, other = desk("lead", "north"), desk("lead", "south")
    lead.every_month(Filter(MARCH), ("csv",), "a@example.com")
    [schedule] = lead.schedules()
    assert (other.schedules(), other.end(schedule.public_id), lead.end(schedule.public_id)) == ([], False, True)
    clock.move(days=60)
    assert monthly.run_monthly(settings, store) == 0


@pytest.mark.parametrize("wrong", ["", "nobody", "a@b, c", "a@b\r\nBcc: c@d", "<a@b>"])
def test_what_is_no_address_gets_no_mail(wrong):
    with pytest.raises(ReportError):
        addresses_of(wrong)


def test_a_choice_offers_only_what_lies_in_the_scope(desk, house):
    house.add(Judged(NOON, {"B1": "PASS"}, team="south", queue="Secret", agent="ag-9"))
    found = desk("lead", "north").choices()
    assert (found["teams"], found["queues"], found["agents"]) == (["north"], ["Billing"], ["ag-114"])
    assert "collections_us" in found["packs"]
