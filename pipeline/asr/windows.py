"""Long clips in overlapping windows, and the windows' frames joined again without losing or doubling a word.

CTC frames of two windows over the same sound agree except near the windows' ends. The seam is laid where both are
blank for longest: a letter there can be neither cut in two nor written twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from pipeline.protocols import FramePosteriors


@dataclass(frozen=True, slots=True)
class Window:
    """Samples ``start`` to ``end`` of clip number ``clip``. ``start`` is a whole number of frames."""

    clip: int
    start: int
    end: int

    @property
    def length(self) -> int:
        return self.end - self.start


def cut(lengths: Sequence[int], *, longest: int, overlap: int, step: int) -> list[Window]:
    """Windows of all clips, in order. Clips of up to ``longest`` samples stay whole, others overlap by ``overlap`` or more.

    :param step: samples of one frame; windows begin on a multiple of it and share out a clip evenly.
    """
    windows = []
    for clip, length in enumerate(lengths):
        count = 1 if length <= longest else -(-(length - overlap) // (longest - overlap))
        stride = (length - overlap) / count
        for n in range(count):
            start = int(n * stride) // step * step
            end = length if n == count - 1 else min(length, start + longest, int((n + 1) * stride) + overlap + step)
            windows.append(Window(clip, start, end))
    return windows


def join(pieces: Sequence[FramePosteriors], starts: Sequence[int]) -> FramePosteriors:
    """Posteriors of one clip from those of its windows, which begin at frames ``starts``."""
    if len(pieces) == 1:
        return pieces[0]
    seams = [starts[0]]
    for before, after, first, second in zip(pieces, pieces[1:], starts, starts[1:], strict=False):
        seams.append(second + _seam(before, after, second - first))
    ends = [*seams[1:], starts[-1] + len(pieces[-1].ids)]
    parts = [slice(seam - start, end - start) for seam, end, start in zip(seams, ends, starts, strict=True)]
    return replace(
        pieces[0],
        ids=np.concatenate([piece.ids[part] for piece, part in zip(pieces, parts, strict=True)]),
        log_probs=np.concatenate([piece.log_probs[part] for piece, part in zip(pieces, parts, strict=True)]),
    )


def _seam(before: FramePosteriors, after: FramePosteriors, offset: int) -> int:
    """Frame of ``after`` at which it takes over: the middle of the longest stretch that both call blank."""
    shared = len(before.ids) - offset
    if shared <= 0:
        return 0
    blank = before.blank
    quiet = (before.ids[offset:, 0] == blank) & (after.ids[:shared, 0] == blank)
    starts, ends = _runs(quiet)
    if not len(starts):
        same = np.flatnonzero(before.ids[offset:, 0] == after.ids[:shared, 0])
        return int(same[np.abs(same - shared / 2).argmin()]) if len(same) else shared // 2
    middles = (starts + ends) // 2
    worth = np.minimum(ends - starts, 25) - 0.1 * np.abs(middles - shared / 2)  # of like length, the one in the middle
    return int(middles[worth.argmax()])


def _runs(flags: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First and one past the last place of each run of True."""
    edges = np.flatnonzero(np.diff(flags.astype(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2]
