"""Reasons of calls from a file: each with phrases that are looked for and sentences that a turn may be like in meaning.

The shipped file is reasons.yaml beside this module; setting `topics` names another one of the same shape, or a file that
`callsift topics train` made. Phrases are written as in pipeline/topics/saying.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pipeline.topics.rulefile import BadTopics, Learned, parse
from pipeline.topics.saying import Phrase, Phrasebook, phrase

SHIPPED = Path(__file__).with_name("reasons.yaml")
FORMAT = "callsift reasons 1"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to call. ``anybody``: also heard from agents; ``like``: whole sentences for the sentence model."""

    name: str
    title: str
    phrases: tuple[Phrase, ...]
    like: tuple[str, ...] = ()
    anybody: bool = False


@dataclass(frozen=True)
class Taxonomy:
    """The reasons of one file, by name."""

    reasons: Mapping[str, Reason]

    @cached_property
    def phrasebook(self) -> Phrasebook:
        """The phrases of all reasons, looked for together."""
        return Phrasebook(said for reason in self.reasons.values() for said in reason.phrases)


@cache
def open_topics(file: Path = SHIPPED) -> Taxonomy | Learned:
    """What ``file`` holds: a taxonomy or learned topics. Raises BadTopics."""
    from ruamel.yaml import YAML  # 0.1 s: only where calls are analyzed
    from ruamel.yaml.error import YAMLError

    try:
        found = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        raise BadTopics(f"{file}: cannot be read as YAML: {error}") from error
    if isinstance(found, dict) and found.get("format") != FORMAT:
        return parse(found, str(file))
    try:
        reasons = [_reason(str(name), row) for name, row in found["reasons"].items()]
    except (KeyError, TypeError, AttributeError) as error:
        raise BadTopics(f"{file}: reasons must map names to title, phrases and like: {error}") from error
    return Taxonomy({reason.name: reason for reason in reasons})


def _reason(name: str, row: Mapping[str, Any]) -> Reason:
    known = {"title", "phrases", "like", "anybody"}
    if set(row) - known:
        raise BadTopics(
            f"reason {name}: unknown {', '.join(sorted(set(row) - known))}; known are {', '.join(sorted(known))}."
        )
    return Reason(name, str(row["title"]), tuple(phrase(str(text)) for text in row["phrases"]),
                  tuple(map(str, row.get("like", ()))), bool(row.get("anybody", False)))  # fmt: skip
