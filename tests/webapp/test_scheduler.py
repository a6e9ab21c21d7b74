"""The schedule: each day once, on days of 23, 24 and 25 hours, whoever ticks and whatever the clock does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from threading import Event
from zoneinfo import ZoneInfo

import pytest

from rules.errors import CallsiftError
from tests.store.makers import Clock
from webapp.schedule import Schedule, ScheduleError
from webapp.scheduler import DIED, Scheduled, Scheduler, runs
from webapp.teams import org_key

DAYS = [
    ("Europe/Helsinki", "30 3 * * *", "2026-10-25"),  # 03:30 comes twice
    ("Europe/Helsinki", "30 3 * * *", "2027-03-28"),  # 03:30 does not come
    ("America/New_York", "30 1 * * *", "2026-11-01"),
    ("America/New_York", "30 2 * * *", "2027-03-14"),
    ("Australia/Lord_Howe", "45 1 * * *", "2027-04-04"),  # half an hour, not one
    ("Australia/Lord_Howe", "15 2 * * *", "2026-10-04"),
    ("Africa/Cairo", "30 0 * * *", "2026-04-24"),  # midnight does not come
    ("Africa/Casablanca", "30 2 * * *", "2027-02-07"),  # back and forth around Ramadan
    ("Asia/Kolkata", "0 0 * * *", "2028-02-29"),
    ("UTC", "59 23 * * *", "2026-12-31"),
]


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def scheduler(database, clock):
    """Makes schedulers on one database that run a job which notes the local date."""
    with database.write() as session:
        org = org_key(session, "main", clock())

    def make(schedule, done, **options):
        def run():
            done.append(clock())
            return "done"

        job = Scheduled("work", schedule, run)
        return Scheduler(database, org, [job], clock=clock, **options), job

    return make


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # the days are a matter of the wall clock
@pytest.mark.parametrize(("zone", "line", "day"), DAYS)
def test_a_daily_job_runs_once_on_each_local_date(scheduler, clock, zone, line, day):
    middle = datetime.fromisoformat(day).replace(hour=12, tzinfo=ZoneInfo(zone))
    clock.moment = (middle - timedelta(days=2)).astimezone(UTC)
    done = []
    one, job = scheduler(Schedule(line, zone), done)
    other, same = scheduler(Schedule(line, zone), done)
    one.tick(job)  # makes up for the slot before
    done.clear()
    for _ in range(4 * 24):
        clock.move(hours=1)
        one.tick(job)
        other.tick(same)
    dates = [moment.astimezone(ZoneInfo(zone)).date() for moment in done]
    assert dates == sorted(set(dates))
    assert len(dates) == 4


def test_a_job_of_every_hour_runs_in_both_passes_of_the_doubled_one():
    schedule = Schedule("0 * * * *", "Europe/Helsinki")
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    slots = schedule.between(start, start + timedelta(hours=6))
    assert [slot.at.hour for slot in slots] == [23, 0, 1, 2, 3, 4]


def test_a_job_of_every_quarter_leaves_out_the_hour_that_does_not_come():
    schedule = Schedule("*/15 * * * *", "Europe/Helsinki")
    start = datetime(2027, 3, 28, 0, tzinfo=UTC)
    slots = schedule.between(start, start + timedelta(hours=2))
    assert [slot.at for slot in slots] == [start + timedelta(minutes=15 * i) for i in range(1, 9)]


@pytest.mark.parametrize("zone", ["Europe/Helsinki", "America/New_York", "Australia/Lord_Howe"])
def test_every_day_of_five_years_has_one_slot(zone):
    schedule = Schedule("30 3 * * *", zone)
    begin, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
    slots = schedule.between(begin, end)
    assert len({slot.name for slot in slots}) == len(slots) == (end - begin).days
    assert all(timedelta(hours=22) < later.at - slot.at < timedelta(hours=26) for slot, later in pairwise(slots))


@pytest.mark.parametrize(("line", "day"), [("0 6 * * 0", 6), ("0 6 * * 7", 6), ("0 6 * * 1-2", 0), ("0 6 * * sat", 5)])
def test_weekdays_count_as_in_cron(line, day):
    assert Schedule(line, "UTC").next(datetime(2026, 11, 20, 12, tzinfo=UTC)).weekday() == day  # after a Friday


@pytest.mark.parametrize(("line", "zone"), [("every day", "UTC"), ("61 * * * *", "UTC"), ("0 0 * * *", "Mars/Base")])
def test_a_line_or_zone_that_cannot_be_used_is_shown_with_an_example(line, zone):
    with pytest.raises(ScheduleError, match=r"\*/15"):
        Schedule(line, zone)


def test_slots_slept_through_are_made_up_by_one_run(scheduler, clock):
    done = []
    one, job = scheduler(Schedule("0 * * * *", "UTC"), done)
    one.tick(job)
    clock.move(hours=9)
    assert [one.tick(job) for _ in range(3)] == [True, False, False]


def test_a_clock_set_back_runs_nothing_again(scheduler, clock):
    done = []
    one, job = scheduler(Schedule("0 3 * * *", "UTC"), done)
    clock.move(hours=24)
    assert one.tick(job)
    clock.move(hours=-3)
    assert not one.tick(job)
    clock.move(hours=3)
    assert not one.tick(job)


def test_of_many_schedulers_at_once_one_runs(scheduler, clock):
    done = []
    pairs = [scheduler(Schedule("0 * * * *", "UTC"), done) for _ in range(8)]
    for _ in range(5):
        clock.move(hours=1)
        with ThreadPoolExecutor(8) as pool:
            ran = list(pool.map(lambda pair: pair[0].tick(pair[1]), pairs))
        assert sum(ran) == 1
    assert len(done) == 5


def failing(error):
    def run():
        raise error

    return run


@pytest.mark.parametrize(("error", "told"), [
    (CallsiftError("The folder /calls is gone."), "The folder /calls is gone."),
    (RuntimeError("secret detail"), "RuntimeError: see the log."),
])  # fmt: skip
def test_a_failure_is_told_and_the_next_slot_runs(scheduler, clock, database, error, told):
    one, job = scheduler(Schedule("0 * * * *", "UTC"), done := [])
    assert one.tick(Scheduled(job.name, job.schedule, failing(error)))
    clock.move(hours=1)
    assert one.tick(job)
    last, first = runs(database, one.org, "work")
    assert (first.error, last.error, last.summary) == (told, None, "done")
    assert len(done) == 1


class Killed(BaseException):
    """Stands for the death of the process: nothing after it runs."""


def test_a_slot_whose_scheduler_died_is_taken_over_when_its_lease_ends(scheduler, clock, database):
    one, job = scheduler(Schedule("0 * * * *", "UTC"), done := [])
    with pytest.raises(Killed):
        one.tick(Scheduled(job.name, job.schedule, failing(Killed())))
    other, same = scheduler(job.schedule, done)
    assert not other.tick(same)
    clock.move(minutes=4)
    assert other.tick(same)
    [run] = runs(database, one.org, "work")
    assert (run.attempt, run.error, run.summary) == (2, None, "done")


def test_a_slot_that_kills_its_scheduler_each_time_is_given_up(scheduler, clock, database):
    one, job = scheduler(Schedule("0 3 * * *", "UTC"), [])
    for _ in range(3):
        with pytest.raises(Killed):
            one.tick(Scheduled(job.name, job.schedule, failing(Killed())))
        clock.move(minutes=4)
    assert not one.tick(job)
    [run] = runs(database, one.org, "work")
    assert (run.attempt, run.error) == (3, DIED)


def test_a_scheduler_that_was_paused_cannot_end_a_run_taken_over(scheduler, clock, database):
    one, job = scheduler(Schedule("0 * * * *", "UTC"), done := [])
    other, same = scheduler(job.schedule, done)

    def paused():
        clock.move(minutes=4)  # longer than the lease
        assert other.tick(same)
        return "late"

    one.tick(Scheduled(job.name, job.schedule, paused))
    [run] = runs(database, one.org, "work")
    assert run.summary == "done"


def test_started_it_ticks_at_once_and_stopped_it_waits_for_the_run(scheduler, clock):
    one, job = scheduler(Schedule("0 * * * *", "UTC"), [])
    ran = Event()
    one.jobs = [Scheduled(job.name, job.schedule, lambda: ran.set() or "done")]
    one.start()
    assert ran.wait(30)
    one.stop()
    one.stop()
