"""What the dashboards ask for: figures of many calls, already inside the scope of whoever is signed in.

Figures come rolled up by local days of the installation's zone. A person who may see no team gets no calls, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal, Protocol, cast
from urllib.parse import parse_qs, urlencode

from flask import current_app

from dashboards.desk import QueueRow

FIGURES = "callsift.figures"  # where the way to a person's figures lies among the extensions of the application
DAYS = 30  # what is shown where the address names no dates
LONGEST = 3660  # days; an address that asks for more is a mistake
LEAST = 20  # calls from which a mean of a team or a person is shown, on screen and in files
NO_PACK = "-"  # in an address, for the rules whose pack nobody knows
MOST_DAYS = 93  # drawn as bars
TOPIC = "topic."  # begins the kind of a finding that says what a call is about
# Kinds that have a place of their own, or that nearly every call has: its summary, what was named in it.
ELSEWHERE = (TOPIC, "rule:", "signal:", "case:", "summary.", "entity.", "key_phrases")

By = Literal["agent", "queue", "team"]


class BadFigures(ValueError):
    """An address that asks for something there is not; the message is for people."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls count: local dates, both included, and one team (its id), queue or agent; empty means all."""

    since: date
    until: date
    team: str = ""
    queue: str = ""
    agent: str = ""
    card: str = ""  # scorecard, where figures of reviews are asked for
    pack: str = ""  # of rules, where their verdicts are asked for

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    def before(self) -> Wanted:
        """The days of equal number before."""
        return replace(self, since=self.since - timedelta(days=self.days), until=self.since - timedelta(days=1))

    def address(self, path: str, **more: str) -> str:
        """``path`` with these filters, and ``more``."""
        known = {"since": self.since.isoformat(), "until": self.until.isoformat(), "team": self.team, "queue": self.queue,
                 "agent": self.agent, "card": self.card, "pack": self.pack} | more  # fmt: skip
        return f"{path}?{urlencode({name: value for name, value in known.items() if value})}"


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over ``n`` calls with the half width of its 95 % interval (Student's t); None under two calls."""

    n: int
    mean: float
    half: float | None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What one rule said of the calls; ``unmet`` is the 95 % Wilson interval of FAIL among PASS and FAIL, None without any."""

    passed: int = 0
    failed: int = 0
    not_applicable: int = 0
    unsure: int = 0
    unmet: tuple[float, float] | None = None

    @property
    def applicable(self) -> int:
        """Calls to which the rule applied and which could be judged."""
        return self.passed + self.failed

    def of(self, value: str) -> int:
        """How many calls got a verdict."""
        return {"PASS": self.passed, "FAIL": self.failed, "NOT_APPLICABLE": self.not_applicable, "UNSURE": self.unsure}[
            value
        ]


@dataclass(frozen=True, slots=True)
class Topic:
    """Calls about one topic: seconds they last, seconds in which somebody speaks, mood of the customer from -1 to 1."""

    length: Mean = Mean(0, 0.0, None)
    talk: Mean = Mean(0, 0.0, None)
    mood: Mean = Mean(0, 0.0, None)


@dataclass(frozen=True, slots=True)
class NewTheme:
    """Something customers call about that nobody named yet, in the days up to ``last`` against the four times as many before.

    ``chance`` is that of so many calls, had nothing changed.
    """

    id: str
    name: str
    team: str
    last: date
    days: int
    before: int
    now: int
    calls_before: int
    calls_now: int
    chance: float
    new: bool
    growing: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """What the wanted calls come to. ``named`` holds reasons, findings and marks: name -> calls in which it stands."""

    calls: int = 0
    seconds: float = 0.0
    interest: Mean = Mean(0, 0.0, None)
    named: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    verdicts: Mapping[str, Verdicts] = field(default_factory=dict)
    measures: Mapping[str, Mean] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)

    @property
    def breaches(self) -> int:
        """Verdicts FAIL."""
        return sum(verdicts.failed for verdicts in self.verdicts.values())


@dataclass(frozen=True, slots=True)
class Day:
    """One local day."""

    day: date
    calls: int
    interest: float


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one agent, queue or team. ``key`` is what an address names it by."""

    key: str
    name: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what came in was heard: calls with a result, still waiting, parked, and recordings refused.

    ``again`` are recordings refused once that wait to be tried again.
    """

    heard: int
    waiting: int
    parked: int
    refused: int
    again: int = 0


@dataclass(frozen=True, slots=True)
class RuleName:
    """A rule for people: its pack is the folder it came from, published or on disk ("" where neither knows it).

    ``checked`` is False where nobody has checked the source of the rule: reports leave such rules out unless asked.
    """

    title: str
    pack: str = ""
    checked: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """How the share of a topic moved against the days before: ``change`` and its 95 % interval, None where none can be told."""

    topic: str
    calls: int
    before: int
    change: float | None
    low: float | None
    high: float | None

    @property
    def grows(self) -> bool:
        """Whether its share is clearly larger than it was."""
        return self.low is not None and self.low > 0


class FiguresDesk(Protocol):
    """Figures for one signed-in person."""

    def zone(self) -> str:
        """Whose days the figures are of."""
        ...

    def latest(self) -> date:
        """The last local day with a call, or today where there is none: what is shown ends there unless told otherwise."""
        ...

    def sums(self, wanted: Wanted) -> Figures: ...

    def days(self, wanted: Wanted) -> Sequence[Day]:
        """Days with calls, in order."""
        ...

    def topic_days(self, wanted: Wanted) -> Mapping[str, Mapping[date, int]]:
        """Calls of each topic by day, days without any left out."""
        ...

    def moves(self, now: Figures, before: Figures) -> Sequence[Move]:
        """How each topic of now or then moved, those in most calls first."""
        ...

    def interval(self, n: int, of: int) -> tuple[float, float]:
        """The 95 % Wilson interval of a share."""
        ...

    def themes(self, wanted: Wanted) -> Sequence[NewTheme]:
        """The latest themes of the teams, found up to the last wanted day: new ones first, then growing ones, then others."""
        ...

    def groups(self, wanted: Wanted, by: By) -> Sequence[Group]:
        """By name; what nobody named is left out."""
        ...

    def coverage(self) -> Coverage: ...

    def listened(self, wanted: Wanted) -> int:
        """How many of the wanted calls somebody has listened to, in part at least."""
        ...

    def choices(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """Values to offer in filters: ``teams``, ``queues``, ``agents``, each as key and name."""
        ...

    def rules(self) -> Mapping[str, RuleName]: ...

    def calls(self, wanted: Wanted, kind: str, name: str, value: str = "", *, limit: int = 200) -> Sequence[QueueRow]:
        """The calls behind one figure, most interesting first. ``kind``: reason, finding, mark, verdict, theme, heard
        (by a person), reviewed (``name``: by whom, "" anybody; the days are then those of the reviews) or all.

        :raises BadFigures: an unknown kind.
        """
        ...


def figures() -> FiguresDesk:
    """The figures of whoever is signed in."""
    return cast(Callable[[], FiguresDesk], current_app.extensions[FIGURES])()


def left_out(found: Figures, names: Mapping[str, RuleName]) -> str:
    """Why a report of the same calls counts fewer breaches; "" where it counts as many."""
    n = sum(one.failed for rule, one in found.verdicts.items() if rule in names and not names[rule].checked)
    return f"{n:,} of them by rules whose source nobody checked, which reports leave out" if n else ""


def things(found: Figures) -> dict[str, int]:
    """In how many calls each kind of finding stands that has no place of its own."""
    return {kind: n for kind, n in found.named.get("findings", {}).items() if not kind.startswith(ELSEWHERE)}


def without_gaps(days: Sequence[Day], wanted: Wanted) -> Sequence[Day]:
    """Every day of the period where they fit on a screen, else those with calls."""
    if wanted.days > MOST_DAYS:
        return days
    known = {day.day: day for day in days}
    every = (wanted.since + timedelta(days=n) for n in range(wanted.days))
    return [known.get(day, Day(day, 0, 0.0)) for day in every]


def topics_of(found: Figures) -> dict[str, int]:
    """In how many calls each topic came up."""
    findings = found.named.get("findings", {})
    return {kind.removeprefix(TOPIC): n for kind, n in findings.items() if kind.startswith(TOPIC)}


def read_wanted(search: str, latest: date) -> Wanted:
    """What an address asks for; the DAYS days up to ``latest`` where it names none. Raises BadFigures."""
    told = {name: values[-1].strip() for name, values in parse_qs((search or "").removeprefix("?")).items()}
    until = _date(told.get("until"), latest)
    since = _date(told.get("since"), until - timedelta(days=DAYS - 1))
    if since > until:
        raise BadFigures("The first day lies after the last one.")
    if (until - since).days >= LONGEST:
        raise BadFigures("That is more than ten years. Choose fewer days.")
    return Wanted(since, until, *(told.get(name, "") for name in ("team", "queue", "agent", "card", "pack")))


def _date(text: str | None, otherwise: date) -> date:
    if not text:
        return otherwise
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise BadFigures(f"{text} is no date; write it as 2026-11-20.") from error
    if not 1900 <= day.year <= 9000:
        raise BadFigures(f"Nothing was heard in {day.year}.")
    return day
