"""The best place of each of many phrases in CTC frames, compiled by numba.

A phrase is a row of outputs with blanks between that may be skipped; separators between words may be skipped too, for
people do not pause there. It may begin and end at any frame; its score is the sum of log probabilities relative to the best
output of each frame, so that 0 is a phrase that is the best reading everywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

NOTHING = np.float32(-1e9)


def best_places(
    relative: npt.NDArray[np.float32], paths: npt.NDArray[np.int32], lengths: npt.NDArray[np.int32], separator: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """(best score of each phrase ``[phrases]``, its first and last frame ``[phrases, 2]``).

    :param relative: ``[frames, columns]`` log probability minus the best of the frame; column 0 is the blank.
    :param paths: ``[phrases, longest]`` columns of each phrase's outputs, padded with 0.
    :param separator: the column of the separator between words, or -1.
    """
    scores, places = np.full(len(paths), NOTHING, np.float32), np.zeros((len(paths), 2), np.int64)
    states = 2 * paths.shape[1] + 1
    rows = np.zeros((2, states), np.float32), np.zeros((2, states), np.int64)
    _scan(relative, paths, lengths, separator, scores, places, *rows)
    return scores, places


@njit(cache=True, nogil=True, error_model="numpy")
def _scan(
    relative: Any, paths: Any, lengths: Any, separator: Any, scores: Any, places: Any, alive: Any, since: Any
) -> None:
    """State 2i is output i of a phrase, state 2i + 1 the blank after it. ``since`` carries the frame where a path began."""
    for phrase in range(len(paths)):
        states = 2 * lengths[phrase] - 1
        for s in range(states):
            alive[0, s] = alive[1, s] = -1e9
        for frame in range(len(relative)):
            now, before = frame & 1, 1 - (frame & 1)
            for s in range(states):
                column = paths[phrase, s >> 1] if s & 1 == 0 else 0
                best, start = alive[before, s], since[before, s]
                if s > 0 and alive[before, s - 1] > best:
                    best, start = alive[before, s - 1], since[before, s - 1]
                if s & 1 == 0 and s > 1 and column != paths[phrase, (s >> 1) - 1] and alive[before, s - 2] > best:
                    best, start = alive[before, s - 2], since[before, s - 2]
                if s & 1 == 0 and s > 3 and paths[phrase, (s >> 1) - 1] == separator:
                    if alive[before, s - 3] > best:
                        best, start = alive[before, s - 3], since[before, s - 3]
                    if column != paths[phrase, (s >> 1) - 2] and alive[before, s - 4] > best:
                        best, start = alive[before, s - 4], since[before, s - 4]
                if s == 0 and best < 0.0:
                    best, start = np.float32(0.0), np.int64(frame)
                alive[now, s], since[now, s] = best + relative[frame, column], start
            if alive[now, states - 1] > scores[phrase]:
                scores[phrase] = alive[now, states - 1]
                places[phrase, 0], places[phrase, 1] = since[now, states - 1], frame
