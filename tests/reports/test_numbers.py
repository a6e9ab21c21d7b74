"""Rates, intervals and periods: the figures a regulator would compute again."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reporting.counts import Counts, wilson
from pipeline.reporting.errors import ReportError
from pipeline.reporting.period import Period, bucket_of, last_month
from pipeline.reporting.summary import percent, points

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
ZONES = st.sampled_from(
    ["UTC", "Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago"]
)


# From the closed form by hand: centre (p + z²/2n) / (1 + z²/n), half-width z/(1 + z²/n) · sqrt(p(1-p)/n + z²/4n²).
@pytest.mark.parametrize(
    ("passed", "of", "low", "high"), [(8, 10, 0.490162, 0.943318), (0, 5, 0.0, 0.434482), (5, 5, 0.565518, 1.0)]
)
def test_the_interval_is_wilsons(passed, of, low, high):
    assert wilson(passed, of) == pytest.approx((low, high), abs=2e-6)


def test_without_a_call_there_is_no_rate():
    assert (Counts().rate, Counts().interval, Counts(unsure=3).rate) == (None, None, None)


def test_unsure_stands_outside_the_rate_and_n_a_outside_of_everything():
    counts = Counts(passed=6, failed=2, not_applicable=90, unsure=2)
    assert (counts.applicable, counts.rate, counts.worst, counts.best) == (8, 0.75, 0.6, 0.8)


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 50))
def test_the_rate_lies_in_its_interval_and_between_worst_and_best(passed, failed, unsure):
    counts = Counts(passed, failed, 0, unsure)
    if counts.applicable:
        low, high = counts.interval
        assert 0 <= low <= counts.rate <= high <= 1
        assert counts.worst <= counts.rate <= counts.best


def test_nothing_is_printed_as_all_or_none_that_is_not():
    assert [percent(share) for share in (1.0, 0.99999, 0.00001, 0.0, None)] == [
        "100.0 %",
        "99.9 %",
        "0.1 %",
        "0.0 %",
        "–",
    ]
    assert points(-0.04) == "+0.0"


@given(DAYS, st.integers(1, 400), ZONES, st.sampled_from(["week", "month"]))
def test_parts_of_a_period_hold_each_day_once(first, days, zone, step):
    period = Period(first, first + timedelta(days=days - 1), zone)
    buckets = period.buckets(step)
    held = [
        bucket.first + timedelta(days=n) for bucket in buckets for n in range((bucket.last - bucket.first).days + 1)
    ]
    assert held == [first + timedelta(days=n) for n in range(days)]
    assert all(buckets[bucket_of(buckets, day)].first <= day <= buckets[bucket_of(buckets, day)].last for day in held)
    assert len({bucket.name for bucket in buckets}) == len(buckets)


@given(DAYS, st.integers(1, 40), ZONES)
def test_a_moment_lies_in_a_period_when_the_wall_shows_one_of_its_days(first, days, zone):
    period = Period(first, first + timedelta(days=days - 1), zone)
    for moment in (period.begin, period.end, period.begin - timedelta(seconds=1), period.end - timedelta(seconds=1)):
        inside = period.begin <= moment < period.end
        assert inside == (first <= moment.astimezone(ZoneInfo(zone)).date() <= period.last)


def test_a_day_on_which_the_clocks_change_has_23_or_25_hours():
    spring, autumn = (Period(day, day, "Europe/Helsinki") for day in (date(2026, 3, 29), date(2026, 10, 25)))
    assert [(one.end - one.begin) / timedelta(hours=1) for one in (spring, autumn)] == [23, 25]


def test_whole_months_are_compared_with_whole_months_and_days_with_days():
    quarter = Period(date(2026, 4, 1), date(2026, 6, 30)).before()
    week = Period(date(2026, 3, 2), date(2026, 3, 8)).before()
    assert (quarter.first, quarter.last) == (date(2026, 1, 1), date(2026, 3, 31))
    assert (week.first, week.last) == (date(2026, 2, 23), date(2026, 3, 1))
    assert last_month(date(2026, 3, 31), "UTC").days == 28


@pytest.mark.parametrize(
    "wrong",
    [
        ("2026-03-02", "2026-03-01", "UTC"),
        ("2026-03-01", "2026-03-02", "Mars/Base"),
        ("2000-01-01", "2026-01-01", "UTC"),
    ],
)
def test_a_period_that_cannot_be_is_refused(wrong):
    with pytest.raises(ReportError):
        Period(date.fromisoformat(wrong[0]), date.fromisoformat(wrong[1]), wrong[2])


def test_midnight_that_the_clocks_skip_is_the_moment_they_jump():
    assert Period(date(2026, 9, 6), date(2026, 9, 6), "America/Santiago").begin == datetime(2026, 9, 6, 4, tzinfo=UTC)
