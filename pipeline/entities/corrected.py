"""What somebody takes back in the same breath: "fifty dollars no sorry fifteen dollars" names fifteen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol, TypeVar

MOST = 6  # words between what is taken back and what is meant
TAKEN_BACK = (
    ("no",), ("sorry",), ("i", "mean"), ("make", "that"), ("rather",), ("correction",), ("excuse", "me"), ("pardon",), ("my", "mistake"),
    ("scratch", "that"), ("i", "meant"), ("wait",),
)  # fmt: skip
BESIDE = frozenset("no sorry wait oh uh um er erm well actually i mean meant make that rather or correction excuse me pardon my mistake "
                   "scratch it's its it is was that's the a on not hang hold let say misspoke misread".split())  # fmt: skip


class Named(Protocol):
    @property
    def type(self) -> str: ...
    @property
    def first(self) -> int: ...
    @property
    def last(self) -> int: ...


E = TypeVar("E", bound=Named)


def kept_after_corrections(entities: Sequence[E], words: Sequence[str]) -> list[E]:
    """``entities`` of a turn, in order, without those that the next of their type replaces."""
    gone = {
        id(one)
        for one, after in pairwise(entities)
        if one.type == after.type and _taken_back(words[one.last + 1 : after.first])
    }
    return [entity for entity in entities if id(entity) not in gone]


def _taken_back(between: Sequence[str]) -> bool:
    if not 0 < len(between) <= MOST or not BESIDE.issuperset(between):
        return False
    return any(
        tuple(between[place : place + len(sign)]) == sign for sign in TAKEN_BACK for place in range(len(between))
    )
