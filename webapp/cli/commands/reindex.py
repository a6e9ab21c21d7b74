"""`callsift reindex`: make the search index anew, while everything goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pipeline.protocols import SearchIndex
    from webapp.store import SqlStore


def register(app: typer.Typer) -> None:
    app.command("reindex")(reindex)


def reindex(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how the index is and how far it is from the database.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Make the search index anew from the database and put it in the place of the old one, which serves until then.

    Needed after an upgrade that says so, or when `callsift doctor` finds the index damaged; one that is gone is made by
    `callsift serve` and `callsift work` by themselves.
    """
    from webapp.cli import PARTLY
    from webapp.cli.output import print_json
    from webapp.search.opening import index_of
    from webapp.settings import load
    from webapp.store import open_store  # SQLAlchemy: a third of a second that --help must not wait for

    settings = load()
    store = open_store(settings)
    index = index_of(settings)
    try:
        told = _compared(store, index) if dry_run else _built(store, index)
    finally:
        index.close()
        store.close()
    if as_json:
        print_json(told)
    else:
        typer.echo(_said(told))
    if told.get("damaged") or (dry_run and told["differ"]):
        raise typer.Exit(PARTLY)


def _built(store: SqlStore, index: SearchIndex) -> dict[str, Any]:
    from webapp.cli.output import progress
    from webapp.search.building import build

    with progress("calls") as tell:
        built = build(store, index, tell=tell)
    return {"index": index.name, "calls": built.calls, "damaged": built.damaged, "seconds": round(built.seconds, 1)}


def _compared(store: SqlStore, index: SearchIndex) -> dict[str, Any]:
    from webapp.search.comparing import compare

    state = index.state()
    difference = compare(store, index) if state.ready else None
    calls = difference.calls if difference else 0
    return {
        "index": index.name, "state": state.says, "ready": state.ready, "calls": calls,
        "missing": len(difference.missing) if difference else calls, "stale": len(difference.stale) if difference else 0,
        "extra": len(difference.extra) if difference else 0, "differ": not state.ready or bool(difference and difference.any),
    }  # fmt: skip


def _said(told: dict[str, Any]) -> str:
    if "seconds" in told:
        damaged = f"; {told['damaged']} could not be read" if told["damaged"] else ""
        return f"{told['calls']} calls are in the new {told['index']} index, after {told['seconds']} s{damaged}"
    if not told["ready"]:
        return f"The {told['index']} index would be made: {told['state']}."
    counts = f"{told['missing']} missing, {told['stale']} of an older version, {told['extra']} too many"
    return f"The {told['index']} index: {told['state']}; beside the database's {told['calls']}: {counts}."
