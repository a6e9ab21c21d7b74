"""The scheduled run: what lies in the watched folders is taken in, then whatever waits is processed."""

from __future__ import annotations

from collections.abc import Callable

from webapp.alerts import step as alerts
from webapp.extras import missing_to_hear
from webapp.processing import Processing
from webapp.reports import monthly
from webapp.schedule import Schedule
from webapp.scheduler import Scheduled, Scheduler
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.worker import Worker

JOB = "intake"


def scheduler_of(settings: Settings, store: SqlStore) -> Scheduler:
    """The ticker of an installation; start it once per process that should run the schedule."""
    job = Scheduled(JOB, Schedule(settings.schedule, settings.zone), intake_and_work(settings, store))
    return Scheduler(
        store.database, store.org, [job], chores=[alerts.chore(settings, store), monthly.chore(settings, store)]
    )


def intake_and_work(settings: Settings, store: SqlStore) -> Callable[[], str]:
    """A run as a function that answers with one sentence. Models stay loaded between runs."""
    processing = Processing(settings, store)

    def run() -> str:
        from pipeline.ingest import ingest_watched  # the decoder: only when something is taken in

        taken = ingest_watched(settings, store)
        came = f"{taken.new} taken in, {taken.refused} refused"
        if missing_to_hear():
            return f"{came}; nothing is processed on this machine, because callsift[pipeline] is not installed"
        tally = Worker(store, processing, settings.batch_calls, settings.lease_seconds).drain()
        return f"{came}, {tally.done} processed, {tally.failed} failed"

    return run
