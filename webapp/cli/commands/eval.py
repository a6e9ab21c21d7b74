"""`callsift eval NAME`: a figure of quality with its interval, on the repository's data or on a manifest of yours.

`callsift eval all` runs every evaluation of the folder and prints one table.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.measuring.evaluation import Report

ALL = "all"


def register(app: typer.Typer) -> None:
    app.command("eval")(evaluate)


def evaluate(
    name: Annotated[str, typer.Argument(help="Which evaluation, or all; without one they are listed.")] = "",
    data: Annotated[Path | None, typer.Option(help="Manifest of JSON lines; paths count from its folder.")] = None,
    model: Annotated[str, typer.Option(help="Recogniser, where one is needed.")] = "demo",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int, typer.Option(help="CPU threads; 0 means all cores.")] = 0,
    limit: Annotated[int | None, typer.Option(help="Only the first N items.")] = None,
    shared: Annotated[Path | None, typer.Option("--shared", "--data-root", help="all: a folder of data sets.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="all: only the first items of each.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Keep the reports for the page Measured.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="all: do not repeat what kept reports say; keeps the rest.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, or a list of them.")] = False,
) -> None:  # fmt: skip
    """Measure quality: WER, DER, precision and recall, always with the settings used."""
    from pipeline import evals
    from rules.discovery import module_names
    from webapp.cli.output import list_or_refuse, progress

    names = module_names(evals)
    if name not in (*names, ALL):
        list_or_refuse("evaluation", name, sorted([*names, ALL]), as_json=as_json)
        return
    from pipeline.measuring.evaluation import EvalOptions  # numpy: only when something is measured
    from webapp.cli.measured import everything, kept

    if name == ALL:
        if data is not None:
            raise typer.BadParameter(
                "eval all takes a folder of data sets: --shared DIR. --data is for one evaluation."
            )
        options = EvalOptions(model, device, threads, limit)
        how = {"quick": quick, "as_json": as_json, "keep": keep or resume, "resume": resume}
        failed = everything(_folder(shared), options, **how)
        raise typer.Exit(3 if failed else 0)
    from pipeline.measuring.everything import one

    with progress(f"eval {name}") as step:
        outcome = one(name, data, EvalOptions(model, device, threads, limit, step))
    assert outcome.report is not None  # what fails is raised
    if keep:
        kept(outcome)
    if as_json:
        print(outcome.report.as_json())
    else:
        _print(outcome.report)


def _folder(shared: Path | None) -> Path | None:
    if shared is not None and not shared.is_dir():
        raise typer.BadParameter(f"{shared} is no folder.")
    return shared


def _print(report: Report) -> None:
    from pipeline.measuring.goals import flat
    from webapp.cli.measured import shown
    from webapp.cli.output import print_table

    typer.echo(f"{report.name} on {report.data}: n = {report.n}")
    parts = {key: value for key, value in report.figure.items() if _parts(value)}
    for key, value in flat({key: value for key, value in report.figure.items() if key not in parts}).items():
        interval = report.interval.get(key)
        typer.echo(
            f"  {key:<24} {shown(value)}" + (f"  [{shown(interval[0])}, {shown(interval[1])}]" if interval else "")
        )
    for key, table in parts.items():
        columns = dict.fromkeys(column for row in table.values() for column in row)
        rows = [{"": name, **{column: shown(value) for column, value in row.items()}} for name, row in table.items()]
        print_table(rows, {"": key.removeprefix("by_"), **{column: column for column in columns}})
    for item in list(report.worst)[:5]:
        typer.echo("  worst: " + ", ".join(f"{key} {shown(value)}" for key, value in item.items()))
    typer.echo("  settings: " + ", ".join(f"{key} {value}" for key, value in report.settings.items()))


def _parts(value: object) -> bool:
    """Whether a figure is one row of figures for each part of the data."""
    return isinstance(value, Mapping) and len(value) > 0 and all(isinstance(row, Mapping) for row in value.values())
