"""`callsift bench NAME`: ours against a stated peer in one run, equal output first, a ratio with its interval."""

from __future__ import annotations

from types import ModuleType
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    app.command("bench")(bench)


def bench(
    name: Annotated[str, typer.Argument(help="Which benchmark; without one they are listed.")] = "",
    rounds: Annotated[int, typer.Option(help="Interleaved rounds.")] = 5,
    seconds: Annotated[float, typer.Option(help="Least seconds an arm and round.")] = 2.0,
    small: Annotated[bool, typer.Option("--small", help="The size CI runs.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu or cuda.")] = "auto",
    threads: Annotated[int, typer.Option(help="CPU threads of both arms; 0 means all cores.")] = 0,
    model: Annotated[str, typer.Option(help="Recogniser, where one is needed.")] = "demo",
    axis: Annotated[str, typer.Option(help="What grows, for `scale`: calls.")] = "calls",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure speed as a ratio against a peer doing the same work in the same run; `rank`: what is found for the same effort."""
    from rules.discovery import load_module
    from webapp.cli.output import list_or_refuse

    found = benches()
    if name not in found:
        list_or_refuse("benchmark", name, sorted(found), as_json=as_json)
        return
    from pipeline.measuring.bench import BenchOptions, run  # numpy: only when something is measured

    options = BenchOptions(rounds, seconds, small, device, threads, model, axis)
    chosen = load_module(found[name], name).bench
    measured = chosen.measure(options) if hasattr(chosen, "measure") else run(chosen, options)
    typer.echo(measured.as_json() if as_json else measured.line())


def benches() -> dict[str, ModuleType]:
    """``{name: the package it lies in}``; those that need tables lie in webapp."""
    import pipeline.benches
    import webapp.benches
    from rules.discovery import module_names

    return {name: package for package in (pipeline.benches, webapp.benches) for name in module_names(package)}
