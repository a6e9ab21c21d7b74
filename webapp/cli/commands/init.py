"""`callsift init`: everything a new installation needs, made once and never overwritten."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("init")(init)


def init(
    admin: Annotated[str, typer.Option(help="Name of the first administrator.")] = "admin",
    password: Annotated[bool, typer.Option(help="Make the administrator and print the password.")] = True,
) -> None:
    """Make the data folder, the keys, the database and an administrator. Run again, it makes only what is missing."""
    from webapp.installing import install  # SQLAlchemy and Alembic: half a second that --help must not wait for
    from webapp.settings import load

    made = install(load(), admin=admin if password else None)
    for line in made.lines:
        typer.echo(line)
    if made.password is not None:
        typer.echo(f"Sign in as {admin} with {made.password}  (shown this once; you will be asked for one of your own)")
