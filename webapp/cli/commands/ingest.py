"""`callsift ingest`: recordings, what is said about them, and contact logs into the store; `callsift work` does the rest."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.ingest import Outcome, Taken
    from webapp.settings import Settings
    from webapp.store import SqlStore

WORDS = {"new": "taken in", "known": "already here", "new_metadata": "new metadata", "refused": "REFUSED",
         "changing": "still growing", "failed": "FAILED", "would_take": "would be taken in"}  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command()(ingest)


def ingest(
    sources: Annotated[
        list[str], typer.Argument(metavar="PATH_OR_URL...", help="Recordings, folders of recordings, URLs.")
    ],
    metadata: Annotated[
        Path | None, typer.Option(help="CSV or JSON about the recordings; its column `file` names them.")
    ] = None,
    contacts: Annotated[list[Path] | None, typer.Option(help="Contact log, CSV or JSON; may be repeated.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Keep looking into the folders until Ctrl-C.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document (with --watch one line a recording).")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be taken in.")] = False,
) -> None:
    """Take recordings in. Your files are only read. Exit code 3 when some were refused, 1 when some failed."""
    from webapp.settings import load
    from webapp.store import open_store  # SQLAlchemy: a third of a second that --help must not wait for

    settings = load()
    store = open_store(settings)
    try:
        if watch:
            _watch(sources, store, settings, metadata, dry_run=dry_run, as_json=as_json)
            return
        from pipeline.ingest import ingest as take  # numpy and the decoder

        tell = (lambda outcome: None) if as_json else _tell
        taken = take(sources, store, settings, metadata=metadata, contacts=contacts or (), tell=tell, dry_run=dry_run)
    finally:
        store.close()
    _finish(taken, as_json=as_json)


def _finish(taken: Taken, *, as_json: bool) -> None:
    from webapp.cli import FAILED, OK, PARTLY
    from webapp.cli.output import print_json

    if as_json:
        recordings = [asdict(outcome) for outcome in taken.outcomes]
        print_json({"recordings": recordings, "contacts": taken.contacts, "problems": taken.problems})
    else:
        for problem in taken.problems:
            typer.echo(f"contact log: {problem}", err=True)
        _summarise(taken)
    raise typer.Exit(FAILED if taken.failed else PARTLY if taken.refused or taken.problems else OK)


def _summarise(taken: Taken) -> None:
    counts = [f"{count} {words}" for what, words in WORDS.items() if (count := taken.count(what))]
    contacts = [f"{taken.contacts} new contacts"] if taken.contacts else []
    typer.echo(", ".join([*counts, *contacts]) or "There was nothing to take in.")


def _tell(outcome: Outcome) -> None:
    says = f": {outcome.says}" if outcome.what in ("refused", "failed") else ""
    typer.echo(f"{WORDS[outcome.what]:<13} {outcome.source}{says}")


def _tell_json(outcome: Outcome) -> None:
    from webapp.cli.output import print_json

    print_json(asdict(outcome))


def _watch(
    sources: list[str], store: SqlStore, settings: Settings, metadata: Path | None, *, dry_run: bool, as_json: bool
) -> None:
    """Look into folders until interrupted; every recording is told once, when it has come to rest."""
    import threading
    import time

    from pipeline.ingest import Ingest, Taken
    from pipeline.ingest.folders import refuse_truth
    from pipeline.ingest.watched import take_rested
    from pipeline.ingest.watching import QUIET, Watcher

    folders = [Path(source) for source in sources]
    for folder in folders:
        refuse_truth(folder)
        if not folder.is_dir():
            raise typer.BadParameter(f"--watch takes folders; {folder} is none.")
    watchers = [Watcher(folder, time.monotonic) for folder in folders]
    never = threading.Event()
    with Ingest(store, settings, metadata=metadata, dry_run=dry_run) as door:
        try:
            while not never.wait(QUIET):
                for watcher in watchers:
                    for outcome in take_rested(watcher, door, Taken()):
                        (_tell_json if as_json else _tell)(outcome)
        except KeyboardInterrupt:
            typer.echo("Stopped.", err=True)
