"""What people say who are about to leave a company, with how plainly it says so (0 to 1)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.topics.saying import Phrase, phrase

FILE = Path(__file__).with_name("leaving.yaml")


@cache
def phrases_of_leaving() -> tuple[tuple[Phrase, float], ...]:
    from ruamel.yaml import YAML  # 0.1 s: only where calls are analyzed

    found = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
    return tuple((phrase(text), float(row["plain"])) for row in found["leaving"] for text in row["phrases"])
