"""The terms of a turn as both back ends store them: words, stems, and at which second of either end of the call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from pipeline.records import Seconds
from pipeline.search.fields import WINDOW
from pipeline.search.records import IndexedTurn
from pipeline.search.words import stem, terms


class Place(NamedTuple):
    """One term of a turn and the number of the word it came from."""

    term: str
    word: int


@dataclass(frozen=True, slots=True)
class TurnTerms:
    """``words`` and ``stems`` are parallel; ``edges`` are stems with the second they are said at, where that is near an end."""

    words: tuple[str, ...]
    stems: tuple[str, ...]
    edges: tuple[str, ...]


def places(turn: IndexedTurn) -> list[Place]:
    return [Place(term, number) for number, word in enumerate(turn.words) for term in terms(word)]


def terms_of_turn(turn: IndexedTurn, duration: Seconds) -> TurnTerms:
    """All terms of a turn of a call of ``duration`` seconds."""
    found = places(turn)
    stems = tuple(stem(place.term) for place in found)
    edges = dict.fromkeys(
        edge
        for place, stemmed in zip(found, stems, strict=True)
        for edge in edges_of(stemmed, turn.times[place.word], duration)
    )
    return TurnTerms(tuple(place.term for place in found), stems, tuple(edges))


def edges_of(stemmed: str, second: Seconds, duration: Seconds) -> list[str]:
    """``refund|f12`` for a word that begins in the thirteenth second, ``refund|l0`` within the last one."""
    since, left = int(max(second, 0.0)), seconds_left(second, duration)
    found = [f"{stemmed}|f{since}"] if since < WINDOW else []
    return [*found, f"{stemmed}|l{left}"] if left < WINDOW else found


def seconds_left(second: Seconds, duration: Seconds) -> int:
    """Whole seconds from the beginning of a word to the end of the call."""
    return int(max(duration - second, 0.0))


def edges_wanted(stemmed: str, first: int | None, last: int | None) -> list[list[str]]:
    """For each window that is asked for, the edges of which one must be there."""
    windows = (("f", first), ("l", last))
    return [[f"{stemmed}|{side}{n}" for n in range(seconds)] for side, seconds in windows if seconds is not None]
