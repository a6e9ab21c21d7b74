"""`callsift serve`: the web application, and the schedule beside it."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(serve)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to bind to; beyond this machine only behind a proxy.")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to bind to.")] = None,
    schedule: Annotated[
        bool,
        typer.Option(
            help="Run the setting schedule here too; --no-schedule leaves it, mails and reports to other processes."
        ),
    ] = True,
) -> None:
    """Serve the queue and its pages until stopped, and run the schedule: watched folders, waiting calls, mails, reports.

    Any number of `serve` and `work` may run: each slot of the schedule runs once, in one of them.
    """
    from webapp.nightly import scheduler_of
    from webapp.settings import load
    from webapp.store import open_store
    from webapp.web.app import check_address, create_app  # Flask and Dash take a second to load
    from webapp.web.app import serve as serve_app

    settings = load(host=host, port=port)
    check_address(settings.host, behind_proxy=settings.behind_proxy)
    store = open_store(settings)
    scheduler = scheduler_of(settings, store)

    def started() -> None:
        typer.echo(f"callsift is at http://{settings.host}:{settings.port}")
        if schedule:
            scheduler.start()

    try:
        serve_app(create_app(settings, store=store), settings, on_start=started)
    finally:
        scheduler.stop()
        store.close()
