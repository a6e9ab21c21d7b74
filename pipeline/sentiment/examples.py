"""Labelled texts to train a head on: a CSV of label and text, or the objects of a manifest, one a line."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import BadDataset
from pipeline.measuring.evaluation import read_manifest
from pipeline.sentiment.head import VALUES, BadHead

SHIPPED = Path(__file__).with_name("examples.csv")  # written for this project
SPELLINGS = {"neg": "negative", "-1": "negative", "neu": "neutral", "0": "neutral", "pos": "positive", "1": "positive"}


@dataclass(frozen=True, slots=True)
class Example:
    """One text as people labelled it."""

    text: str
    label: str


def read_examples(file: Path) -> list[Example]:
    """Examples of a CSV with the columns ``label`` and ``text``, or of a manifest with these keys; raises BadHead.

    Lines without a label are left out: they were not judged yet.
    """
    rows = _csv_rows(file) if file.suffix.lower() == ".csv" else _manifest_rows(file)
    found = [
        Example(" ".join(text.split()), _label(label, where))
        for where, label, text in rows
        if label.strip() and text.strip()
    ]
    if not found:
        raise BadHead(f"{file}: holds no labelled text.")
    return found


def _csv_rows(file: Path) -> list[tuple[str, str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            if not {"label", "text"} <= set(reader.fieldnames or ()):
                raise BadHead(
                    f"{file}: needs the columns label and text; it has {', '.join(reader.fieldnames or ()) or 'none'}."
                )
            return [(f"{file}:{n}", row["label"] or "", row["text"] or "") for n, row in enumerate(reader, 2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadHead(f"{file}: cannot be read as CSV: {error}") from error


def _manifest_rows(file: Path) -> list[tuple[str, str, str]]:
    try:
        rows = list(read_manifest(file, ("label", "text")))
    except (BadDataset, UnicodeDecodeError) as error:
        raise BadHead(f"{error}") from error
    return [(f"{file}, item {n}", str(row["label"]), str(row["text"])) for n, row in enumerate(rows, 1)]


def _label(label: str, where: str) -> str:
    plain = label.strip().lower()
    name = SPELLINGS.get(plain, plain)
    if name not in VALUES:
        raise BadHead(f"{where}: label {label!r} is not one of {', '.join(VALUES)}.")
    return name
