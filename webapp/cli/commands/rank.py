"""`callsift rank`: what ranks the queues: the weights of scoring, or a model trained on submitted reviews."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from webapp.store import SqlStore

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="What ranks the queues: the weights of scoring, or a model trained on reviews.", no_args_is_help=True
    )
    group.command("train")(train)
    group.command("show")(show)
    group.command("reset")(reset)
    group.command("refresh")(refresh)
    app.add_typer(group, name="rank")


def train(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Train and say how good it is; change nothing.")] = False,
    out: Annotated[Path | None, typer.Option(help="Also write the model as JSON to this file.")] = None,
    as_json: Json = False,
) -> None:
    """Train on all submitted reviews, rank every call by the chance that a reviewer flags it, and use that from now on."""
    import json

    from webapp.cli.output import print_json
    from webapp.store import rankers  # SQLAlchemy and scikit-learn: only when something is ranked

    with opened() as store:
        ranker = rankers.train_on_reviews(store.database, store.org)
        if out is not None:
            out.write_text(json.dumps(ranker.as_data(), indent=1) + "\n", encoding="utf-8")
        version = 0 if dry_run else rankers.bring_into_force(store.database, store.org, ranker, store.clock())
    told = dict(ranker.trained)
    if as_json:
        print_json({"version": version, **told, "weights": {w.name: w.weight for w in ranker.weights}})
        return
    typer.echo(f"{told['reviews']} reviews, {told['flagged']} of them flagged. On reviews it had not seen: AUC {told['auc']}, "
               f"Brier {told['brier']}, chances off by {told['error']} on average.")  # fmt: skip
    for weight in ranker.weights[:10]:
        typer.echo(f"  {weight.weight:+.2f}  {weight.name}")
    typer.echo(
        "Nothing was changed."
        if dry_run
        else f"Version {version} ranks the queues now; `callsift rank reset` goes back."
    )


def show(
    version: Annotated[int, typer.Argument(help="Print this version as JSON; without one they are listed.")] = 0,
    as_json: Json = False,
) -> None:
    """The rankers there are, which one is in force, and how many reviews there are to train on."""
    from pipeline.quality.ranker import LEAST
    from webapp.cli.output import print_json, print_table
    from webapp.store import rankers
    from webapp.store.standing import reviewed_count

    with opened() as store:
        if version:
            model = rankers.ranker_of(store.database, store.org, version)
            if model is None:
                raise typer.BadParameter(f"there is no version {version}")
            print_json(model)
            return
        found = rankers.listed(store.database, store.org)
        with store.database.read() as session:
            reviews = reviewed_count(session, store.org)
    rows = [{"version": one.version, "made": one.made_at.isoformat(timespec="minutes"), "in_force": "yes" if one.in_force else "",
             **{name: one.trained.get(name) for name in ("reviews", "flagged", "auc", "brier", "error")}} for one in found]  # fmt: skip
    if as_json:
        print_json({"reviews": reviews, "needed": LEAST, "rankers": rows})
        return
    used = next((f"version {one.version}" for one in found if one.in_force), "the weights of scoring")
    typer.echo(f"Queues are ranked by {used}. {reviews} submitted reviews; {LEAST} are needed to train.")
    if rows:
        print_table(rows, {"version": "Version", "made": "Made", "in_force": "In force", "reviews": "Reviews",
                           "flagged": "Flagged", "auc": "AUC", "brier": "Brier", "error": "Off by"})  # fmt: skip


def reset() -> None:
    """Rank by the weights of scoring again."""
    from webapp.store import rankers

    with opened() as store:
        rankers.bring_into_force(store.database, store.org, None, store.clock())
    typer.echo("The weights of scoring rank the queues again.")


def refresh() -> None:
    """Work out anew where each call stands in the queues, from what is stored (needed once after an upgrade)."""
    from webapp.store.standing import in_force, rank_all

    with opened() as store:
        with store.database.read() as session:
            version, ranker = in_force(session, store.org)
        after: int | None = 0
        while after is not None:
            with store.database.write() as session:
                after = rank_all(session, store.org, version, ranker, after=after)
    typer.echo("Every call stands where its result puts it.")


@contextmanager
def opened() -> Iterator[SqlStore]:
    from webapp.settings import load
    from webapp.store import open_store

    store = open_store(load())
    try:
        yield store
    finally:
        store.close()
