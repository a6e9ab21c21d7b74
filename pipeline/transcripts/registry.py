"""The formats that are there: one file each under formats/, found by being there.

A format says by content whether a document is its own (`matches`, never by the name of a file), reads it, and perhaps
writes. Where several match, the one with the higher ``rank`` is asked first: a vCon that holds a Deepgram result is a vCon.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import cast

from pipeline.transcripts import formats
from pipeline.transcripts.document import Document
from pipeline.transcripts.records import Imported
from rules.discovery import load_all


@dataclass(frozen=True, slots=True)
class Format:
    """One format. ``title`` is its name for people, ``told`` what it tells, ``suffix`` of files that are written.

    ``write`` raises TranscriptError for what the format cannot hold. ``endings`` are those of names that promise this
    format: a file so called that is none is refused, not passed over.
    """

    name: str
    title: str
    told: str
    matches: Callable[[Document], bool]
    read: Callable[[Document], Sequence[Imported]]
    write: Callable[[Imported], str] | None = None
    suffix: str = ""
    mime: str = "text/plain"
    endings: tuple[str, ...] = ()
    rank: int = 0


@cache
def all_formats() -> dict[str, Format]:
    """Formats by name, in the order of the names."""
    found = cast("dict[str, Format]", load_all(formats, "format"))
    return {item.name: item for item in found.values()}


def writers() -> dict[str, Format]:
    """Those that can be written."""
    return {name: item for name, item in all_formats().items() if item.write is not None}
