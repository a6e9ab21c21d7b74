"""From voices of windows to who speaks when, on a grid of 50 ms.

Each window votes for the cells it covers, most for its middle. Where the voice changes inside a stretch of speech,
shorter windows (half a second, mirrored) around the change say where it is. A change costs less where speech pauses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.audio.vad import PAD
from pipeline.diarization._clusters import Floats, Labels, Voices, best_path
from pipeline.diarization._windows import FRAMES_PER_SECOND, Windows
from pipeline.protocols import Segment
from pipeline.records import Span

CELL = 5  # frames
SCALE, CHANGE, CHANGE_AT_PAUSE = 4.0, 1.0, 0.4  # log odds per cosine and cell; cost of a change in flow and at a pause
MOMENT, GOES_ON = (0.2, 0.8), 1.0  # seconds
CLOSE_LENGTH, CLOSE_HOP, CLOSE_REACH = 50, 15, 50  # frames: the short windows around a change


@dataclass(frozen=True)
class Timeline:
    """Cells of the speech of one call and how well each voice fits them.

    ``cells`` ``[n, 3]``: first frame, last frame (not included), region. ``scores`` ``[n, voices]``: mean cosine.
    """

    cells: npt.NDArray[np.int64]
    scores: Floats

    def labels(self) -> Labels:
        """The voice of each cell."""
        pause = np.r_[False, self.cells[1:, 2] != self.cells[:-1, 2]]
        return best_path(SCALE * self.scores, np.where(pause, CHANGE_AT_PAUSE, CHANGE))


def timeline(speech: Sequence[Span], windows: Windows, vectors: Floats, voices: Voices) -> Timeline:
    """The cells with the votes of all windows; a cell that no window covers fits every voice alike."""
    cells = _cells(speech)
    sums, weights = _votes(cells, windows, vectors, voices)
    return Timeline(cells, (sums / np.maximum(weights, 1e-9)[:, None]).astype(np.float32))


def closer(line: Timeline, windows: Windows, vectors: Floats, voices: Voices) -> Timeline:
    """The same with the votes of ``close_windows`` in place of the wide ones, where there are any."""
    sums, weights = _votes(line.cells, windows, vectors, voices)
    near = weights > 0
    scores = line.scores.copy()
    scores[near] = sums[near] / weights[near][:, None]
    return Timeline(line.cells, scores)


def _votes(cells: npt.NDArray[np.int64], windows: Windows, vectors: Floats, voices: Voices) -> tuple[Floats, Floats]:
    """Weighted sums ``[cells, voices]`` and weights ``[cells]`` of what the windows say; the middle of a window says most."""
    votes = voices.space.place(vectors) @ voices.directions.T
    sums = np.zeros((len(cells), votes.shape[1]), np.float32)
    weights = np.zeros(len(cells), np.float32)
    begin = np.searchsorted(cells[:, 0], windows.first, side="right") - 1
    end = np.searchsorted(cells[:, 0], windows.last)
    for n, vote in enumerate(votes):
        reach = slice(int(begin[n]), int(end[n]))
        away = np.abs(cells[reach, :2].mean(1) - (windows.first[n] + windows.last[n]) / 2)
        weight = np.square(1.05 - np.minimum(1.0, 2 * away / (windows.last[n] - windows.first[n])))
        sums[reach] += weight[:, None] * vote
        weights[reach] += weight
    return sums, weights


def _cells(speech: Sequence[Span]) -> npt.NDArray[np.int64]:
    rows = []
    for number, span in enumerate(speech):
        first, last = round(span.start * FRAMES_PER_SECOND), round(span.end * FRAMES_PER_SECOND)
        rows += [(start, min(start + CELL, last), number) for start in range(first, last, CELL)]
    return np.array(rows, np.int64).reshape(-1, 3)


def close_windows(line: Timeline, labels: Labels) -> Windows:
    """Short windows around every change of voice inside a region, to look at it more closely."""
    cells = line.cells
    changes = np.flatnonzero((labels[1:] != labels[:-1]) & (cells[1:, 2] == cells[:-1, 2])) + 1
    rows = set()
    for change in changes:
        region = cells[cells[:, 2] == cells[change, 2]]
        first = max(int(region[0, 0]), int(cells[change, 0]) - CLOSE_REACH - CLOSE_LENGTH // 2)
        last = min(int(region[-1, 1]), int(cells[change, 0]) + CLOSE_REACH + CLOSE_LENGTH // 2)
        grid = range(first - first % CLOSE_HOP, max(first + 1, last - CLOSE_LENGTH + 1), CLOSE_HOP)
        rows |= {(max(first, start), min(start + CLOSE_LENGTH, last), int(cells[change, 2])) for start in grid}
    first_frames, last_frames, regions = np.array(sorted(rows), np.int64).reshape(-1, 3).T
    return Windows(first_frames, last_frames, regions)


def segments(line: Timeline, labels: Labels, names: Sequence[str], speech: Sequence[Span]) -> list[Segment]:
    """Runs of one voice inside a region, in order, up to the region's ends without their margin.

    A voice that breaks in for a moment where another goes on before and after without a pause does not silence it: the
    other's segment goes on beneath.
    """
    runs = [_run(line, labels, run, names, speech) for run in _runs(line, labels)]
    beneath = [
        Segment(before.party, during.start, during.end)
        for before, during, after in zip(runs, runs[1:], runs[2:], strict=False)
        if _breaks_in(before, during, after)
    ]
    return sorted([*runs, *beneath], key=lambda segment: (segment.start, segment.end))


def _runs(line: Timeline, labels: Labels) -> list[Labels]:
    """Cells of one voice and one region that follow each other."""
    edges = np.flatnonzero((labels[1:] != labels[:-1]) | (line.cells[1:, 2] != line.cells[:-1, 2])) + 1
    return [run for run in np.split(np.arange(len(labels)), edges) if len(run)]


def _run(line: Timeline, labels: Labels, run: Labels, names: Sequence[str], speech: Sequence[Span]) -> Segment:
    span = speech[int(line.cells[run[0], 2])]
    pad = min(PAD, (span.end - span.start) / 4)  # regions come with a margin for the recogniser; a segment has none
    start = span.start + pad if _begins(line, run[0]) else line.cells[run[0], 0] / FRAMES_PER_SECOND
    end = span.end - pad if _begins(line, run[-1] + 1) else line.cells[run[-1], 1] / FRAMES_PER_SECOND
    return Segment(names[labels[run[0]]], float(start), float(end))


def _begins(line: Timeline, cell: int) -> bool:
    """True where ``cell`` is the first of its region, or behind the last one."""
    return cell == 0 or cell == len(line.cells) or bool(line.cells[cell, 2] != line.cells[cell - 1, 2])


def _breaks_in(before: Segment, during: Segment, after: Segment) -> bool:
    joined = before.end == during.start and during.end == after.start
    short = MOMENT[0] <= during.end - during.start <= MOMENT[1]
    long = min(before.end - before.start, after.end - after.start) >= GOES_ON
    return joined and short and long and before.party == after.party != during.party
