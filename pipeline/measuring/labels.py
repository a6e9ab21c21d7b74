"""Figures over answers, and over pairs of labels, (true, got): an empty label got means that none was given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Pair = tuple[str, str]


def share(answers: Iterable[float | None]) -> float:
    """Mean of what was asked, 0 to 1: None was not asked; nan where nothing was."""
    asked = [answer for answer in answers if answer is not None]
    return sum(asked) / len(asked) if asked else float("nan")


def accuracy(pairs: Sequence[Pair]) -> float:
    """Share of pairs that agree; nan without any."""
    return sum(true == got for true, got in pairs) / len(pairs) if pairs else float("nan")


def macro_f1(pairs: Sequence[Pair]) -> float:
    """Mean of F1 over the labels that are true somewhere; a label never given has 0."""
    labels = sorted({true for true, _ in pairs})
    return sum(_f1(pairs, label) for label in labels) / len(labels) if labels else float("nan")


def _f1(pairs: Sequence[Pair], label: str) -> float:
    both = sum(true == got == label for true, got in pairs)
    either = sum((true == label) + (got == label) for true, got in pairs)
    return 2 * both / either if either else 0.0
