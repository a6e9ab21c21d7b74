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
AFTER = 4  # turns behind the worst one in which a mood recovers or does not


@dataclass(frozen=True, slots=True)
class Trajectory:
    """The way of one party's mood: means of the first and last third, the number and mood of the worst turn, and what came after it.

    ``recovery``: mean of up to AFTER last turns behind the worst one, less the worst; 0 where it is the last.
    """

    mean: float
    start: float
    end: float
    worst: int
    lowest: float
    recovery: float

    @property
    def change(self) -> float:
        return self.end - self.start


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


def trajectory(values: Sequence[float]) -> Trajectory:
    """The way of ``values``, which are not empty."""
    size = max(1, len(values) // 3)
    worst = min(range(len(values)), key=values.__getitem__)
    after = values[worst + 1 :][-AFTER:]
    recovery = mean(after) - values[worst] if after else 0.0
    return Trajectory(mean(values), mean(values[:size]), mean(values[-size:]), worst, values[worst], recovery)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
