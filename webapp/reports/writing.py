"""What a format promises: it is told the summary when it begins, each verdict once, and what is known at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol, cast

from pipeline.reporting.errors import ReportError
from pipeline.reporting.records import Ending, Line, Report
from rules.discovery import load_all
from webapp.reports import formats
from webapp.reports.rows import Row

Breaches = Callable[[str, int], Sequence[Line]]  # (rule, most) -> its first breaches by the start of the call


class Writer(Protocol):
    """One file being written. Memory must not grow with the number of lines."""

    def add(self, rows: Sequence[Row]) -> None: ...

    def finish(self, ending: Ending) -> None:
        """Write what is left and close the file."""
        ...

    def drop(self) -> None:
        """Let go of what is open, after an error; the file is of no use."""
        ...


class Format(Protocol):
    """One kind of file. ``file`` is its name in the pack, ``says`` what is in it, in a few words."""

    name: str
    file: str
    says: str

    def begin(self, path: Path, report: Report, breaches: Breaches) -> Writer:
        """Begin the file at ``path``. Equal reports must give equal bytes: no clock, no random numbers, no paths."""
        ...


@cache
def all_formats() -> Mapping[str, Format]:
    """Every format of the folder, by name."""
    found = cast(Mapping[str, Format], load_all(formats, "format"))
    return {one.name: one for one in found.values()}


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """Formats by name, in the order of the folder; none chosen means all. Raises ReportError for an unknown one."""
    wanted, known = set(names), all_formats()
    if strange := sorted(wanted - set(known)):
        raise ReportError(f'There is no format "{strange[0]}". Choose among {", ".join(known)}.')
    return tuple(name for name in known if not wanted or name in wanted)
