"""`callsift export`: the redacted transcript of a call, as a file that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command()(export)


def export(
    call: Annotated[str, typer.Argument(help="Public id of a call, or its beginning.")],
    format: Annotated[str, typer.Option(help="webvtt, srt, rttm, ctm, callsift (JSON) or vcon.")] = "webvtt",
    out: Annotated[Path | None, typer.Option(help="Where to write; without it stdout.")] = None,
) -> None:
    """Write the redacted transcript of one call. It is noted in the audit log."""
    from webapp.desk.exports import exported  # SQLAlchemy: a third of a second that --help must not wait for
    from webapp.settings import load
    from webapp.store import open_store

    store = open_store(load())
    try:
        text = exported(store, call, format)
    finally:
        store.close()
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
