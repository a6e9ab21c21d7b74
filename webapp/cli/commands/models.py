"""`callsift models`: what is installed, bringing foreign checkpoints in, checking and training."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

models = typer.Typer(help="Models: list, import, verify, train.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(models, name="models")


@models.command("list")
def list_models(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Installed models with their hash and state, and the ones worth importing with the command for it."""
    from dataclasses import asdict

    from pipeline.models.catalogue import RECOMMENDED, installed
    from webapp.cli.output import print_json, print_table

    found = installed(_folder())
    if as_json:
        recommended = [{**asdict(model), "command": model.command} for model in RECOMMENDED]
        print_json({"installed": [asdict(model) for model in found], "recommended": recommended})
        return
    rows = [{**asdict(model), "hash": model.sha256[:12], "mb": f"{model.size / 1e6:.1f}"} for model in found]
    columns = {"name": "name", "kind": "kind", "hash": "SHA-256", "mb": "MB", "state": "state", "source": "from"}
    print_table(rows, columns, title="Installed")
    typer.echo("\nNot shipped, for real calls")
    for worth in RECOMMENDED:  # a line each: a command that a table breaks in two cannot be copied
        typer.echo(f"{worth.command}\n    {worth.download_mb} MB; {worth.why}")
    for model in found:
        if model.problem:
            typer.echo(f"{model.name}: {model.problem}", err=True)


@models.command("import")
def import_(
    source: Annotated[
        str, typer.Argument(help="A folder, or an id of the Hugging Face hub such as nvidia/parakeet-ctc-0.6b.")
    ],
    name: Annotated[str | None, typer.Option(help="Name to use in settings; by default that of the source.")] = None,
) -> None:
    """Bring a foreign checkpoint in: opened in a confined child, written as safetensors with a manifest of hashes."""
    from pipeline.models.importing import import_model

    folder = import_model(source, _folder(), name=name)
    typer.echo(f"{folder.path.name}: {folder.size / 1e6:.1f} MB, SHA-256 {folder.sha256}")
    typer.echo(f"Use it with --model {folder.path.name}, or set CALLSIFT_MODEL={folder.path.name}")


@models.command()
def verify(
    name: Annotated[str | None, typer.Argument(help="One model; without a name, all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON list.")] = False,
) -> None:
    """Read every file of the models and compare it with its manifest. Exit code 1 when one differs."""
    from dataclasses import asdict

    from pipeline.models.catalogue import installed
    from webapp.cli.output import list_or_refuse, print_json

    found = installed(_folder())
    if name is not None and name not in [model.name for model in found]:
        list_or_refuse("model", name, [model.name for model in found], as_json=False)
    chosen = [model for model in found if name in (None, model.name)]
    if as_json:
        print_json([asdict(model) for model in chosen])
    else:
        for model in chosen:
            typer.echo(f"{model.state:<8} {model.name:<32} {model.sha256[:12]}  {model.problem}".rstrip())
    raise typer.Exit(int(any(model.state != "ok" for model in chosen)))


@models.command("train-asr")
def train_asr(
    recipe: Annotated[Path, typer.Argument(help="Recipe (TOML), such as pipeline/training/recipes/demo_asr.toml.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run; by default training/NAME in the data folder.")
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped.")] = False,
    start: Annotated[
        Path | None, typer.Option(help="Folder of a model of the same shape whose weights a new run begins with.")
    ] = None,
) -> None:
    """Train a small recogniser on synthetic call speech; needs Debian's flite, espeak-ng and festival voices."""
    from pipeline.training.train import train

    folder = out or _folder().parent / "training" / recipe.stem
    train(recipe, folder, resume=resume, start=start)
    typer.echo(f"The model lies in {folder / 'latest'}; use it with --model {folder / 'latest'}")


def _folder() -> Path:
    from webapp.settings import load

    return load().path("models")
