"""What each party said, as one encoded line of words.

A phrase may run over two turns of one party when the other only said "yes" in between; then both turns are one segment.
Every encoded character knows its token, every token its words: places are given back in words of the call.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TypeVar, overload

from rules.engine.scanning import codes_of
from rules.engine.wording import Wording
from rules.facts import CallFacts
from rules.language.tokens import tokens_of
from rules.records import SPOKEN, Seconds, Turn, Word

BACKCHANNEL = 4  # words of others that do not end a segment
PAUSE = 6.0  # seconds between two turns of one party that do


@dataclass(frozen=True, slots=True)
class Place:
    """One token of a stream: its text and its words, as positions in the stream's word list."""

    text: str
    first: int
    last: int


@dataclass(frozen=True)
class Stream:
    """One party's words. ``places[i]`` belongs to ``encoded[i]``; a boundary has an empty place.

    ``turns[w]`` is the index, among all turns of the call, of the turn that holds word ``w``. Everything but ``encoded`` is
    worked out where something was found: most streams of most calls are only looked through.
    """

    party: str
    encoded: str
    spoken: tuple[Turn, ...]  # all turns of the call
    segments: tuple[tuple[int, ...], ...]  # indices of the party's turns, those that belong together in one

    @cached_property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for segment in self.segments for index in segment for word in self.spoken[index].words)

    @cached_property
    def turns(self) -> tuple[int, ...]:
        return tuple(index for segment in self.segments for index in segment for _ in self.spoken[index].words)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """What kinds of words it has: spoken ones, types of redaction."""
        return frozenset(word.kind for word in self.words)

    @cached_property
    def closes(self) -> list[int]:
        """Where in ``encoded`` each segment is closed."""
        return (codes_of(self.encoded) == 0).nonzero()[0].tolist()

    def segment_at(self, at: int) -> tuple[int, int]:
        """(first, end) of the segment around ``at``, its boundary included."""
        number = bisect_left(self.closes, at)
        return (self.closes[number - 1] + 1 if number else 0), self.closes[number] + 1

    @cached_property
    def places(self) -> Sequence[Place]:
        return _Places(self)

    @cached_property
    def stops(self) -> Sequence[str]:
        """For each place the sentence mark that ends there: ".", "?", "!" or "" (a boundary counts as ".")."""
        return _Stops(self)

    @cached_property
    def firsts(self) -> list[int]:
        """The number of each segment's first word in ``words``, and of the word after the last."""
        sizes = (sum(len(self.spoken[index].words) for index in segment) for segment in self.segments)
        return list(accumulate(sizes, initial=0))


T = TypeVar("T")


class _OfEach(Sequence[T]):
    """Something of each place of a stream, worked out where it is asked for."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream

    def __len__(self) -> int:
        return len(self.stream.encoded)

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...
    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            return [self.one(each) for each in range(*at.indices(len(self)))]
        return self.one(range(len(self))[at])

    def one(self, at: int) -> T:
        raise NotImplementedError


class _Places(_OfEach[Place]):
    """Tokens are read from words a segment at a time: most segments of most calls are never asked for."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(stream)
        self.read: dict[int, list[Place]] = {}

    def one(self, at: int) -> Place:
        number = bisect_left(self.stream.closes, at)
        found = self.read.get(number)
        if found is None:
            found = self.read[number] = self._segment(number)
        return found[at - self.stream.closes[number] - 1]

    def _segment(self, number: int) -> list[Place]:
        start, end = self.stream.firsts[number : number + 2]
        tokens = tokens_of([_said(word) for word in self.stream.words[start:end]])
        return [*(Place(token.text, start + token.first, start + token.last) for token in tokens),
                Place("", end - 1, end - 1)]  # fmt: skip


class _Stops(_OfEach[str]):
    def one(self, at: int) -> str:
        place = self.stream.places[at]
        if not place.text:
            return "."
        mark = self.stream.words[place.last].text[-1:]
        return mark if mark in ".?!" else ""


def streams_of(call: CallFacts, wording: Wording) -> list[Stream]:
    """One stream for each party that speaks, in the order of the parties' first words."""
    parties = list(dict.fromkeys(turn.party for turn in call.turns if turn.words))
    return [_stream(party, call.turns, wording) for party in parties]


def segments_of(turns: Sequence[Turn], party: str) -> list[list[int]]:
    """Indices of the party's turns, those that belong together in one list."""
    segments: list[list[int]] = []
    others = 0
    last_end: Seconds = 0.0
    for index, turn in enumerate(turns):
        if turn.party != party:
            others += len(turn.words)
            continue
        if not turn.words:
            continue
        if segments and others <= BACKCHANNEL and turn.start - last_end <= PAUSE:
            segments[-1].append(index)
        else:
            segments.append([index])
        others, last_end = 0, turn.end
    return segments


def _stream(party: str, turns: tuple[Turn, ...], wording: Wording) -> Stream:
    segments = tuple(tuple(segment) for segment in segments_of(turns, party))
    said = [
        [word.text if word.kind == SPOKEN else _said(word) for index in segment for word in turns[index].words]
        for segment in segments
    ]
    return Stream(party, wording.encode(said), turns, segments)


def _said(word: Word) -> str:
    """The word, or for a block of redaction its type with the count of digits: "[NUMBER:4]"."""
    if not word.redacted:
        return word.text
    figures = word.facts.get("digits")
    return f"[{word.kind}:{figures}]" if figures else f"[{word.kind}]"
