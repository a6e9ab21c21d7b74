"""What the queues ask for and show, already inside the scope of whoever is signed in.

A queue is named by its key, which fits into an address: a shipped one with its filters (``fraud;agent=ag-114``), or the
public id of a saved one. A place of a queue is given to one person at a time: the call is theirs until the lease ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, cast
from urllib.parse import parse_qs, urlencode

from flask import current_app

from dashboards.desk import QueueFilter, QueueRow
from pipeline.records import Seconds

QUEUES = "callsift.queues"  # where the way to a person's queues lies among the extensions of the application
INTEREST, FRAUD, COMPLIANCE, SAMPLE, AGENT = "interest", "fraud", "compliance", "sample", "agent"
PIECE = 25  # calls of a deed on many that are done at once: its bar moves, and it can be stopped, after each
LONGEST = 1000  # characters of a key, and of an address that asks for a queue
SHIPPED: Mapping[str, tuple[str, str]] = {
    INTEREST: ("Most interesting", "Open calls, the ones most worth a person's time first."),
    FRAUD: ("Fraud", "Open calls with signs of fraud, the strongest first."),
    COMPLIANCE: ("Compliance", "Open calls in which a duty was broken, the gravest first."),
    SAMPLE: ("Random sample", "Calls drawn at random, in random order: what rates are made from."),
    AGENT: ("Unreviewed of an agent", "Open calls of one agent, the newest first."),
}
SKIPS: Mapping[str, str] = {
    "nothing": "Nothing to judge: no speech, wrong number, test call",
    "words": "The words cannot be understood",
    "language": "A language I do not speak",
    "known": "I know somebody in this call",
    "other": "Another reason",
}
UNJUDGEABLE = frozenset({"nothing", "words"})  # whoever skips a drawn call so, says that nobody can judge it


class BadQueue(ValueError):
    """A key of a queue that cannot be read, or something that cannot be done with a queue; the message is for people."""


class NoQueue(BadQueue):
    """A queue that does not exist for this person."""


@dataclass(frozen=True, slots=True)
class Held:
    """Somebody else has a call. ``until`` None: nobody holds it, but a review of it is theirs."""

    by: str
    until: datetime | None = None


class CallHeld(Exception):
    """A review cannot be written, because somebody else has the call or its review."""

    def __init__(self, held: Held) -> None:
        super().__init__(f"{held.by} has this call")
        self.held = held


@dataclass(frozen=True, slots=True)
class QueueKey:
    """``base`` is one of SHIPPED, or the id of a saved queue; ``wanted`` narrows it."""

    base: str = INTEREST
    wanted: QueueFilter = field(default_factory=QueueFilter)

    def __str__(self) -> str:
        fields = [(name, value) for name, values in self.fields() for value in values]
        return ";".join([self.base, *(f"{name}={_safe(value)}" for name, value in fields)])

    def fields(self) -> list[tuple[str, tuple[str, ...]]]:
        days = [(name, getattr(self.wanted, name)) for name in ("since", "until")]
        return [
            *((name, (day.isoformat(),)) for name, day in days if day is not None),
            ("queue", self.wanted.queues), ("agent", self.wanted.agents),
        ]  # fmt: skip


def read_key(text: str) -> QueueKey:
    """The key that ``str`` of a `QueueKey` gave; raises BadQueue."""
    base, *pieces = text.split(";")
    if not base.isalnum() or len(text) > LONGEST:
        raise BadQueue(f"{text[:40]!r} names no queue")
    found: dict[str, list[str]] = {"since": [], "until": [], "queue": [], "agent": []}
    for piece in pieces:
        name, _, value = piece.partition("=")
        if name not in found or not value:
            raise BadQueue(f"{piece[:40]!r} is no filter of a queue")
        found[name].append(value.replace("%3B", ";").replace("%25", "%"))
    try:
        days = [date.fromisoformat(found[name][0]) if found[name] else None for name in ("since", "until")]
    except ValueError as error:
        raise BadQueue(f"{text[:40]!r} names a day that is none") from error
    return QueueKey(base, QueueFilter(days[0], days[1], tuple(found["queue"]), tuple(found["agent"])))


def key_of(search: str) -> QueueKey:
    """The queue that an address of the page asks for (``?list=fraud&agent=ag-114``); what is no filter is left out."""
    plain = (search or "").removeprefix("?")
    query = parse_qs(plain if len(plain) <= LONGEST else "")
    base = (query.get("list") or [INTEREST])[0]
    wanted = QueueFilter(
        _day(query.get("since")), _day(query.get("until")), tuple(query.get("queue", ())), tuple(query.get("agent", ()))
    )
    return QueueKey(base if base.isalnum() else INTEREST, wanted)


def address_of(key: QueueKey) -> str:
    """The address of the page that shows a queue."""
    fields = [(name, value) for name, values in key.fields() for value in values]
    query = urlencode([*([("list", key.base)] if key.base != INTEREST else []), *fields])
    return f"/queue?{query}" if query else "/queue"


def _day(values: Sequence[str] | None) -> date | None:
    try:
        return date.fromisoformat(values[0]) if values else None
    except ValueError:
        return None


def _safe(value: str) -> str:
    return value.replace("%", "%25").replace(";", "%3B")


@dataclass(frozen=True, slots=True)
class QueueName:
    """One queue to choose. ``shared`` names the team of a saved one, empty for a private one; ``mine``: may be removed."""

    key: str
    name: str
    about: str
    saved: bool = False
    shared: str = ""
    mine: bool = False
    plan: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One call of a queue. ``chance`` is the ranker's, None while the weights rank; ``holder`` has the call until ``until``."""

    row: QueueRow
    chance: float | None = None
    drawn: float | None = None  # its probability, where it was drawn at random
    holder: str = ""
    until: datetime | None = None
    mine: bool = False
    reviewed: bool = False
    at_random: bool = False  # it stands here because it was drawn, whatever its rank


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One keyset page of a queue: ``after`` of the next request, None on the last page. ``many``: there are more than ``total``."""

    places: tuple[Place, ...]
    total: int
    after: str | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """What ranks: the weights of scoring (``version`` 0) or a ranker, and how well that did on reviews it had not seen."""

    version: int
    reviews: int
    needed: int
    trained: Mapping[str, object] = field(default_factory=dict)
    share: float = 0.0  # of places given to calls drawn at random


@dataclass(frozen=True, slots=True)
class Given:
    """A call that is this person's until the lease ends, and the second to listen from."""

    call_id: str
    queue: str
    listen_from: Seconds | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """What a bulk action would do: ``changed`` of ``chosen`` calls; why others stay as they are, with counts."""

    chosen: int
    changed: int
    left: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Done:
    """A bulk action that was done and can be undone until ``until``."""

    id: str
    preview: Preview
    until: datetime


@dataclass(frozen=True, slots=True)
class PlannedCall:
    """One call of a plan, with the clips to hear."""

    place: Place
    clips: tuple[tuple[Seconds, Seconds], ...]
    seconds: Seconds
    gain: float


@dataclass(frozen=True, slots=True)
class PlanView:
    """What fits into some minutes. ``per_hour`` and ``random_per_hour`` are expected findings."""

    minutes: int
    calls: tuple[PlannedCall, ...]
    seconds: Seconds
    gain: float
    per_hour: float
    random_per_hour: float
    why: str = ""  # the minutes are not full


@dataclass(frozen=True, slots=True)
class RateView:
    """The share of flagged calls among all calls of a group, from drawn ones; the bounds are None while too few were heard."""

    name: str
    frame: int
    drawn: int
    heard: int
    missing: int
    rate: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class DrawView:
    """One draw in a team, with all that is needed to make it again."""

    id: str
    team: str
    at: datetime
    seed: str
    share: float
    frame: int
    drawn: int
    sha256: str


class QueueDesk(Protocol):
    """What a page of queues asks for, for one signed-in person. Unknown queues raise BadQueue."""

    def queues(self) -> Sequence[QueueName]:
        """Shipped queues, then saved ones: one's own and those of one's teams."""
        ...

    def page(
        self, key: QueueKey, *, sort: str = "", descending: bool = True, after: str | None = None, limit: int = 50,
        reviewed: bool = False,
    ) -> PlacePage:  # fmt: skip
        """``sort`` empty is the order of the queue; ``reviewed``: also calls that are done with."""
        ...

    def ranking(self) -> Ranking: ...

    def take(self, key: QueueKey, call_id: str) -> Given | None:
        """This very call, if nobody else has it."""
        ...

    def next(self, key: QueueKey, call_id: str = "") -> Given | None:
        """The place after ``call_id`` (which is given back): one had before, else a new one; None at the end."""
        ...

    def previous(self, key: QueueKey, call_id: str = "") -> Given | None: ...

    def skip(self, key: QueueKey, call_id: str, reason: str) -> bool: ...

    def release(self, call_id: str) -> bool: ...

    def renew(self, call_id: str) -> datetime | None:
        """Keep the call for another lease; None when it is somebody else's by now."""
        ...

    def holder(self, call_id: str) -> Held | None:
        """Somebody else who has the call now; None too for a call that does not exist for this person."""
        ...

    def ask(self, call_id: str) -> Held | None:
        """Ask whoever has a call to give it back; None where nobody else has it."""
        ...

    def take_over(self, call_id: str) -> bool:
        """Take a call from whoever has it; only for who assigns reviews of it."""
        ...

    def save(self, name: str, key: QueueKey, team_id: str = "") -> str:
        """A saved queue; its key. Raises BadQueue for a name that is empty or a team that is not theirs."""
        ...

    def remove(self, key: str) -> bool: ...

    def preview(self, what: str, call_ids: Sequence[str]) -> Preview: ...

    def bulk(self, what: str, call_ids: Sequence[str], key: QueueKey, reason: str = "") -> Done: ...

    def undo(self, *bulk_ids: str) -> int | None:
        """How many calls were put back, of all pieces of one deed; None when it is too late or was not theirs."""
        ...

    def plan(self, key: QueueKey, minutes: int) -> PlanView: ...

    def keep_plan(self, key: QueueKey, minutes: int) -> str:
        """A plan as a queue of one's own; its key."""
        ...

    def rates(self) -> Sequence[RateView]: ...

    def draws(self) -> Sequence[DrawView]: ...


def queues() -> QueueDesk:
    """The queues of whoever is signed in."""
    return cast(Callable[[], QueueDesk], current_app.extensions[QUEUES])()
