"""`callsift sentiment`: train the head that scores the mood of words, and see how heads compare with the lexicon."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.sentiment.training import Compared


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The mood of words: train a head on labelled turns, show it.", no_args_is_help=True)
    group.command("train")(train)
    group.command("show")(show)
    app.add_typer(group, name="sentiment")


def train(
    data: Annotated[
        list[Path] | None, typer.Argument(help="CSV with the columns label and text, or JSON lines with these keys.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The head to write (JSON).")] = Path("sentiment.json"),
    held_out: Annotated[Path | None, typer.Option(help="Labelled texts to compare on; never trained on.")] = None,
    source: Annotated[str, typer.Option(help="What the texts are and their licence, for the card.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the card as JSON.")] = False,
) -> None:
    """Train a linear head on sentence vectors and compare it with VADER on the same texts.

    Labels: negative, neutral, positive, or angry, distressed, dissatisfied, neutral, pleased. Without DATA the sentences written
    for this project are used. Use the file with CALLSIFT_SENTIMENT_MODEL=FILE.
    """
    from pipeline.sentiment import training  # numpy
    from pipeline.sentiment.examples import SHIPPED, read_examples
    from pipeline.sentiment.head import Reader
    from webapp.cli.output import print_json
    from webapp.extras import require_hearing

    require_hearing()
    from pipeline.meaning import open_meaning

    model = open_meaning()
    assert model is not None  # require_hearing has said so
    files = data or [SHIPPED]
    examples = [one for file in files for one in read_examples(file)]
    told = source or ("written for this project, Apache-2.0" if data is None else ", ".join(f.name for f in files))
    head, compared = training.train(examples, model, out.stem, told)
    unseen: Compared | None = None
    if held_out is not None:
        unseen = training.held_out(head, Reader(head, model), read_examples(held_out))
        head = training.with_card(head, held_out={"data": held_out.name, **unseen.as_data()})
    out.write_text(head.as_text(), encoding="utf-8")
    if as_json:
        print_json(dict(head.card))
        return
    typer.echo(f"{len(examples)} labelled texts, labels {', '.join(head.labels)}: {out}")
    _tell("cross-validated", compared)
    if unseen is not None:
        _tell(f"held out ({held_out})", unseen)
    better = (unseen or compared).beats
    typer.echo(
        f"It beats VADER there. Use it: CALLSIFT_SENTIMENT_MODEL={out}"
        if better
        else "It does not beat VADER there: better leave the setting as it is."
    )


def _tell(where: str, compared: Compared) -> None:
    (accuracy, f1), (their_accuracy, their_f1), (low, high) = compared.head, compared.lexicon, compared.interval
    typer.echo(f"  {where}, {compared.texts} texts: head accuracy {accuracy:.3f}, macro-F1 {f1:.3f}; VADER {their_accuracy:.3f}, "
               f"{their_f1:.3f}; gain {compared.gain:+.3f} [{low:+.3f}, {high:+.3f}]")  # fmt: skip


def show(
    file: Annotated[Path | None, typer.Argument(help="A head; without one, the shipped one.")] = None,
) -> None:
    """The card of a head: what it was trained on, how it compares with VADER, and what it misses. As JSON."""
    from pipeline.sentiment.head import SHIPPED, read_head
    from webapp.cli.output import print_json

    head = read_head(file or SHIPPED)
    print_json({"labels": list(head.labels), "border": head.border, **head.card})
