"""What the Search page asks for and shows, already inside the scope of whoever is signed in.

No address carries what somebody typed: a search is kept under an id, and the id is what pages link to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dashboards.desk import QueueRow, Team
from pipeline.records import Role, Seconds

SEARCH_SORTS = {
    "relevance": "Best match", "score": "Most interesting", "started": "Newest", "duration": "Longest",
    "measure.dead_air_seconds": "Most dead air", "measure.silence_share": "Most silence",
    "measure.sentiment.customer": "Customer's mood, worst first",
}  # fmt: skip
ROUND = "-"  # before the name of an order: the other way round
ROUND_SORTS = {
    "score": "Least interesting", "started": "Oldest", "duration": "Shortest", "measure.dead_air_seconds": "Least dead air",
    "measure.silence_share": "Least silence", "measure.sentiment.customer": "Customer's mood, best first",
}  # fmt: skip
UPWARDS = frozenset({"measure.sentiment.customer"})  # sorted from the smallest on
SHARES = {"private": "only me", "team": "a team", "everyone": "everyone here"}
MOST_NAME = 80  # characters of a name
FACET_NAMES = {
    "queue": "Queue", "agent": "Agent", "team": "Team", "direction": "Direction", "topic": "Topic", "fail": "Rule broken",
    "finding": "Finding", "mark": "Doubt", "redacted": "Taken out", "language": "Language",
}  # fmt: skip


def downwards(order: str) -> bool:
    """Whether the most comes first in an order: ``duration``, ``-duration``, ``measure.hold_seconds``."""
    return (order.removeprefix(ROUND) not in UPWARDS) is not order.startswith(ROUND)


def ordered(by: str, *, down: bool) -> str:
    """The name of the order by ``by`` in which the most comes first, or the least."""
    return by if downwards(by) is down else ROUND + by


@dataclass(frozen=True, slots=True)
class Asking:
    """A field of the query language, for the help beside the search: ``queue``, what it means, ``queue:"Fraud line"``."""

    name: str
    help: str
    example: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of text, marked where it is what was searched for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a call that matched: who, from which second on, and the words."""

    role: Role
    start: Seconds
    pieces: tuple[Mark, ...]
    met: int = 1  # how many of the things asked for are said there


@dataclass(frozen=True, slots=True)
class FoundCall:
    """One call found, as the queue shows it, with the places that matched."""

    row: QueueRow
    places: tuple[Place, ...] = ()

    @property
    def best(self) -> Place | None:
        """The first of the places where most of what was asked for is said."""
        return max(self.places, key=lambda place: place.met, default=None)


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search under a name, or (``name`` empty) one of this person's latest. ``shared`` is a word of SHARES."""

    id: str
    name: str
    query: str
    shared: str = "private"
    team: str = ""
    owner: str = ""
    mine: bool = True
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A query that cannot be read: a sentence, and where: the ``at``-th character, ``length`` of them."""

    message: str
    at: int
    length: int


@dataclass(frozen=True, slots=True)
class Results:
    """One page of a search. ``instead``: words nobody says, and what was searched for them; ``away`` says why the index
    could not be asked: then ``calls`` are those whose name, queue or agent holds the words."""

    search: SavedSearch
    sort: str
    calls: tuple[FoundCall, ...] = ()
    total: int = 0
    after: str | None = None
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wrong: Wrong | None = None
    away: str = ""
    hints: tuple[str, ...] = ()  # names in the query that no call has, and an order that there is not
    about: bool = False  # the index has not heard of all changes yet, so that ``total`` is nearly right only
    many: bool = False  # more than ``total`` calls were found
    among: int = 0  # calls in which facets were counted, where it was not in all that were found


@dataclass(frozen=True, slots=True)
class AlikeCall:
    """A call like another one. ``likeness`` is from 0 to 1, None when only words could be compared; ``words`` both say."""

    row: QueueRow
    likeness: float | None
    words: tuple[str, ...]


class SearchDesk(Protocol):
    """What a page asks for, for one signed-in person."""

    def check(self, query: str) -> Wrong | None:
        """What is wrong with a query, or None."""
        ...

    def remember(self, query: str) -> str:
        """Keep a search and give its id; the same search by the same person keeps its id."""
        ...

    def results(self, search_id: str, *, sort: str | None = None, after: str | None = None) -> Results | None:
        """One page; written to the audit log in the same transaction, or nothing is returned. None: there is none such."""
        ...

    def searches(self) -> tuple[Sequence[SavedSearch], Sequence[SavedSearch]]:
        """Those under a name that this person may use, by name, and their own latest."""
        ...

    def save(self, search_id: str, name: str, *, shared: str, team: str = "", sort: str = "") -> str | None:
        """Keep a search under a name, for whom ``shared`` says; its id. None: there is none such, or that team is not theirs."""
        ...

    def forget(self, search_id: str) -> bool:
        """Remove one's own search."""
        ...

    def sorts(self) -> Mapping[str, str]:
        """The orders this person may have calls in, with their names."""
        ...

    def measures(self) -> Sequence[str]:
        """Measures by which this person may have calls in order."""
        ...

    def fields(self) -> Sequence[Asking]:
        """The fields of the query language that this person may ask for."""
        ...

    def teams_to_share_with(self) -> Sequence[Team]: ...

    def similar(self, call_id: str, *, limit: int = 5) -> Sequence[AlikeCall]:
        """Calls like this one, best first; empty where there are none or the index does not answer."""
        ...
