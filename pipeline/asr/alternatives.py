"""What a doubtful word may have been: words that sound like it, in the order in which the kept posteriors believe them.

Each candidate is scored by the best path of its outputs through the frames of the word (Viterbi over the CTC lattice: Graves
et al. 2006, section 4), with blanks between. Candidates are words of the recogniser's own list that differ from what it
wrote in a few outputs; without a list, words of the call. No model is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.asr.posteriors import FLOOR
from pipeline.asr.spelling import Speller
from pipeline.protocols import FramePosteriors
from pipeline.records import Span

MOST_CANDIDATES = 400  # scored; the nearest in sound
SLACK = 0.04  # seconds before and after the word: its ends are those of a frame
SOUND = float(np.log(0.01))  # an output that was heard at all
BEHIND = 12.0  # natural logarithms that an alternative may lie behind what was written


def alternatives(
    clip: FramePosteriors, span: Span, heard: str, speller: Speller, others: Iterable[str] = (), *, most: int = 3
) -> list[str]:
    """At most ``most`` words that may have been said in ``span`` (seconds) instead of ``heard``, the likeliest first."""
    first, last = round((span.start - SLACK) / clip.frame), round((span.end + SLACK) / clip.frame)
    ids, logs = clip.ids[max(0, first) : last], clip.log_probs[max(0, first) : last]
    written = speller.spell(heard)
    if not len(ids) or not written:
        return []
    waits = {clip.blank, speller.separator}
    if not bool(((logs > SOUND) & ~np.isin(ids, list(waits))).any()):
        return []  # redaction cut it out, or nothing was heard there
    scored = [
        (_score(ids, logs, outputs, waits), word)
        for word, outputs in _candidates(written, heard.lower(), speller, others)
        if len(outputs) <= len(ids)
    ]
    least = _score(ids, logs, written, waits) - BEHIND
    likely = sorted((one for one in scored if one[0] >= least), key=lambda one: -one[0])
    return [word for _score_, word in likely[:most]]


def _candidates(
    written: Sequence[int], heard: str, speller: Speller, others: Iterable[str]
) -> list[tuple[str, list[int]]]:
    """Words with their outputs, those nearest to what was written first; frequent ones first where they are as near."""
    allowed = max(1, len(written) // 2)
    found = []
    for word in speller.sounds or dict.fromkeys(one.lower() for one in others):
        if word == heard or abs(len(speller.sounds.get(word, word)) - len(written)) > allowed:
            continue
        outputs = speller.spell(word)
        if outputs and (apart := _apart(written, outputs, allowed)) <= allowed:
            found.append((apart, word, outputs))
    found.sort(key=lambda one: one[0])
    return [(word, outputs) for _apart_, word, outputs in found[:MOST_CANDIDATES]]


def _apart(one: Sequence[int], two: Sequence[int], most: int) -> int:
    """How many outputs must be changed, added or left out (Levenshtein); ``most + 1`` for anything beyond."""
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        before, row = row, [i]
        for j, b in enumerate(two, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
        if min(row) > most:
            return most + 1
    return row[-1]


def _score(
    ids: npt.NDArray[np.uint16], logs: npt.NDArray[np.float32], outputs: Sequence[int], waits: set[int]
) -> float:
    """Natural logarithm of the best path that says these outputs, blanks and word borders around and between them."""
    frames = [dict(zip(row.tolist(), log.tolist(), strict=True)) for row, log in zip(ids, logs, strict=True)]
    states = 2 * len(outputs) + 1  # a wait, the first output, a wait, ...
    best = [0.0] + [-np.inf] * (states - 1)
    for n, frame in enumerate(frames):
        wait = max((frame[one] for one in waits if one in frame), default=FLOOR)
        row = []
        for s in range(states):
            came = [best[s]] if n or s < 1 else [-np.inf]
            if s >= 1:
                came.append(best[s - 1])
            if s >= 3 and s % 2 and outputs[s // 2] != outputs[s // 2 - 1]:
                came.append(best[s - 2])
            row.append(max(came) + (frame.get(outputs[s // 2], FLOOR) if s % 2 else wait))
        best = row
    return float(max(best[-1], best[-2]))
