"""Every word gets the party that said it, and words become turns.

Voices are told apart on a grid that knows nothing of words: a boundary may cut one in two, a single word may land on the
wrong side. So the parties of all words are chosen together: each word wants the party that speaks during it, and a change
of party costs more in the flow of speech than at a pause. A short "yes" between two pauses stays its own turn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.protocols import Diarization, Segment
from pipeline.records import Seconds, Turn, Word
from rules.engine.timeline import Timeline

BREAK: Seconds = 1.2  # a longer pause divides a turn
YIELD: Seconds = 0.3  # so does a shorter one, when somebody else begins to speak in it
NEAR: Seconds = 0.5  # a word this far from any segment of a party says nothing for that party
AROUND: Seconds = NEAR + 0.1
SWITCH_IN_FLOW, SWITCH_AT_PAUSE, PAUSE = 0.65, 0.15, 0.2  # cost of a change; in flow means a gap under PAUSE seconds
FULL_WORD: Seconds = 0.25  # shorter words count less

Costs = npt.NDArray[np.float64]


def assign(words: Sequence[Word], diarization: Diarization) -> tuple[Turn, ...]:
    """Turns of one recorded side from its words (party empty) and who speaks when.

    Words come back in the order of their start, each with its party; no word is lost. Without any segment all words go
    to the first party, or to ``s1`` where there is none.
    """
    return turns(_given(sorted(words, key=lambda word: word.start), diarization.segments, _names(diarization)))


def turns_from_channels(channels: Sequence[Sequence[Word]], diarization: Diarization) -> tuple[Turn, ...]:
    """Turns of a call with several recorded sides; ``channels`` holds the words of each.

    A word heard only because the other side leaks in (nobody speaks on its own side, somebody does on another) is left
    out: it stands in the transcript once, where it was said.
    """
    given: list[Word] = []
    for number, words in enumerate(channels):
        names = [party.id for party in diarization.parties if party.channel == number]
        own = Timeline([segment for segment in diarization.segments if segment.party in names])
        others = Timeline([segment for segment in diarization.segments if segment.party not in names])
        said = [word for word in sorted(words, key=lambda word: word.start) if not _leaked(word, own, others)]
        given += _given(said, own.items, names or [f"s{number + 1}"])
    return turns(given)


def turns(words: Sequence[Word]) -> tuple[Turn, ...]:
    """Words that know their party as turns, in the order of their start."""
    parties = dict.fromkeys(word.party for word in words)
    made = [
        Turn(party, group[0].start, max(word.end for word in group), tuple(group))
        for party in parties
        for group in _groups([w for w in words if w.party == party], [w.start for w in words if w.party != party])
    ]
    return tuple(sorted(made, key=lambda turn: (turn.start, turn.end)))


def _names(diarization: Diarization) -> list[str]:
    return [party.id for party in diarization.parties] or ["s1"]


def _leaked(word: Word, own: Timeline[Segment], others: Timeline[Segment]) -> bool:
    return not _overlaps(word, own, margin=0.2) and _overlaps(word, others, margin=0.0)


def _given(words: Sequence[Word], segments: Sequence[Segment], names: Sequence[str]) -> list[Word]:
    """The words with the parties that cost least together (Viterbi over words)."""
    if not words:
        return []
    costs = _costs(words, segments, names).tolist()
    back: list[list[int]] = []
    total = costs[0]
    for (before, after), here in zip(pairwise(words), costs[1:], strict=True):
        cheapest = _least(total)
        change = total[cheapest] + (SWITCH_AT_PAUSE if after.start - before.end >= PAUSE else SWITCH_IN_FLOW)
        back.append([cheapest if change < own else party for party, own in enumerate(total)])
        total = [min(change, own) + cost for own, cost in zip(total, here, strict=True)]
    path = [_least(total)]
    for steps in reversed(back):
        path.append(steps[path[-1]])
    return [replace(word, party=names[party]) for word, party in zip(words, reversed(path), strict=True)]


def _least(values: Sequence[float]) -> int:
    """The place of the least value, the first of several."""
    return min(range(len(values)), key=values.__getitem__)


def _costs(words: Sequence[Word], segments: Sequence[Segment], names: Sequence[str]) -> Costs:
    """How little each party fits each word, 0 to 1 ``[words, parties]``: what of the word it does not speak during."""
    costs = np.ones((len(words), len(names)))
    for column, name in enumerate(names):
        own = Timeline([segment for segment in segments if segment.party == name])
        for row, word in enumerate(words):
            costs[row, column] = _misfit(word, _around(word, own))
    weights = np.array([min(1.0, max(0.2, (word.end - word.start) / FULL_WORD)) for word in words])
    return costs * weights[:, None]


def _misfit(word: Word, near: Sequence[Segment]) -> float:
    """``near``: segments of a party `_around` the word; any other is too far away to matter."""
    length = max(0.02, word.end - word.start)
    shared = sum(max(0.0, min(s.end, word.start + length) - max(s.start, word.start)) for s in near)
    if shared > 0.0:
        return 0.8 * (1.0 - min(1.0, shared / length))
    away = min((max(s.start - word.end, word.start - s.end) for s in near), default=NEAR)
    return 0.8 + 0.2 * min(1.0, away / NEAR)


def _overlaps(word: Word, segments: Timeline[Segment], *, margin: Seconds) -> bool:
    return any(
        min(word.end, segment.end + margin) - max(word.start, segment.start - margin) > 0.0
        for segment in _around(word, segments)
    )


def _around(word: Word, segments: Timeline[Segment]) -> list[Segment]:
    """Segments less than NEAR away, and a few more."""
    return segments.touching(word.start - AROUND, word.end + AROUND)


def _groups(words: Sequence[Word], others: Sequence[Seconds]) -> Iterator[list[Word]]:
    """Words of one party cut where it paused long, or paused while another began. ``others``: starts of their words."""
    begun = np.sort(np.array(others))
    group: list[Word] = []
    for word in words:
        if group and _breaks(max(before.end for before in group[-3:]), word.start, group[-1].start, begun):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def _breaks(end: Seconds, start: Seconds, said: Seconds, begun: Costs) -> bool:
    gap = start - end
    between = np.searchsorted(begun, start) > np.searchsorted(begun, said, side="right")
    return gap > BREAK or (gap > YIELD and bool(between))
