"""`callsift scorecards`: list, show, check and publish scorecards; the examples that disputes have left to rules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pipeline.quality.scorecards import Card
    from webapp.store import SqlStore

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
File = Annotated[Path, typer.Argument(help="A scorecard as YAML.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Scorecards: list, show, check, publish.", no_args_is_help=True)
    group.command("list")(list_cards)
    group.command("show")(show)
    group.command("check")(check)
    group.command("publish")(publish)
    group.command("examples")(examples)
    app.add_typer(group, name="scorecards")


def list_cards(as_json: AsJson = False) -> None:
    """The scorecards in force, with their version (0: as shipped and not used yet)."""
    from webapp.cli.output import print_json, print_table
    from webapp.store.scorecards import card_of, in_force

    with _store() as store, store.database.read() as session:
        rows = [
            {"id": row.card, "title": row.title, "version": row.version, "questions": len(card_of(row).questions), "note": row.note}
            for row in in_force(session, store.org)
        ]  # fmt: skip
    if as_json:
        print_json(rows)
    else:
        print_table(
            rows, {"id": "id", "version": "version", "questions": "questions", "title": "title", "note": "note"}
        )


def show(
    card: Annotated[str, typer.Argument(help="Id of the scorecard.")],
    version: Annotated[int | None, typer.Option(help="An earlier version.")] = None,
) -> None:
    """Print a scorecard as its file."""
    from webapp.cli.output import list_or_refuse
    from webapp.store.scorecards import in_force, versions

    with _store() as store, store.database.read() as session:
        current = in_force(session, store.org)
        if card not in [row.card for row in current]:
            list_or_refuse("scorecard", card, [row.card for row in current], as_json=False)
        rows = [*versions(session, store.org, card), *(row for row in current if row.card == card)]
        found = next((row for row in rows if version in (None, row.version)), None)
    if found is None:
        raise typer.BadParameter(f'there is no version {version} of the scorecard "{card}".')
    typer.echo(found.text, nl=False)


def check(file: File, as_json: AsJson = False) -> None:
    """Look for faults in a scorecard, and for rules it names that are not in force."""
    from webapp.cli.output import print_json
    from webapp.cli.rulefolders import read_rules
    from webapp.settings import load

    card = _read(file)
    known = set(read_rules(None, load()).by_id)
    named = [rule for question in card.questions if question.machine for rule in question.machine.rules]
    unknown = sorted(set(named) - known)
    weight = sum(question.weight for question in card.questions)
    if as_json:
        print_json(
            {
                "id": card.id,
                "questions": len(card.questions),
                "weight": weight,
                "rules": len(set(named)),
                "unknown": unknown,
            }
        )
    else:
        typer.echo(f"{card.id}: {len(card.questions)} questions, {weight:g} points, {len(set(named))} rules, no fault")
        for rule in unknown:
            typer.echo(f'there is no rule "{rule}": its question is left to people')


def publish(
    file: File, note: Annotated[str, typer.Option(help="What changes, and why.")] = "", as_json: AsJson = False
) -> None:
    """Put a scorecard in force as its next version. Reviews that were begun keep the version they began with."""
    from webapp.cli.output import print_json
    from webapp.store.scorecards import publish as put

    card = _read(file)
    with _store() as store, store.database.write() as session:
        row = put(session, store.org, card, by=None, note=note, moment=store.clock())
    if as_json:
        print_json({"id": row.card, "version": row.version, "sha256": row.sha256})
    else:
        typer.echo(f"{row.card}: version {row.version} is in force")


def examples(as_json: AsJson = False) -> None:
    """What upheld disputes taught rules; `callsift rules check` judges each of them."""
    from webapp.cli.output import print_json, print_table
    from webapp.store.examples import kept_examples

    with _store() as store, store.database.read() as session:
        rows: list[dict[str, Any]] = [
            {
                "rule": one.rule,
                "expected": one.expected,
                "dispute": one.dispute,
                "made_at": one.made_at,
                "text": one.text,
            }
            for one in kept_examples(session, store.org)
        ]
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo("No upheld dispute has taught a rule yet.")
    else:
        print_table(rows, {"rule": "rule", "expected": "must be", "dispute": "dispute", "made_at": "since"})


def _read(file: Path) -> Card:
    from pipeline.quality.errors import CardError
    from pipeline.quality.scorecards import read_card

    try:
        return read_card(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise CardError(f"cannot be read: {error}", file=str(file), line=1) from error


@contextmanager
def _store() -> Iterator[SqlStore]:
    from webapp.settings import load
    from webapp.store import open_store  # SQLAlchemy: a third of a second that --help must not wait for

    store = open_store(load())
    try:
        yield store
    finally:
        store.close()
