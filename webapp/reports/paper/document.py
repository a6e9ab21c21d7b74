"""The document around the pages: margins, running foot, page numbers, outline, language and title.

Each kind of page has its words explained at its foot. The story is made while it is laid out, piece by piece: a report
with ten thousand breaches never lies in memory as a whole. How many pages there are is known only at the end, so each foot
draws a form that is filled in last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from webapp.reports.paper.text import LINE, MUTED, PLAIN, explained, register_fonts

SIZE = landscape(A4)
SIDE, TOP, FOOT = 16 * mm, 14 * mm, 17 * mm
WIDTH = SIZE[0] - 2 * SIDE
TOTAL = "pages"  # the form with the number of pages


class Bookmark(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Takes no room: an entry of the outline that leads here."""

    def __init__(self, title: str, level: int) -> None:
        super().__init__()
        self.title, self.level = title, level
        self.width = self.height = 0

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        place = f"p{self.canv.getPageNumber()}-{self.title}"
        self.canv.bookmarkPage(place, fit="XYZ", top=self.canv.absolutePosition(0, 14)[1], left=0)
        self.canv.addOutlineEntry(self.title, place, level=self.level, closed=self.level > 0)


class Document(BaseDocTemplate):  # type: ignore[misc]  # reportlab has no types
    """A landscape A4 document with ``foot`` on every page; ``notes`` by kind of page: words and what they mean."""

    def __init__(
        self,
        path: Path,
        *,
        title: str,
        author: str,
        subject: str,
        foot: str,
        notes: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        register_fonts()
        super().__init__(str(path), pagesize=SIZE, leftMargin=SIDE, rightMargin=SIDE, topMargin=TOP, bottomMargin=FOOT,
                         title=title, author=author, subject=subject, creator="callsift", lang="en", invariant=1,
                         displayDocTitle=1)  # fmt: skip
        self.foot = foot
        self.addPageTemplates([self._kind(kind, words) for kind, words in notes.items()])

    def _kind(self, kind: str, words: Sequence[tuple[str, str]]) -> PageTemplate:
        """A kind of page: its frame ends above the words that are explained at its foot."""
        note = explained(words) if words else None
        high = note.wrap(WIDTH, SIZE[1])[1] + 3 * mm if note is not None else 0
        frame = Frame(SIDE, FOOT + high, WIDTH, SIZE[1] - TOP - FOOT - high, 0, 0, 0, 0, id="body")

        def foot(canvas: Canvas, _document: Any) -> None:
            if note is not None:
                note.drawOn(canvas, SIDE, FOOT - 2.5 * mm)
            self._foot(canvas)

        return PageTemplate(id=kind, frames=[frame], onPageEnd=foot)  # read after what it explains

    def make(self, story: Iterable[Flowable]) -> None:
        """Lay out a story that may be made on the way. What `build` does, but for a list that is never whole."""
        self._startBuild(None, Canvas)
        self.canv._doctemplate = self
        waiting: list[Any] = []
        for one in story:
            waiting.append(one)
            while waiting:
                self.clean_hanging()
                self.handle_flowable(waiting)
        self._total()
        del self.canv._doctemplate
        self._endBuild()

    def _foot(self, canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.4)
        canvas.line(SIDE, FOOT - 4 * mm, SIZE[0] - SIDE, FOOT - 4 * mm)
        canvas.setFillColor(MUTED)
        canvas.setFont(PLAIN, 7)
        canvas.drawString(SIDE, FOOT - 8 * mm, self.foot)
        canvas.drawRightString(SIZE[0] - SIDE - 18, FOOT - 8 * mm, f"Page {canvas.getPageNumber()} of")
        canvas.translate(SIZE[0] - SIDE - 16, FOOT - 8 * mm)
        canvas.doForm(TOTAL)
        canvas.restoreState()

    def _total(self) -> None:
        canvas = self.canv
        pages = canvas.getPageNumber()
        canvas.beginForm(TOTAL, 0, -3, 40, 12)
        canvas.setFillColor(MUTED)
        canvas.setFont(PLAIN, 7)
        canvas.drawString(0, 0, str(pages))
        canvas.endForm()
