"""Where in a turn a query was met: which words to mark, and the second to listen from. One code for both back ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.records import Seconds
from pipeline.search.records import IndexedTurn, Passage, Piece
from pipeline.search.terms import Place, places, seconds_left
from pipeline.search.tree import Near, Node, Phrase, Said, Term, said
from pipeline.search.words import stem

BEFORE, SHOWN = 8, 32  # words shown before the first marked one, and in all

Runs = list[tuple[int, int]]  # first and last place of each match, both inclusive


def passages(tree: Node, turns: Iterable[IndexedTurn], duration: Seconds, most: int) -> tuple[Passage, ...]:
    """``most`` places of a call that met the query, in the order of the call: those where most of it is said, then the first."""
    wanted = [one for one in said(tree, wanted_only=True) if one.what is not None]
    found: list[Passage] = []
    for turn in sorted(turns, key=lambda turn: (turn.start, turn.end)):
        each = [marks for one in wanted if (marks := marked_words(one, turn, duration))]
        if each:
            found.append(_passage(turn, set().union(*each), len(each)))
    best = sorted(range(len(found)), key=lambda number: (-found[number].met, number))[:most]
    return tuple(found[number] for number in sorted(best))


def marked_words(one: Said, turn: IndexedTurn, duration: Seconds) -> set[int]:
    """Numbers of the words of ``turn`` that are what ``one`` asks for."""
    if one.what is None or (one.roles and turn.role not in one.roles):
        return set()
    there = places(turn)
    runs = [run for run in _runs(one.what, there) if _inside(one, turn, there, run, duration)]
    return {there[at].word for first, last in runs for at in range(first, last + 1)}


def _runs(what: Term | Phrase | Near, there: Sequence[Place]) -> Runs:
    match what:
        case Term(form, values):
            return [(at, at) for at, place in enumerate(there) if _is(place.term, form, values)]
        case Phrase(form, values):
            forms = [stem(place.term) if form == "stem" else place.term for place in there]
            size = len(values)
            return [
                (at, at + size - 1) for at in range(len(forms) - size + 1) if tuple(forms[at : at + size]) == values
            ]
        case Near(left, right, gap):
            pairs = ((one, other) for one in _runs(left, there) for other in _runs(right, there) if one != other)
            return [run for one, other in pairs if _gap(one, other) <= gap for run in (one, other)]


def _is(term: str, form: str, values: tuple[str, ...]) -> bool:
    if form == "prefix":
        return term.startswith(values)
    return (stem(term) if form == "stem" else term) in values


def _gap(one: tuple[int, int], other: tuple[int, int]) -> int:
    """Places between two runs."""
    return max(one[0], other[0]) - min(one[1], other[1]) - 1


def _inside(one: Said, turn: IndexedTurn, there: Sequence[Place], run: tuple[int, int], duration: Seconds) -> bool:
    seconds = [turn.times[there[at].word] for at in range(run[0], run[1] + 1)]
    if one.first is not None and any(int(max(second, 0.0)) >= one.first for second in seconds):
        return False
    return one.last is None or all(seconds_left(second, duration) < one.last for second in seconds)


def _passage(turn: IndexedTurn, marked: set[int], met: int) -> Passage:
    """The words around the first mark; neighbours that are marked alike are one piece."""
    first = max(min(marked) - BEFORE, 0)
    last = min(first + SHOWN, len(turn.words))
    pieces: list[Piece] = [Piece("…")] if first else []
    for number in range(first, last):
        word, mark = turn.words[number], number in marked
        if pieces and pieces[-1].marked == mark:
            pieces[-1] = Piece(f"{pieces[-1].text} {word}", mark)
        else:
            pieces.append(Piece(word, mark))
    if last < len(turn.words):
        pieces.append(Piece("…"))
    return Passage(turn.role, turn.times[min(marked)], tuple(pieces), met)
