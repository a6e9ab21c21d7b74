"""`callsift config`: which settings count, where each comes from, and whether the files they name can be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from webapp.settings import Settings

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


@config.command()
def check() -> None:
    """Read every setting and the files they name: what cannot be used is told with its place, and ends with an error."""
    from webapp.settings import load

    settings = load()
    for line in _files(settings):
        typer.echo(line)
    typer.echo("Every setting can be used.")


def _files(settings: Settings) -> list[str]:
    from pipeline.redaction.choosing import load_policies

    load_policies(settings.redaction_policy)
    told = [f"redaction_policy {settings.redaction_policy}: can be read"]
    if settings.products is not None:
        from pipeline.entities.products import open_products

        found = open_products(settings.products)
        told.append(f"products {settings.products}: {len(found.names)} products by {found.said} names")
    if settings.topics is not None:
        from pipeline.topics.taxonomy import open_topics

        open_topics(settings.topics)
        told.append(f"topics {settings.topics}: can be read")
    return told
