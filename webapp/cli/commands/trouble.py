"""`callsift trouble`: what could not be used and why, and another try; the page Trouble for who has only a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dashboards.desk import Refused

COLUMNS = {"id": "Id", "recording": "Recording", "reason": "Reason", "message": "What is wrong", "at": "When",
           "state": "What now"}  # fmt: skip
SHOWN = 8  # characters of an id that people type
NEXT = "Calls are heard by `callsift work`, recordings taken in by the schedule's next run (`callsift serve`, `callsift work`)."


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Recordings and calls that could not be used: list, try again.", no_args_is_help=True)
    group.command("list")(list_trouble)
    group.command("retry")(retry)
    app.add_typer(group, name="trouble")


def list_trouble(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False) -> None:
    """Refused recordings and parked calls, newest first: why, and what can be done."""
    from webapp.cli.output import print_json, print_table
    from webapp.desk.working import every_refused
    from webapp.settings import load
    from webapp.store import open_store  # SQLAlchemy: a third of a second that --help must not wait for

    store = open_store(load())
    try:
        found = every_refused(store)
    finally:
        store.close()
    rows = [
        {"id": one.id, "recording": one.source, "reason": one.reason, "message": one.message,
         "at": one.at.isoformat(timespec="seconds"), "state": _state(one)}
        for one in found
    ]  # fmt: skip
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo("No trouble: every recording taken in so far could be used.")
    else:
        print_table([row | {"id": row["id"][:SHOWN]} for row in rows], COLUMNS)


def retry(
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="Ids of the list, or their beginnings.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that can be tried again.")] = False,
) -> None:
    """Have them tried again, with all their attempts. Exit code 1 when nothing could be."""
    if bool(ids) == everything:
        raise typer.BadParameter("name what is to be tried again (`callsift trouble list`), or say --all.")
    from webapp.desk.working import every_refused, retry_refused
    from webapp.settings import load
    from webapp.store import open_store

    store = open_store(load())
    try:
        able = [one.id for one in every_refused(store) if one.can_retry]
        chosen = able if everything else [_one(begun, able) for begun in ids or ()]
        done = sum(retry_refused(store, one) for one in dict.fromkeys(chosen))
    finally:
        store.close()
    typer.echo(
        f"{done} {'waits' if done == 1 else 'wait'} to be tried again. {NEXT}" if done else "Nothing to try again."
    )
    if not done:
        raise typer.Exit(1)


def _state(one: Refused) -> str:
    if one.waits:
        return "waits to be tried again"
    return "can be tried again" if one.can_retry else "take the recording in again"


def _one(begun: str, able: list[str]) -> str:
    """The id that begins so."""
    found = [one for one in able if one.startswith(begun)]
    if len(found) != 1:
        much = "several begin so" if found else "`callsift trouble list` shows what there is"
        raise typer.BadParameter(f'nothing to try again is named by "{begun}": {much}.')
    return found[0]
