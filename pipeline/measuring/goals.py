"""What an evaluation promises: a figure and the bar it must reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Goal:
    """``figure`` (``a.b`` is b inside a) must be at least ``bar``, or at most where ``most``.

    ``data``: only on data sets whose name begins so.
    """

    figure: str
    bar: float
    most: bool = False
    data: str = ""

    def reached(self, value: float) -> bool:
        return value <= self.bar if self.most else value >= self.bar

    def __str__(self) -> str:
        return f"{'at most' if self.most else 'at least'} {self.bar:g}"


def flat(figure: Figures, prefix: str = "") -> dict[str, Any]:
    """Figures inside figures by dotted names."""
    found: dict[str, Any] = {}
    for key, value in figure.items():
        found |= flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {prefix + key: value}
    return found
