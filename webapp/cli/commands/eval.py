"""`callsift eval NAME`: a figure of quality with its interval, on the repository's data or on a manifest of yours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("eval")(evaluate)


def evaluate(
    name: Annotated[str, typer.Argument(help="Which evaluation; without one they are listed.")] = "",
    data: Annotated[Path | None, typer.Option(help="Manifest of JSON lines; paths count from its folder.")] = None,
    model: Annotated[str, typer.Option(help="Recogniser, where one is needed.")] = "demo",
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int, typer.Option(help="CPU threads; 0 means all cores.")] = 0,
    limit: Annotated[int | None, typer.Option(help="Only the first N items.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure quality: WER, DER, precision and recall, always with the settings used."""
    from pipeline import evals
    from rules.discovery import load_module, module_names
    from webapp.cli.output import list_or_refuse, progress

    names = module_names(evals)
    if name not in names:
        list_or_refuse("evaluation", name, names, as_json=as_json)
        return
    from pipeline.measuring.evaluation import EvalOptions  # numpy: only when something is measured

    with progress(f"eval {name}") as step:
        report = load_module(evals, name).evaluate(data, EvalOptions(model, device, threads, limit, step))
    if as_json:
        print(report.as_json())
        return
    typer.echo(f"{report.name} on {report.data}: n = {report.n}")
    for key, value in report.figure.items():
        interval = report.interval.get(key)
        typer.echo(
            f"  {key:<24} {_shown(value)}" + (f"  [{_shown(interval[0])}, {_shown(interval[1])}]" if interval else "")
        )
    for item in list(report.worst)[:5]:
        typer.echo("  worst: " + ", ".join(f"{key} {_shown(value)}" for key, value in item.items()))
    typer.echo("  settings: " + ", ".join(f"{key} {value}" for key, value in report.settings.items()))


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
