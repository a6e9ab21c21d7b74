"""The scheduled run: what lies in the watched folders is taken in, then whatever waits is processed.

`callsift serve`, `callsift work` and the demo all tick; the run's key in SQL decides which of them runs a slot. A worker
only takes in, because its own loop processes what then waits, with the models it has loaded already.
"""

from __future__ import annotations

from collections.abc import Callable

from webapp.alerts import step as alerts
from webapp.extras import missing_to_hear
from webapp.figures import step as figures
from webapp.figures.themes import themes_job
from webapp.notices import step as notices
from webapp.processing import Processing
from webapp.reports import monthly
from webapp.schedule import Schedule
from webapp.scheduler import Scheduled, Scheduler
from webapp.search import step as search
from webapp.settings import Settings
from webapp.store import SqlStore
from webapp.worker import Worker

JOB = "intake"
SHOWN = 3  # folders and rows of contact logs that could not be read, named on the page Work


def scheduler_of(settings: Settings, store: SqlStore, *, works: bool = True) -> Scheduler:
    """The ticker of an installation; start it once per process. Without ``works`` a run takes in and processes nothing."""
    run = intake_and_work(settings, store) if works else take_in(settings, store)
    jobs = [Scheduled(JOB, Schedule(settings.schedule, settings.zone), run)]
    if not missing_to_hear():
        jobs.append(themes_job(settings, store))
    chores: list[Callable[[], object]] = [
        alerts.chore(settings, store),
        monthly.chore(settings, store),
        figures.chore(settings, store),
        search.chore(settings, store),
        notices.chore(settings, store),
    ]
    if not works:  # a worker has loaded torch anyway
        chores.append(search.vectors_chore(store))
    return Scheduler(store.database, store.org, jobs, chores=chores)


def take_in(settings: Settings, store: SqlStore) -> Callable[[], str]:
    """A run that only takes in."""

    def run() -> str:
        from pipeline.ingest import ingest_watched  # the decoder: only when something is taken in

        taken = ingest_watched(settings, store)
        return ", ".join([f"{taken.new} taken in, {taken.refused} refused", *taken.problems[:SHOWN]])

    return run


def intake_and_work(settings: Settings, store: SqlStore) -> Callable[[], str]:
    """A run as a function that answers with one sentence. Models stay loaded between runs."""
    processing, taking = Processing(settings, store), take_in(settings, store)

    def run() -> str:
        came = taking()
        if missing_to_hear():
            return f"{came}; nothing is processed on this machine, because callsift[pipeline] is not installed"
        tally = Worker(store, processing, settings.batch_calls, settings.lease_seconds).drain()
        if tally.done:
            search.vectors_chore(store)()
        return f"{came}, {tally.done} processed, {tally.failed} failed"

    return run
