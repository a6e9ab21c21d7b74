"""`callsift eval sentiment --data MANIFEST`: does a text's sentiment come out as people labelled it?

A manifest object is {"id", "text" or "turns": [{"speaker", "text"}], "label"}; a label is negative, neutral or positive (or neg,
neu, pos, -1, 0, 1). Where there are turns the customer's count, by the roles found from what is said, and all of them where no
customer is found; the mean of their scores is the item's. VADER is measured, or with `--model` an imported text classifier.
Data without neutral items is judged by sign; an item whose score lies between the borders then stays without an answer: it
counts as wrong, and ``coverage`` says how many got one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.analyzers.sentiment import Scorer, mean, vader
from pipeline.errors import BadDataset
from pipeline.measuring.dialogues import call_of
from pipeline.measuring.evaluation import EvalOptions, Report, bootstrap, read_manifest
from pipeline.measuring.labels import accuracy, macro_f1

LABELS = {
    "negative": ("negative", "neg", "-1"),
    "neutral": ("neutral", "neu", "0"),
    "positive": ("positive", "pos", "1"),
}
BORDER_VADER = 0.05  # as VADER's authors set it
BORDER_MODEL = 1 / 3  # of chance positive less chance negative
WORST = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One text: its label, the label it got (empty: none), and the score behind it."""

    id: str
    true: str
    got: str
    score: float
    text: str

    @property
    def pair(self) -> tuple[str, str]:
        return self.true, self.got


def evaluate(data: Path | None, options: EvalOptions) -> Report:
    """Figures ``accuracy``, ``macro_f1`` (over the labels of the data) and ``coverage``."""
    if data is None:
        raise BadDataset(
            'eval sentiment needs --data: a file of {"id", "text" or "turns", "label"} objects, one a line.'
        )
    rows = list(read_manifest(data, ("id", "label")))[: options.limit]
    if not rows:
        raise BadDataset(f"{data}: holds nothing to measure on.")
    truth = [_label(row, data) for row in rows]
    texts = [_texts(row, data) for row in rows]
    score, border, scorer = _scorer(options)
    scores = _scores(texts, score, options)
    three = "neutral" in truth
    items = [
        Item(str(row["id"]), true, _called(value, border, three=three), round(value, 4), " / ".join(said)[:200])
        for row, true, value, said in zip(rows, truth, scores, texts, strict=True)
    ]
    figure = {
        "accuracy": _accuracy(items),
        "macro_f1": _macro_f1(items),
        "coverage": sum(bool(i.got) for i in items) / len(items),
    }
    wrong = sorted((i for i in items if i.true != i.got), key=lambda i: -abs(i.score))[:WORST]
    worst = [{"id": i.id, "label": i.true, "got": i.got or "none", "score": i.score, "text": i.text} for i in wrong]
    settings = {"scorer": scorer, "border": round(border, 3), "labels": sorted(set(truth))}
    interval = {"accuracy": bootstrap(items, _accuracy), "macro_f1": bootstrap(items, _macro_f1)}
    return Report("sentiment", str(data), len(items), figure, interval, worst, settings)


def _accuracy(items: Sequence[Item]) -> float:
    return accuracy([item.pair for item in items])


def _macro_f1(items: Sequence[Item]) -> float:
    return macro_f1([item.pair for item in items])


def _scorer(options: EvalOptions) -> tuple[Scorer, float, str]:
    """The scorer, the border between neutral and the rest, and the name to print. ``demo`` is a recogniser: VADER then."""
    if options.model == "demo":
        return vader(), BORDER_VADER, "vader"
    from pipeline.analyzers._classifier import text_classifier  # torch: only when a model is set

    return text_classifier(options.model, options.device), BORDER_MODEL, options.model


def _scores(
    texts: Sequence[Sequence[str]], score: Callable[[Sequence[str]], list[float]], options: EvalOptions
) -> list[float]:
    """The mean score of each item's texts; all texts go to the scorer together."""
    values = iter(score([text for said in texts for text in said]))
    found = []
    for done, said in enumerate(texts, 1):
        own = [next(values) for _ in said]
        found.append(mean(own) if own else 0.0)
        options.progress(done, len(texts), "")
    return found


def _called(score: float, border: float, *, three: bool) -> str:
    if abs(score) < border:
        return "neutral" if three else ""
    return "positive" if score > 0 else "negative"


def _label(row: Mapping[str, Any], data: Path) -> str:
    for name, spellings in LABELS.items():
        if str(row["label"]).lower() in spellings:
            return name
    raise BadDataset(f"{data}: item {row['id']}: label {row['label']!r} is not negative, neutral or positive.")


def _texts(row: Mapping[str, Any], data: Path) -> list[str]:
    """What is scored of one item: its text, or what the customer says."""
    if "turns" not in row:
        if "text" not in row:
            raise BadDataset(f'{data}: item {row["id"]}: needs "text" or "turns".')
        return [str(row["text"])]
    call = call_of(row, data)
    theirs = [turn.text for turn in call.turns if call.role_of(turn.party) == "customer"]
    return theirs or [turn.text for turn in call.turns]
