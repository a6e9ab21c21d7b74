"""`callsift demo`: from the calls of sample_calls/ to a ranked queue in the browser, on this machine alone."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rules.errors import CallsiftError

if TYPE_CHECKING:
    from pipeline.measuring.planted import Count
    from webapp.settings import Settings
    from webapp.store import SqlStore
    from webapp.worker import Tally

SAMPLES = Path(__file__).parents[3] / "sample_calls" / "calls"
ADMIN = "demo"


def register(app: typer.Typer) -> None:
    app.command()(demo)


def demo(
    data: Annotated[Path, typer.Option(help="Folder the demo lives in; delete it to begin anew.")] = Path("demo-data"),
    calls: Annotated[Path, typer.Option(help="Folder of recordings.")] = SAMPLES,
    port: Annotated[int, typer.Option(help="Port of the web server.")] = 8050,
    serve: Annotated[bool, typer.Option(help="Serve the queue; --no-serve ends when it is ranked.")] = True,
) -> None:
    """Take in, process and rank the sample calls, then serve the queue. Run again, only what is new is processed."""
    began = time.monotonic()
    from webapp.alerts.step import run_alerts
    from webapp.extras import require_hearing
    from webapp.figures.rolling import roll
    from webapp.installing import install
    from webapp.search.step import index_once
    from webapp.settings import load
    from webapp.store import open_store

    require_hearing()
    if serve:
        _refuse_taken(port)
    products = calls.parent / "products.txt"
    settings = load(
        data=data, port=port, voiceprints=True, products=products if products.is_file() else None, alert_threshold=0.6
    )  # every case is mailed at once
    install(settings, admin=None)
    password = _sign_in(settings)
    store = open_store(settings)
    typer.echo(f"Taking in the calls of {calls}", err=True)
    _take_in(calls, settings, store)
    tally = _process(settings, store)
    run_alerts(settings, store)
    roll(store, settings.zone)
    index_once(settings, store)
    came = f"{tally.done} calls processed, {tally.failed} set aside" if tally.taken else "Nothing new to process"
    typer.echo(f"{came}; ranked after {time.monotonic() - began:.0f} s")
    typer.echo("Voices are compared where a caller agreed to it; without `callsift demo` that is off.")
    typer.echo("Recognised by the demo checkpoint: synthetic voices only, not for real calls.")
    _tell_planted(store)
    if serve:
        _serve(settings, store, password)


def _refuse_taken(port: int) -> None:
    """Say at once, not after minutes of listening, that somebody else serves there."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server: a port just left is free
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CallsiftError(
                f"port {port} is in use, perhaps by another demo. Take another one: make demo DEMO='--port {port + 1}'"
            ) from error


def _sign_in(settings: Settings) -> str:
    """The demo's administrator with a password of this start: an old one lies in nobody's terminal for long."""
    from webapp.accounts import COMMAND_LINE
    from webapp.database import open_database
    from webapp.house import accounts_of
    from webapp.sessions import EVERYWHERE

    database = open_database(settings.database_url())
    try:
        accounts = accounts_of(settings, database)
        known = [user for user in accounts.users(COMMAND_LINE) if user.login == ADMIN]
        if known:
            return accounts.reset(COMMAND_LINE, known[0].id, must_change=False)
        return accounts.add(COMMAND_LINE, ADMIN, "Demo", {EVERYWHERE: "admin"}, must_change=False)
    finally:
        database.close()


def _take_in(calls: Path, settings: Settings, store: SqlStore) -> None:
    from pipeline.ingest import ingest

    log = calls.parent / "contacts.csv"
    ingest([str(calls)], store, settings, contacts=[log] if log.is_file() else [])


def _process(settings: Settings, store: SqlStore) -> Tally:
    from webapp.cli.output import tell_stages
    from webapp.processing import Processing
    from webapp.worker import Worker

    if store.waiting():
        typer.echo(f"Loading the models; then {store.waiting()} calls are listened to, stage by stage", err=True)
    with tell_stages() as tell:
        processing = Processing(settings, store, tell)
        try:
            return Worker(store, processing, 32, settings.lease_seconds).drain()
        finally:
            processing.close()


def _tell_planted(store: SqlStore) -> None:
    """What was planted in the calls and what of it stands in the queue. The truth is read here only, after the ranking."""
    counted = count_planted(store)
    if counted is not None:
        typer.echo("Found from the sound, beside what was planted in these calls:")
        for line in counted.lines():
            typer.echo(f"  {line}")


def count_planted(store: SqlStore) -> Count | None:
    """What was planted and found in the stored calls that have a truth, counted as `callsift eval planted` does; None without any.

    A voice that speaks for several customers is found where cases are made: with the voices that were kept.
    """
    from sqlalchemy import select

    from pipeline.measuring.planted import count, truth_of
    from pipeline.measuring.voices import with_same_voice
    from webapp.alerts.signs import names_of, voices_of
    from webapp.tables import Call, SuspectRow

    with store.database.read() as session:
        ids = session.scalars(select(Call.public_id).where(Call.org_id == store.org)).all()
        kept = voices_of(session, session.scalars(select(SuspectRow).where(SuspectRow.org_id == store.org)).all())
        names = names_of(session, kept)
    results = [result for id in ids if (result := store.result(id)) is not None]
    judged = with_same_voice(results, {names[key]: voices for key, voices in kept.items()})
    pairs = [(truth, result) for result in judged if (truth := truth_of(Path(result.call.source))) is not None]
    return count(pairs) if pairs else None


def _serve(settings: Settings, store: SqlStore, password: str) -> None:
    from webapp.nightly import scheduler_of
    from webapp.web.app import create_app
    from webapp.web.app import serve as serve_app

    scheduler = scheduler_of(settings, store)

    def started() -> None:
        scheduler.start()
        typer.echo(
            f"\n  Open      http://{settings.host}:{settings.port}\n  Sign in   {ADMIN}\n  Password  {password}\n"
        )
        typer.echo("Ctrl-C stops the demo.")

    serve_app(create_app(settings, store=store), settings, on_start=started)
