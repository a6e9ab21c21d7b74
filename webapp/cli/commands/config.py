"""`callsift config`: which settings count, and where each comes from."""

from __future__ import annotations

from typing import Annotated

import typer

config = typer.Typer(help="Which settings count, and where each comes from.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(config, name="config")


@config.command()
def show(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """All settings with value and source; secrets are hidden."""
    from webapp.cli.output import print_json, print_table
    from webapp.settings import describe  # pydantic: a tenth of a second that --help must not wait for

    rows = [{"name": row.name, "value": row.value, "source": row.source, "help": row.help} for row in describe()]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, {"name": "setting", "value": "value", "source": "from", "help": "what it does"})
