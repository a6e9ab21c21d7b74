"""What is said before a secret in other languages than English, one table a file (TOML)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rules.spoken.foreign import fold


@dataclass(frozen=True)
class Sayings:
    """Words (folded: no accents, lower case) of all languages together; ``cues``: patterns by redaction type."""

    cues: Mapping[str, tuple[str, ...]]
    months: frozenset[str]
    units: frozenset[str]
    links: frozenset[str]  # between the parts of a date
    ats: frozenset[str]
    dots: frozenset[str]
    fillers: frozenset[str]


@cache
def sayings() -> Sayings:
    """Every table of the folder, put together."""
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in sorted(Path(__file__).parent.glob("*.toml"))]
    kinds = dict.fromkeys(kind for table in tables for kind in table["cues"])
    cues = {kind: tuple(cue for table in tables for cue in table["cues"].get(kind, ())) for kind in kinds}
    words = ("months", "units", "links", "ats", "dots", "fillers")
    return Sayings(cues, *(_together(table[key] for table in tables) for key in words))


def _together(lists: Iterable[Iterable[Any]]) -> frozenset[str]:
    return frozenset(fold(str(word)) for words in lists for word in words)
