"""`callsift doctor`: one line a subject, OK, WARN or FAIL, with the fix. Exit code 1 when something FAILs."""

from __future__ import annotations

from typing import Annotated

import typer

COLOURS = {"OK": "green", "WARN": "yellow", "FAIL": "red"}


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False) -> None:
    """Look at database, disk, search, device, models, mail, clock and decoder."""
    from dataclasses import asdict

    from webapp.checking import run_checks
    from webapp.cli.output import print_json
    from webapp.settings import load

    lines = run_checks(load())
    if as_json:
        print_json([asdict(line) for line in lines])
    else:
        width = max(len(line.subject) for line in lines)
        for line in lines:
            state = typer.style(f"{line.state:<4}", fg=COLOURS[line.state], bold=True)
            fix = "" if line.state == "OK" or not line.fix else f"\n      {'':<{width}}  fix: {line.fix}"
            typer.echo(f"{state}  {line.subject:<{width}}  {line.seen}{fix}")
    raise typer.Exit(int(any(line.state == "FAIL" for line in lines)))
