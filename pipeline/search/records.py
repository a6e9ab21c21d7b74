"""What goes into a search index and what comes out of it.

An index holds redacted calls only, and no truth: whatever it says is checked again in SQL. Times are seconds from the
start of the call, scores go from 0 to 1, moments are seconds since 1970 in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.records import Role, Seconds

MOST_TURNS = 1 << 14  # of one call: more than five hours of short ones; the rest is not searched
MOST_COUNTED = 10_000  # calls that match: of more it is only said that there are more
MOST_SORTED_OUT = 2_000  # calls that match, in which values of facets are counted
VECTOR_SIZE = 384  # of the sentence model all-MiniLM-L6-v2


@dataclass(frozen=True, slots=True)
class IndexedTurn:
    """What one party said without a break: words as spoken or typed blocks, each with the second it starts at."""

    role: Role
    start: Seconds
    end: Seconds
    words: tuple[str, ...]
    times: tuple[Seconds, ...]


@dataclass(frozen=True, slots=True)
class IndexedCall:
    """One call as an index knows it. ``version`` grows with every change: an index never goes back to an older one.

    ``labels`` maps a field of the query language (``fail``, ``topic``, ``mark``, ...) to its values; ``vector`` is of
    length one, ``[VECTOR_SIZE]``, or None where no sentence model was at hand. ``held``: nobody may find it for now.
    """

    org: str
    team: str
    call_id: str
    version: int
    name: str
    at: datetime
    duration: Seconds
    score: float
    agent: str = ""
    queue: str = ""
    direction: str = ""
    language: str = ""
    team_name: str = ""
    held: bool = False
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    measures: Mapping[str, float] = field(default_factory=dict)
    turns: tuple[IndexedTurn, ...] = ()
    vector: tuple[float, ...] | None = None

    def compared(self) -> dict[str, tuple[str, ...]]:
        """Everything that is compared as a whole, by field: one value of the call itself, or its labels."""
        own = {"agent": self.agent, "queue": self.queue, "team_name": self.team_name, "name": self.name,
               "direction": self.direction, "language": self.language}  # fmt: skip
        return {field: (value,) for field, value in own.items() if value} | dict(self.labels)


@dataclass(frozen=True, slots=True)
class Grant:
    """One way to see calls: those of ``team`` (None: of every team), of ``agent`` only where one is named."""

    team: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose calls a searcher may find; it is part of every question. Without a grant nothing is found."""

    org: str
    grants: tuple[Grant, ...] = ()


@dataclass(frozen=True, slots=True)
class Address:
    """Where an index is: ``url`` as the setting says it, ``folder`` for one in files. ``ca`` is a PEM file of the authority
    that signed the server's certificate, ``index`` the name on the server."""

    url: str
    folder: Path = Path()
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    ca: Path | None = None
    index: str = "callsift"


@dataclass(frozen=True, slots=True)
class Sort:
    """``by`` is relevance, score, started, duration or ``measure.NAME``; ties go by call id, ascending."""

    by: str = "relevance"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of words of a passage; ``marked`` where it is what was searched for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A place in a call that matched: who, the second of the first matching word, and the words around it.

    ``met``: how many of the things asked for are said there.
    """

    role: Role
    start: Seconds
    pieces: tuple[Piece, ...]
    met: int = 1


@dataclass(frozen=True, slots=True)
class Hit:
    """One call found by a search index. ``score`` is how well it fits; it means something beside its neighbours only."""

    call_id: str
    score: float
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One page. ``facets`` maps a field to (value, calls), most frequent first; ``after`` continues behind the last hit.

    ``many``: more than ``total`` match, which is MOST_COUNTED then. Facets are counted in all calls that match, or in some
    MOST_SORTED_OUT of them where more do.
    """

    hits: tuple[Hit, ...]
    total: int
    after: str | None = None
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    many: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """How an index is: ``ready`` when it is there and of this program's schema; ``says`` is for people.

    ``answers`` False: nobody knows, because it cannot be reached.
    """

    ready: bool
    answers: bool = True
    calls: int = 0
    says: str = ""
