"""A head on sentence vectors: linear scores of a few labels, and what each label is worth from -1 to 1.

Kept as JSON that anybody can read: weights, what they were trained on and how well they did on texts they had not seen. Using
one needs the sentence model and numpy; training is in training.py.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import PipelineError

if TYPE_CHECKING:  # the web part has numpy, but need not load it for this
    import numpy as np
    import numpy.typing as npt

    from pipeline.meaning.minilm import MiniLM

FORMAT, KIND = 1, "sentiment_head"
SHIPPED = Path(__file__).with_name("head.json")
SUFFIX = ".json"  # a setting that ends so names a head
VALUES: Mapping[str, float] = {
    "angry": -1.0, "distressed": -1.0, "dissatisfied": -0.6, "neutral": 0.0, "pleased": 1.0, "negative": -1.0, "positive": 1.0,
}  # fmt: skip


class BadHead(PipelineError):
    """A head that cannot be read, trained or used, and why."""


@dataclass(frozen=True, slots=True)
class Head:
    """``weights`` ``[labels, d]`` on vectors of length one. ``border``: scores nearer to 0 say nothing.

    ``meaning`` names the sentence model of the vectors, with the hash of its weights. ``card`` tells on what it was trained and
    how it did: shown, never used.
    """

    labels: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]
    intercept: tuple[float, ...]
    border: float
    meaning: str
    card: Mapping[str, Any]

    def chances(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """``[texts, labels]`` from ``[texts, d]``; rows add up to 1."""
        import numpy as np

        raw = vectors @ np.array(self.weights, np.float64).T + np.array(self.intercept)
        raised = np.exp(raw - raw.max(axis=1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=1, keepdims=True))

    @property
    def values(self) -> tuple[float, ...]:
        return tuple(VALUES[label] for label in self.labels)

    def as_text(self) -> str:
        """One number a place, a line a label: a change can be seen."""
        lines = [f" {json.dumps(list(row))}" for row in self.weights]
        known = {
            "format": FORMAT, "kind": KIND, "labels": list(self.labels), "intercept": list(self.intercept), "border": self.border,
            "meaning": self.meaning, "card": dict(self.card),
        }  # fmt: skip
        return json.dumps(known, indent=1)[:-2] + ',\n "weights": [\n ' + ",\n ".join(lines) + "\n ]\n}\n"


def read_head(file: Path) -> Head:
    """The head in ``file``; raises BadHead with what is wrong with it."""
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadHead(f"{file}: no head that can be read: {error}") from error
    try:
        if (found["format"], found["kind"]) != (FORMAT, KIND):
            raise BadHead(f"{file}: kind {found['kind']!r}, format {found['format']!r} is not known here")
        head = Head(
            tuple(map(str, found["labels"])), tuple(tuple(map(float, row)) for row in found["weights"]),
            tuple(map(float, found["intercept"])), float(found["border"]), str(found["meaning"]), dict(found["card"]),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise BadHead(f"{file}: not a head of sentiment: {error!r}") from error
    unknown = sorted(set(head.labels) - set(VALUES))
    if unknown:
        raise BadHead(f"{file}: label {unknown[0]!r} is not one of {', '.join(VALUES)}")
    sizes = {len(row) for row in head.weights}
    if len(head.weights) != len(head.labels) or len(head.intercept) != len(head.labels) or len(sizes) != 1:
        raise BadHead(f"{file}: {len(head.labels)} labels, but weights of another shape")
    if not all(math.isfinite(value) for row in (*head.weights, head.intercept) for value in row):
        raise BadHead(f"{file}: a weight is no number")
    return head


@dataclass(frozen=True, slots=True)
class Reader:
    """A head with its sentence model: texts in, one score each out. All texts of a call go through the model together."""

    head: Head
    model: MiniLM

    @property
    def name(self) -> str:
        return str(self.head.card.get("name", "head"))

    def __call__(self, texts: Sequence[str]) -> list[float]:
        """From -1 to 1: what the labels are worth, by their chances."""
        return [score for score, _ in self.felt(texts)]

    def felt(self, texts: Sequence[str]) -> list[tuple[float, str]]:
        """Score and likeliest label of each text."""
        if not texts:
            return []
        import numpy as np

        chances = self.head.chances(self.model.vectors(texts))
        scores = np.round(chances @ np.array(self.head.values), 4)
        return [
            (float(score), self.head.labels[int(best)])
            for score, best in zip(scores, chances.argmax(axis=1), strict=True)
        ]


def open_reader(file: Path = SHIPPED) -> Reader | None:
    """The head with the embedded sentence model; None where the [pipeline] extra is not installed.

    :raises BadHead: it cannot be read, or was trained on vectors of another sentence model.
    """
    from pipeline.meaning import open_meaning, open_shipped

    model: Any = open_meaning()
    if model is None:
        return None
    head = read_head(file)
    if head.meaning != model.name:  # another one was chosen since; the shipped one is always there
        chosen, model = model.name, open_shipped()
        if model is None or head.meaning != model.name:
            raise BadHead(f"{file}: made for the sentence model {head.meaning}, here is {chosen}. Train it again.")
    return Reader(head, model)
