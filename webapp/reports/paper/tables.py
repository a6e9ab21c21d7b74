"""Tables that break well over pages: the head is repeated, a row is split only when it is longer than a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reportlab.platypus import LongTable, TableStyle

from webapp.reports.paper.text import HEAD, HEAD_NUMBER, LINE, WELL, para

Cell = Any  # a Flowable or a text; reportlab has no types

RULED = (
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
    ("LEFTPADDING", (0, 0), (-1, -1), 4),
    ("RIGHTPADDING", (0, 0), (-1, -1), 4),
    ("TOPPADDING", (0, 0), (-1, -1), 3),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
)
HEADED = (("BACKGROUND", (0, 0), (-1, 0), WELL), ("VALIGN", (0, 0), (-1, 0), "BOTTOM"))


def table(
    head: Sequence[str], rows: Sequence[Sequence[Cell]], widths: Sequence[float], *, numbers: Sequence[int] = ()
) -> LongTable:
    """A table with a head; columns in ``numbers`` stand flush right. Widths in points."""
    first = [para(text, HEAD_NUMBER if n in numbers else HEAD) for n, text in enumerate(head)]
    return LongTable(
        [first, *rows], colWidths=list(widths), repeatRows=1, splitInRow=1, style=TableStyle([*RULED, *HEADED])
    )


def pairs(rows: Sequence[Sequence[Cell]], widths: Sequence[float], *, ruled: bool = True) -> LongTable:
    """Labels and texts, without a head."""
    commands: list[Any] = (
        [*RULED] if ruled else [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    )
    return LongTable([list(row) for row in rows], colWidths=list(widths), splitInRow=1, style=TableStyle(commands))
