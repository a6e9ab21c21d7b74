"""What each party said, as one encoded line of words.

A phrase may run over two turns of one party when the other only said "yes" in between; then both turns are one segment.
Every encoded character knows its token, every token its words: places are given back in words of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

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
    def places(self) -> tuple[Place, ...]:
        found: list[Place] = []
        start = 0
        for segment in self.segments:
            said = [_said(word) for index in segment for word in self.spoken[index].words]
            found.extend(Place(token.text, start + token.first, start + token.last) for token in tokens_of(said))
            start += len(said)
            found.append(Place("", start - 1, start - 1))
        return tuple(found)

    @cached_property
    def stops(self) -> tuple[str, ...]:
        """For each place the sentence mark that ends there: ".", "?", "!" or "" (a boundary counts as ".")."""
        return tuple(self._stop(place) for place in self.places)

    def _stop(self, place: Place) -> str:
        if not place.text:
            return "."
        mark = self.words[place.last].text[-1:]
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
