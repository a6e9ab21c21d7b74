"""A menu or announcement that opens the agent's side is a party of its own.

Telephone systems play it on the same channel, often in a voice that is taken for the agent's. Left there, rules would hear the
agent say what a machine said. Known misses: announcements in the middle of a call, and those without menu phrases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

from pipeline.records import Call, Party, Turn


def part_announcements(call: Call, is_menu: Callable[[str], bool]) -> Call:
    """The call with the first turns of a party given to a new one, where they are menu phrases and others follow."""
    added: list[Party] = []
    moved: dict[int, str] = {}  # number of a turn of the call -> its new party
    for party in call.parties:
        opening = _opening(call, party, is_menu)
        if opening:
            added.append(Party(_free({known.id for known in (*call.parties, *added)}), channel=party.channel))
            moved |= dict.fromkeys(opening, added[-1].id)
    if not added:
        return call
    given = tuple(_given(turn, moved[n]) if n in moved else turn for n, turn in enumerate(call.turns))
    return replace(call, parties=(*call.parties, *added), turns=given)


def _free(taken: set[str]) -> str:
    return next(name for n in count(1) if (name := f"s{n}") not in taken)


def _opening(call: Call, party: Party, is_menu: Callable[[str], bool]) -> list[int]:
    """Numbers of the menu turns a party begins with; none when it says nothing else, for then it is a machine as a whole."""
    own = [n for n, turn in enumerate(call.turns) if turn.party == party.id]
    first = next((place for place, n in enumerate(own) if not is_menu(call.turns[n].text)), 0)
    return own[:first]


def _given(turn: Turn, party: str) -> Turn:
    return replace(turn, party=party, words=tuple(replace(word, party=party) for word in turn.words))
