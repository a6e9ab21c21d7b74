"""How commands speak: results on stdout, progress on stderr, one JSON document with `--json`."""

from __future__ import annotations

import difflib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import typer

WIDEST = 1000  # signs of a table's line where no terminal folds it


def print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def print_table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, title: str | None = None) -> None:
    """``columns`` maps a key of the rows to its heading. Folded to the width of a terminal; into a file each row is one line."""
    from rich.console import Console  # 0.05 s: only when something is shown
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*("" if row.get(key) is None else str(row[key]) for key in columns))
    Console(highlight=False, width=None if sys.stdout.isatty() else WIDEST).print(table)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int, str], None]]:
    """A progress bar on stderr; without a terminal at most forty lines. Gives ``step(done, of, note)``."""
    if not sys.stderr.isatty():
        yield lambda done, of, note: _line(what, done, of, note)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(what, total=None, note="")
        yield lambda done, of, note: bar.update(task, completed=done, total=of, note=note)


def _line(what: str, done: int, of: int, note: str, most: int = 40) -> None:
    if of <= most or done in (0, of) or done * most // of != (done - 1) * most // of:
        print(f"{what} {done}/{of} {note}".rstrip(), file=sys.stderr, flush=True)


def list_or_refuse(what: str, name: str, names: Sequence[str], *, as_json: bool) -> None:
    """Without a name list the names; a name that is not among them is wrong use."""
    if name:
        close = difflib.get_close_matches(name, names, n=1)
        hint = f' Did you mean "{close[0]}"?' if close else ""
        raise typer.BadParameter(f'there is no {what} "{name}".{hint} Known: {", ".join(names)}.')
    if as_json:
        print_json(list(names))
    else:
        typer.echo("\n".join(names))


@dataclass
class _Stages:
    """Speed of the running stage: audio of its calls over the time since the stage before it ended."""

    stage: str = ""
    seconds: float = 0.0
    since: float = field(default_factory=time.monotonic)
    last: float = field(default_factory=time.monotonic)

    def line(self, stage: str, done: int, of: int, seconds: float) -> str:
        if stage != self.stage or done == 1:
            self.stage, self.seconds, self.since = stage, 0.0, self.last
        self.seconds += seconds
        self.last = time.monotonic()
        speed = self.seconds / 60 / max(self.last - self.since, 1e-3)
        return f"{stage:<18} call {done:>3} of {of:<4} {speed:7.1f} audio minutes per second"


@contextmanager
def tell_stages() -> Iterator[Callable[[str, int, int, float], None]]:
    """Progress of the pipeline on stderr: stage, call k of n, and audio minutes per second of that stage."""
    stages = _Stages()
    if not sys.stderr.isatty():

        def plain(stage: str, done: int, of: int, seconds: float) -> None:
            text = stages.line(stage, done, of, seconds)
            if done == of:
                print(text, file=sys.stderr, flush=True)

        yield plain
        return
    from rich.console import Console
    from rich.live import Live

    with Live("", console=Console(stderr=True), refresh_per_second=8) as live:
        yield lambda stage, done, of, seconds: live.update(stages.line(stage, done, of, seconds))
