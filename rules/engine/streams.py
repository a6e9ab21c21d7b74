"""What each party said, as one encoded line of words.

A phrase may run over two turns of one party when the other only said "yes" in between; then both turns are one segment.
Every encoded character knows its token, every token its words: places are given back in words of the call.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rules.engine.encoding import BOUNDARY, Vocabulary
from rules.facts import CallFacts
from rules.language.tokens import tokens_of
from rules.records import Seconds, Turn, Word

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

    ``turns[w]`` is the index, among all turns of the call, of the turn that holds word ``w``.
    """

    party: str
    encoded: str
    places: tuple[Place, ...]
    words: tuple[Word, ...]
    turns: tuple[int, ...]

    @cached_property
    def stops(self) -> tuple[str, ...]:
        """For each place the sentence mark that ends there: ".", "?", "!" or "" (a boundary counts as ".")."""
        return tuple(self._stop(place) for place in self.places)

    def _stop(self, place: Place) -> str:
        if not place.text:
            return "."
        mark = self.words[place.last].text[-1:]
        return mark if mark in ".?!" else ""


def streams_of(call: CallFacts, vocabulary: Vocabulary) -> list[Stream]:
    """One stream for each party that speaks, in the order of the parties' first words."""
    parties = list(dict.fromkeys(turn.party for turn in call.turns if turn.words))
    return [_stream(party, call.turns, vocabulary) for party in parties]


def _segments(turns: Sequence[Turn], party: str) -> list[list[int]]:
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


def _stream(party: str, turns: Sequence[Turn], vocabulary: Vocabulary) -> Stream:
    words: list[Word] = []
    turn_of: list[int] = []
    places: list[Place] = []
    encoded: list[str] = []
    for segment in _segments(turns, party):
        start = len(words)
        for index in segment:
            words.extend(turns[index].words)
            turn_of.extend([index] * len(turns[index].words))
        tokens = tokens_of([_said(word) for word in words[start:]])
        places.extend(Place(token.text, start + token.first, start + token.last) for token in tokens)
        encoded.append(vocabulary.encode([token.text for token in tokens]))
        places.append(Place("", len(words) - 1, len(words) - 1))
    return Stream(party, "".join(text + BOUNDARY for text in encoded), tuple(places), tuple(words), tuple(turn_of))


def _said(word: Word) -> str:
    """The word, or for a block of redaction its type with the count of digits: "[NUMBER:4]"."""
    if not word.redacted:
        return word.text
    figures = word.facts.get("digits")
    return f"[{word.kind}:{figures}]" if figures else f"[{word.kind}]"
