"""`callsift work`: a worker; any number of them, on any number of machines, share one database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from threading import Event


def register(app: typer.Typer) -> None:
    app.command("work")(work)


def work(
    once: Annotated[
        bool, typer.Option("--once", help="End when nothing is waiting; else go on until stopped.")
    ] = False,
    batch: Annotated[int | None, typer.Option(help="Calls at once; without it the setting batch_calls.", min=1)] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object at the end.")] = False,
) -> None:
    """Process waiting calls. Ctrl-C or SIGTERM ends it after the batch in hand; exit code 3 when calls failed.

    Without --once it also ticks: on the setting schedule, watched folders are taken in by one of all processes that tick.
    """
    from webapp.cli import PARTLY
    from webapp.cli.output import print_json, tell_stages
    from webapp.extras import require_hearing
    from webapp.figures.rolling import roll
    from webapp.nightly import scheduler_of
    from webapp.processing import Processing  # SQLAlchemy and the steps: half a second that --help must not wait for
    from webapp.search.step import index_once
    from webapp.settings import load
    from webapp.store import open_store
    from webapp.worker import Worker

    require_hearing()
    settings = load()
    store = open_store(settings)
    with tell_stages() as tell:
        processing = Processing(settings, store, tell)
        worker = Worker(store, processing, batch or settings.batch_calls, settings.lease_seconds)
        scheduler = scheduler_of(settings, store, works=False)
        try:
            if not once:
                scheduler.start()
            tally = worker.drain() if once else worker.run(_until_stopped())
            if once:
                index_once(settings, store)
                roll(store, settings.zone)
        finally:
            scheduler.stop()
            processing.close()
            store.close()
    if as_json:
        print_json({"done": tally.done, "failed": tally.failed, "lost": tally.lost})
    else:
        hint = " (`callsift trouble list` says why)" if tally.failed else ""
        typer.echo(f"{tally.done} calls processed, {tally.failed} failed{hint}")
    if tally.failed:
        raise typer.Exit(PARTLY)


def _until_stopped() -> Event:
    """An event that the first SIGTERM or Ctrl-C sets; the second Ctrl-C interrupts as usual."""
    import signal
    from threading import Event

    stop = Event()

    def told(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.default_int_handler)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, told)
    return stop
