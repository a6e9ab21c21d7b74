"""`callsift db`: the schema of the database."""

from __future__ import annotations

from typing import Annotated

import typer

db = typer.Typer(help="The schema of the database.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(db, name="db")


@db.command()
def upgrade() -> None:
    """Bring the database to the schema of this version; data are kept."""
    from webapp.database import open_database  # SQLAlchemy and Alembic: half a second that --help must not wait for
    from webapp.migrations import head
    from webapp.migrations import upgrade as bring_up
    from webapp.settings import load

    settings = load()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    before = bring_up(open_database(settings.database_url()))
    typer.echo(
        f"The schema is {head()} already." if before == head() else f"Upgraded from {before or 'nothing'} to {head()}."
    )


@db.command()
def current(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Say which schema the database has and which this version needs; exit code 1 when they differ."""
    from webapp.cli.output import print_json
    from webapp.database import open_database
    from webapp.migrations import current as found
    from webapp.migrations import head
    from webapp.settings import load

    has = found(open_database(load().database_url()))
    if as_json:
        print_json({"current": has, "needed": head()})
    else:
        typer.echo(f"{has or '(none)'}, needed {head()}")
    if has != head():
        raise typer.Exit(1)
