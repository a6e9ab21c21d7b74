"""What a report counts: the right calls, the right versions, the right moment, on SQLite and on PostgreSQL."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipeline.reporting.period import Period
from tests.reports.makers import AS_OF, KEY, MARCH, ZONE, House, Judged, order
from webapp.reports.making import again, make, prepare
from webapp.reports.verifying import verify

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def summary(house, **wanted):
    return prepare(house.database, house.org, order(**wanted))[0]


def rates(report):
    return {
        rule.facts.rule: (rule.counts.passed, rule.counts.failed, rule.counts.not_applicable, rule.counts.unsure)
        for rule in report.rules
    }


def test_each_value_is_counted_where_it_belongs(house):
    house.add(
        *(Judged(NOON, {"B1": value, "B2": "PASS"}) for value in ("PASS", "PASS", "FAIL", "NOT_APPLICABLE", "UNSURE"))
    )
    report = summary(house)
    assert rates(report) == {"B1": (2, 1, 1, 1), "B2": (5, 0, 0, 0)}
    assert (report.calls, report.rows, report.breaches) == (5, 10, 1)
    assert [facts.rule for facts in report.silent] == ["B3", "C1"]


def test_days_are_those_of_the_named_zone(house):
    helsinki = ZoneInfo(ZONE)
    edges = [
        datetime(2026, 2, 28, 23, 59, 59),
        datetime(2026, 3, 1),
        datetime(2026, 3, 31, 23, 59, 59),
        datetime(2026, 4, 1),
    ]
    house.add(*(Judged(edge.replace(tzinfo=helsinki).astimezone(UTC), {"B1": "PASS"}) for edge in edges))
    report = summary(house)
    assert report.calls == 2
    assert report.rules[0].before.passed == 1  # the last second of February


def test_the_trend_puts_each_call_into_the_week_of_its_local_day(house):
    sunday = datetime(2026, 3, 8, 21, 59, tzinfo=UTC)  # 23:59 in Helsinki
    house.add(Judged(sunday, {"B1": "FAIL"}), Judged(sunday + timedelta(minutes=1), {"B1": "PASS"}))
    report = summary(house)
    weeks = {
        bucket.name: (counts.passed, counts.failed)
        for bucket, counts in zip(report.buckets, report.rules[0].trend, strict=True)
    }
    assert (weeks["2026-W10"], weeks["2026-W11"]) == ((0, 1), (1, 0))


def test_a_report_shows_what_was_known_at_its_moment(house):
    [call] = house.add(Judged(NOON, {"B1": "FAIL"}))
    house.judge_again(call, {"B1": "PASS"}, AS_OF)
    before, at = (summary(house, as_of=moment) for moment in (AS_OF - timedelta(microseconds=1), AS_OF))
    assert (rates(before)["B1"], rates(at)["B1"]) == ((0, 1, 0, 0), (1, 0, 0, 0))


def test_filters_cut_calls_and_rules(house):
    house.add(Judged(NOON, {"B1": "FAIL", "C1": "FAIL"}, team="north", agent="a", queue="Sales"),
              Judged(NOON, {"B1": "PASS", "C1": "PASS"}, team="south", agent="b", queue="Billing"))  # fmt: skip
    assert rates(summary(house, teams=("north",)))["B1"] == (0, 1, 0, 0)
    assert rates(summary(house, agents=("b",)))["B1"] == (1, 0, 0, 0)
    assert rates(summary(house, queues=("Sales", "Billing")))["B1"] == (1, 1, 0, 0)
    assert set(rates(summary(house, packs=("telemarketing_us",)))) == {"C1"}
    assert rates(summary(house, jurisdictions=("UK",))) == {}


def test_rules_with_an_unchecked_source_are_left_out_unless_asked_for(sqlite):
    house = House(sqlite, rules=("B1", "REC-2"))
    house.add(Judged(NOON, {"B1": "PASS", "REC-2": "FAIL"}))
    assert set(rates(summary(house))) == {"B1"}
    found = {rule.facts.rule: rule.facts.status for rule in summary(house, unchecked=True).rules}
    assert found == {"B1": "read", "REC-2": "unchecked"}


def test_signals_are_not_verdicts(sqlite):
    house = House(sqlite, rules=("B1", "J1"))
    assert [facts.rule for facts in summary(house, unchecked=True).silent] == ["B1"]


def test_another_organisation_is_never_counted(house, sqlite):
    other = House(sqlite, "other")
    other.add(Judged(NOON, {"B1": "FAIL"}))
    house.add(Judged(NOON, {"B1": "PASS"}))
    assert rates(summary(house))["B1"] == (1, 0, 0, 0)


def test_random_calls_are_counted_as_by_hand(house):
    house.fill(120, seed=3)
    report, selection, _counted = prepare(house.database, house.org, order())
    lines = [line for page in selection.pages() for line in page]
    by_hand = Counter((line.rule, line.value) for line in lines)
    assert all(MARCH.begin <= line.at < MARCH.end for line in lines)
    assert {rule.facts.rule: rule.counts.failed for rule in report.rules} == {
        rule: by_hand[rule, "FAIL"] for rule in house.versions
    }
    assert report.rows == len(lines)


def test_both_databases_give_the_same_report_and_make_it_again_with_equal_bytes(each_database, tmp_path):
    house = House(each_database)
    house.fill(40, seed=1)
    made = make(each_database, house.org, order(), KEY, tmp_path / "one.zip")
    house.add(Judged(NOON, {"B1": "FAIL"}, made_at=AS_OF + timedelta(seconds=1)))  # later than its moment
    verified = verify(tmp_path / "one.zip", KEY.public)
    repeated = make(each_database, house.org, again(verified), KEY, tmp_path / "two.zip")
    assert repeated.packed.sha256 == made.packed.sha256
    assert {rule.facts.rule: rule.counts.judged for rule in made.report.rules} == dict.fromkeys(
        house.versions, made.report.calls
    )
    # The same calls in the other database: the same bytes, whichever ran first.
    assert made.packed.sha256 == KNOWN.setdefault("sha256", made.packed.sha256)


KNOWN: dict[str, str] = {}


@pytest.mark.parametrize("days", [1, 31])
def test_a_period_without_calls_gives_an_empty_report(house, tmp_path, days):
    period = Period(date(2026, 3, 1), date(2026, 3, days), ZONE)
    made = make(house.database, house.org, order(period), KEY, tmp_path / "empty.zip")
    assert (made.report.rows, len(made.report.silent)) == (0, 4)
    verify(tmp_path / "empty.zip")
