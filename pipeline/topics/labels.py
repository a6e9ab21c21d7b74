"""Labelled calls as examples to learn from: objects of a manifest, or a CSV of labels."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import PipelineError
from pipeline.measuring.dialogues import call_of
from pipeline.records import Call
from pipeline.redaction import load_policy, redact
from pipeline.topics.learning import Example
from pipeline.topics.saying import by_customer, spoken

LABELS = ("labels", "label", "topic", "topics", "domain")  # names that data gives them
STRICT = "strict"  # what is learned is read by people: names go as well


def examples(items: Sequence[Mapping[str, Any]], data: Path = Path("labels")) -> list[Example]:
    """What the customers of manifest objects said, redacted, with their labels; objects without labels are left out."""
    return [Example(said_in(call_of(item, data)), labels_of(item)) for item in items if labels_of(item)]


def labels_of(item: Mapping[str, Any]) -> tuple[str, ...]:
    """The topics of an object by whichever of LABELS it has: a list, or one name."""
    found = next((item[name] for name in LABELS if item.get(name)), ())
    return (found,) if isinstance(found, str) else tuple(map(str, found))


def said_in(call: Call) -> tuple[str, ...]:
    """What the customer of a call said, one text a turn, without what the strict policy removes."""
    return tuple(spoken(turn) for turn in by_customer(redact(call, load_policy(STRICT))))


class BadLabels(PipelineError, ValueError):
    """A file of labels that cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a CSV of labels: the id of a stored call, or what was said in it."""

    call: str
    labels: tuple[str, ...]
    texts: tuple[str, ...] | None

    def example(self, texts: Sequence[str]) -> Example:
        return Example(tuple(texts), self.labels)


def read_labels(file: Path) -> list[Row]:
    """A CSV with the columns ``label`` (several separated by ";") and ``text`` or ``call``; raises BadLabels.

    The lines of a text, where it has several, are its turns.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            columns = reader.fieldnames or ()
            if "label" not in columns or not {"text", "call"} & set(columns):
                raise BadLabels(
                    f"{file}: needs the columns label, and text or call; it has {', '.join(columns) or 'none'}."
                )
            return [row for number, found in enumerate(reader, 2) if (row := _row(found, f"{file}:{number}"))]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadLabels(f"{file}: cannot be read as CSV: {error}") from error


def _row(found: Mapping[str, str | None], where: str) -> Row | None:
    """None for a line without a label: it was not judged yet."""
    labels = tuple(label.strip() for label in (found.get("label") or "").split(";") if label.strip())
    text, call = found.get("text"), (found.get("call") or "").strip()
    if not labels:
        return None
    if not call and text is None:
        raise BadLabels(f"{where}: neither a call nor a text.")
    return Row(call, labels, _redacted(text) if text else None if call else ())


def _redacted(text: str) -> tuple[str, ...]:
    turns = [{"speaker": "customer", "text": line} for line in text.splitlines()]
    return said_in(call_of({"id": "text", "turns": turns}, Path("labels")))
