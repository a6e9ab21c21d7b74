"""Two small charts, drawn with lines and letters: the rate of each rule with its interval, and a rate over time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from pipeline.reporting.counts import Counts
from pipeline.reporting.records import RuleSummary
from pipeline.reporting.summary import percent
from webapp.reports.paper.text import ACCENT, BOLD, FAIL_INK, INK, LINE, MUTED, PLAIN, register_fonts

ROW = 11.0  # points of one rule
LABELS, TITLES = 64.0, 210.0  # points for the names of the rules, and for their titles behind
VALUES = 84.0  # points for the figures behind the bars
SIZE = 7.0


class Rates(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A line a rule: a dot at its rate, a bar over its 95 % interval."""

    def __init__(self, rules: Sequence[RuleSummary], width: float) -> None:
        super().__init__()
        self.rules, self.width, self.height = list(rules), width, ROW * (len(rules) + 1) + 6

    def draw(self) -> None:
        register_fonts()
        axis = _Axis(LABELS + TITLES, self.width - VALUES)
        top = self.height - ROW
        self._scale(axis, top)
        for number, rule in enumerate(self.rules):
            self._rule(axis, rule, top - (number + 0.75) * ROW)

    def _scale(self, axis: _Axis, top: float) -> None:
        canvas = self.canv
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            canvas.setStrokeColor(LINE)
            canvas.setLineWidth(0.4)
            canvas.line(axis(share), 0, axis(share), top)
            canvas.setFillColor(MUTED)
            canvas.setFont(PLAIN, 6)
            canvas.drawCentredString(axis(share), top + 2.5, f"{100 * share:.0f} %")

    def _rule(self, axis: _Axis, rule: RuleSummary, y: float) -> None:
        canvas, interval = self.canv, rule.counts.interval
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, SIZE)
        canvas.drawString(0, y, _short(rule.facts.rule))
        canvas.setFont(PLAIN, SIZE)
        canvas.drawString(LABELS, y, _fitting(rule.facts.title, TITLES - 12))
        canvas.drawString(axis.end + 8, y, f"{percent(rule.counts.rate)} of {rule.counts.applicable:,}")
        if interval is None or rule.counts.rate is None:
            return
        tone = _tone(rule.counts)
        canvas.setStrokeColor(tone)
        canvas.setLineWidth(2.4)
        canvas.setLineCap(1)
        canvas.line(axis(interval[0]), y + 2.5, axis(interval[1]), y + 2.5)
        canvas.setFillColor(tone)
        canvas.circle(axis(rule.counts.rate), y + 2.5, 2.9, stroke=0, fill=1)


class Trend(Flowable):  # type: ignore[misc]  # reportlab has no types
    """One rule's rate in each part of the period, with its interval; parts without a call stay empty."""

    def __init__(self, parts: Sequence[tuple[str, Counts]], width: float, height: float = 58) -> None:
        super().__init__()
        self.parts, self.width, self.height = list(parts), width, height

    def draw(self) -> None:
        register_fonts()
        canvas = self.canv
        low, high, left = 14.0, self.height - 6, 26.0
        step = (self.width - left) / max(1, len(self.parts))
        canvas.setFont(PLAIN, 6)
        floor = self._floor()

        def height(share: float) -> float:
            return low + (share - floor) / (1 - floor) * (high - low)

        for share in (floor, (1 + floor) / 2, 1.0):
            y = height(share)
            canvas.setStrokeColor(LINE)
            canvas.setLineWidth(0.4)
            canvas.line(left, y, self.width, y)
            canvas.setFillColor(MUTED)
            canvas.drawRightString(left - 4, y - 2, f"{100 * share:.0f} %")
        every = -(-len(self.parts) // 12)
        for number, (name, counts) in enumerate(self.parts):
            x = left + (number + 0.5) * step
            if number % every == 0:
                canvas.setFillColor(MUTED)
                canvas.drawCentredString(x, 3, name)
            self._part(x, counts, height)

    def _floor(self) -> float:
        """Where the scale begins: low enough for every interval, in quarters; the axis says it."""
        lows = [counts.interval[0] for _name, counts in self.parts if counts.interval is not None]
        return min(0.75, int(4 * min(lows, default=0.0)) / 4)

    def _part(self, x: float, counts: Counts, y: Callable[[float], float]) -> None:
        canvas, interval = self.canv, counts.interval
        if interval is None or counts.rate is None:
            return
        canvas.setStrokeColor(_tone(counts))
        canvas.setLineWidth(1.6)
        canvas.line(x, y(interval[0]), x, y(interval[1]))
        canvas.setFillColor(_tone(counts))
        canvas.circle(x, y(counts.rate), 2.4, stroke=0, fill=1)


@dataclass(frozen=True, slots=True)
class _Axis:
    """From a share to a place on paper."""

    begin: float
    end: float

    def __call__(self, share: float) -> float:
        return self.begin + share * (self.end - self.begin)


def _tone(counts: Counts) -> Color:
    return FAIL_INK if counts.failed else ACCENT


def _fitting(text: str, width: float) -> str:
    """As much of a text as goes into so many points, cut at a word."""
    if stringWidth(text, PLAIN, SIZE) <= width:
        return text
    words = text.split()
    while words and stringWidth(f"{' '.join(words)} ...", PLAIN, SIZE) > width:
        words.pop()
    return f"{' '.join(words)} ..."


def _short(rule: str) -> str:
    return rule if len(rule) <= 14 else f"{rule[:12]}..."
