"""`callsift voices`: what is kept of voices, and its erasure."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Voiceprints: erase them, of a call or of a customer.", no_args_is_help=True)
    group.callback()(_nothing)
    group.command("erase")(erase)
    app.add_typer(group, name="voices")


def _nothing() -> None:
    """A group of one command stays a group."""


def erase(
    call: Annotated[list[str] | None, typer.Option(help="Id of a call or its beginning; may be repeated.")] = None,
    customer: Annotated[str | None, typer.Option(help="All calls of this customer id.")] = None,
) -> None:
    """Erase voiceprints and take the consent to them back; calls, words and recordings stay."""
    if not call and customer is None:
        raise typer.BadParameter("say whose voice: --call or --customer")
    from webapp.alerts.forgetting import forget_voices
    from webapp.settings import load
    from webapp.store import open_store  # SQLAlchemy: a third of a second that --help must not wait for

    store = open_store(load())
    try:
        gone = forget_voices(store, calls=call or (), customer=customer)
    finally:
        store.close()
    if not gone.calls:
        typer.echo("No such call.")
        raise typer.Exit(1)
    typer.echo(
        f"{gone.voices} voiceprint{'' if gone.voices == 1 else 's'} erased; "
        f"{gone.calls} call{'' if gone.calls == 1 else 's'} will never have one."
    )
