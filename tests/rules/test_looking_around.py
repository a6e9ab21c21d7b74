"""What lies around a moment of a call is found as by reading everything, however turns overlap."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from rules.engine.following import Following
from rules.engine.hits import Hit
from rules.engine.timeline import Timeline
from rules.engine.view import _apart
from rules.records import Evidence, Turn, Word


@dataclass(frozen=True)
class Piece:
    start: float
    end: float


TIMES = st.integers(0, 12).map(float)
PIECES = st.lists(st.builds(lambda a, b: Piece(min(a, b), max(a, b)), TIMES, TIMES), max_size=12)


@given(PIECES, TIMES, TIMES)
def test_a_timeline_finds_what_touches_a_span(pieces, start, end):
    assert Timeline(pieces).touching(start, end) == [p for p in pieces if p.start < end and start < p.end]


@given(st.lists(st.tuples(st.sampled_from("abc"), TIMES, TIMES, st.booleans()), max_size=12), TIMES, st.integers(0, 4))
def test_the_turns_that_follow_are_those_of_a_plain_reading(rows, moment, most):
    turns = [
        Turn(who, min(a, b), max(a, b), (Word("w", a, b, 1.0, who),) if worded else ()) for who, a, b, worded in rows
    ]
    numbers = [sum(t.party == turn.party for t in turns[: n + 1]) // 2 for n, turn in enumerate(turns)]
    spoken = [
        (turn.party, n)
        for turn, n in zip(turns, numbers, strict=True)
        if turn.words and turn.end > moment and turn.party in "ab"
    ]
    first = list(dict.fromkeys(spoken))[:most]
    ends = [turn.end for turn, n in zip(turns, numbers, strict=True) if (turn.party, n) in first]
    following = Following(turns, numbers, {"a", "b"})
    assert following.end(moment, most) == max(ends, default=None)
    assert following.count(moment) == len(set(spoken))


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 12), st.integers(1, 5), st.booleans()), max_size=12))
def test_of_overlapping_hits_the_firm_one_then_the_longest_stays(rows):
    hits = [
        Hit(stream, first, first + size, 0, Evidence("", first, first + size, ""), doubts=("unsure",) if weak else ())
        for stream, first, size, weak in rows
    ]
    kept = []
    for hit in sorted(hits, key=lambda hit: (not hit.firm, -(hit.end - hit.first), hit.start)):
        if not any(hit.stream == k.stream and hit.first < k.end and k.first < hit.end for k in kept):
            kept.append(hit)
    assert _apart(hits) == sorted(kept, key=lambda hit: (hit.start, hit.evidence.end, hit.stream))
