"""`callsift transcripts`: formats of other products, read and written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.transcripts import Imported
    from pipeline.transcripts.registry import Format

transcripts = typer.Typer(help="Transcripts in the formats of other products.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.add_typer(transcripts, name="transcripts")


@transcripts.command()
def formats(as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False) -> None:
    """List the formats: which are read, which are written, what each tells."""
    from pipeline.transcripts import all_formats
    from webapp.cli.output import print_json, print_table

    rows = [
        {"name": item.name, "title": item.title, "read": "yes", "write": item.suffix or "-", "tells": item.told}
        for item in all_formats().values()
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(rows, {"name": "name", "title": "format", "read": "read", "write": "written", "tells": "tells"})


@transcripts.command()
def convert(
    source: Annotated[
        Path, typer.Argument(metavar="IN", help="A transcript; what it is, is found out by its content.")
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="Where to write; - is stdout.")],
    to: Annotated[str, typer.Option(help="Format to write; without it the one of OUT's ending.")] = "",
    name: Annotated[str, typer.Option(help="Which recording, where IN tells of several.")] = "",
) -> None:
    """Read a transcript and write it in another format. Nothing is redacted: the words are those of the file."""
    from pipeline.transcripts import TranscriptError, read_all, writers
    from pipeline.transcripts.leaving import written

    chosen = to or next(
        (item.name for item in _by_suffix(writers().values()) if target.name.lower().endswith(item.suffix)), ""
    )
    if not chosen:
        raise typer.BadParameter(f"{target} does not end like a format that is written; name one with --to.")
    try:
        found = read_all(_bytes(source))
    except TranscriptError as error:
        raise TranscriptError(str(error), place=str(source), reason=error.reason) from error
    text = "".join(written(one, chosen) for one in _chosen(found, name, several=chosen in ("ctm", "rttm")))
    if str(target) == "-":
        typer.echo(text, nl=False)
    else:
        target.write_text(text, encoding="utf-8")
        typer.echo(f"{source} ({found[0].format}) -> {target} ({chosen})", err=True)


def _by_suffix(items: Iterable[Format]) -> list[Format]:
    """The longest ending first: .vcon.json is no .json."""
    return sorted(items, key=lambda item: -len(item.suffix))


def _bytes(source: Path) -> bytes:
    from pipeline.transcripts import TranscriptError

    try:
        return source.read_bytes()
    except OSError as error:
        raise TranscriptError(f"cannot be read: {error.strerror}.", place=str(source)) from error


def _chosen(found: Sequence[Imported], name: str, *, several: bool) -> Sequence[Imported]:
    """The recordings to write; formats of many recordings take all."""
    named = [one for one in found if one.name == name] if name else [*found]
    if not named or (len(named) > 1 and not several):
        names = ", ".join(one.name for one in found[:20])
        raise typer.BadParameter(f"IN tells of {len(found)} recordings ({names}); choose one with --name.")
    return named
