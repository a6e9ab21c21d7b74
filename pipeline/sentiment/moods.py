"""One mood a turn from words and voice, and the way it takes over a call.

The rule: a raised voice (beyond QUIET of what `voice.raised` can reach) makes bad words worse, up to the worst there is; it makes
words that say nothing half as bad; good words stay as they are, because joy is loud, too. Without sound the words alone count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.records import Mood, Turn
from pipeline.sentiment.voice import Manner

QUIET = 0.15  # of `raised` that everybody's voice moves by anyway
NOTHING = 0.2  # words nearer to 0 say nothing
FULL = 8  # words from which a turn counts fully
AFTER = 4  # turns behind the worst one in which a mood recovers or does not


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The way of one party's mood: means of all, of the first and of the last third, the worst turn, and what came after it.

    ``worst`` is its number and ``lowest`` its mood; ``after`` the mean of up to AFTER last turns behind it, None where fewer than
    two follow.
    """

    mean: float
    start: float
    end: float
    worst: int
    lowest: float
    after: float | None

    @property
    def change(self) -> float:
        return self.end - self.start

    @property
    def recovery(self) -> float | None:
        """How far the mood came back from the worst moment; None where nothing tells."""
        return None if self.after is None else self.after - self.lowest

    @property
    def recovered(self) -> bool:
        """Whether it came back to nothing bad."""
        return self.after is not None and self.after > -NOTHING


def fused(words: float, raised: float | None) -> float:
    """One mood from the score of the words (-1 to 1) and how far the voice is raised (0 to 1, None: not known)."""
    up = 0.0 if raised is None else max(0.0, raised - QUIET) / (1 - QUIET)
    if words >= NOTHING:
        return words
    share = 1.0 if words <= -NOTHING else 0.5
    return round(words - share * up * (1 + words), 4)


def moods(turns: Sequence[Turn], scores: Sequence[float], heard: Sequence[Manner]) -> list[Mood]:
    """The mood of each turn; ``heard`` may lack turns whose sound tells nothing."""
    raised = {id(manner.turn): manner.raised for manner in heard}
    return [
        Mood(turn.party, turn.start, turn.end, score, fused(score, up := raised.get(id(turn))), up)
        for turn, score in zip(turns, scores, strict=True)
    ]


def trajectory(values: Sequence[float], words: Sequence[int]) -> Trajectory:
    """The way of ``values``, which are not empty; ``words``: how many each turn has. "Yes" tells less than a sentence does."""
    weights = [min(max(1, count), FULL) for count in words]
    size = max(1, len(values) // 3)
    worst = min(range(len(values)), key=values.__getitem__)

    def part(of: slice) -> float:
        return sum(v * w for v, w in zip(values[of], weights[of], strict=True)) / sum(weights[of])

    follow = len(values) - worst - 1
    after = part(slice(-min(follow, AFTER), None)) if follow >= 2 else None
    return Trajectory(part(slice(None)), part(slice(size)), part(slice(-size, None)), worst, values[worst], after)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
