"""What the formats of NIST's scoring tools share: one record a line, fields between blanks, ``;;`` before comments."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.records import Seconds
from pipeline.transcripts import times
from pipeline.transcripts.errors import TranscriptError

NONE = ("<NA>", "NA", "-", "*")


def records(text: str) -> Iterator[tuple[int, list[str]]]:
    """(number of the line, its fields) without comments and empty lines."""
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() and not line.lstrip().startswith(";;"):
            yield number, line.split()


def time(text: str, number: int, what: str) -> Seconds:
    found = times.number(text)
    if found is None or not times.possible(found):
        raise TranscriptError(f"the {what} is no time in seconds.", place=f"line {number}")
    return max(0.0, found)


def confidence(text: str | None) -> float | None:
    found = times.number(text) if text is not None else None
    return min(1.0, found) if found is not None and 0.0 <= found <= 1.001 else None


def is_number(text: str) -> bool:
    return times.number(text) is not None


def side(label: str) -> int | None:
    """Channel 1 or A is the first."""
    if label.isdigit() and len(label) < 4:
        return max(0, int(label) - 1)
    return ord(label.upper()) - ord("A") if len(label) == 1 and label.isalpha() and label.isascii() else None
