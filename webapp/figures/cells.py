"""What the calls of one cell come to, counted from SQL, and a team's day as the sum of its cells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.tables import FigureCall, FigureCell, FindingRow, MeasureRow, PartRow, Ranked, VerdictRow

AT_ONCE = 500  # results in one question to the database
TOPIC = "topic."  # findings that say what a call is about
MOOD, SILENCE = "sentiment.customer", "silence_share"
KINDS = ("reasons", "findings", "marks")  # name -> calls


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """One cell: a team's day, split by queue and agent ("" where nobody told)."""

    team: int
    day: str
    queue: str
    agent: str


@dataclass
class Sums:
    """Figures that can be added. See `webapp.tables.figures.FigureCell` for ``counts``."""

    calls: int = 0
    seconds: float = 0.0
    score: float = 0.0
    square: float = 0.0
    named: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    verdicts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    measures: dict[str, list[float]] = field(default_factory=dict)
    topics: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, calls: int, seconds: float, score: float, square: float, counts: Mapping[str, Any]) -> None:
        """Take in one stored row."""
        self.calls += calls
        self.seconds += seconds
        self.score += score
        self.square += square
        for kind in KINDS:
            self.named[kind].update(counts.get(kind, {}))
        for rule, values in counts.get("verdicts", {}).items():
            self.verdicts[rule].update(values)
        for name, (n, total, squares) in counts.get("measures", {}).items():
            self.measure(name, n, total, squares)
        for topic, amounts in counts.get("topics", {}).items():
            for name, (n, total, squares) in amounts.items():
                _grow(self.topics[topic], name, n, total, squares)

    def measure(self, name: str, n: float, total: float, squares: float) -> None:
        _grow(self.measures, name, n, total, squares)

    def counts(self) -> dict[str, Any]:
        """As it lies in a row, in an order that does not depend on the calls'."""
        return {
            **{kind: dict(sorted(self.named[kind].items())) for kind in KINDS},
            "verdicts": {rule: dict(sorted(values.items())) for rule, values in sorted(self.verdicts.items())},
            "measures": dict(sorted(self.measures.items())),
            "topics": {topic: dict(sorted(amounts.items())) for topic, amounts in sorted(self.topics.items())},
        }


def count(session: Session, org: int, place: Place) -> Sums:
    """The calls that stand in ``place`` now."""
    inside = (
        FigureCall.org_id == org, FigureCall.team_id == place.team, FigureCall.day == place.day,
        FigureCall.queue == place.queue, FigureCall.agent == place.agent,
    )  # fmt: skip
    wanted = select(Ranked.result_id, Ranked.duration, Ranked.score, Ranked.marks).join(
        FigureCall, FigureCall.call_id == Ranked.call_id
    )
    rows = session.execute(wanted.where(*inside)).all()
    sums = Sums(len(rows), sum(r.duration for r in rows), sum(r.score for r in rows), sum(r.score**2 for r in rows))
    for row in rows:
        sums.named["marks"].update(set(row.marks))
    lengths = {row.result_id: float(row.duration) for row in rows}
    for results in _chunks(list(lengths)):
        _children(session, results, sums)
        _topics(session, results, lengths, sums)
    return sums


def total(session: Session, org: int, team: int, day: str) -> Sums:
    """A team's day over its cells."""
    wanted = select(FigureCell).where(
        FigureCell.org_id == org, FigureCell.team_id == team, FigureCell.day == day, FigureCell.whole.is_(False)
    )
    return summed(session.scalars(wanted))


def _children(session: Session, results: Sequence[int], sums: Sums) -> None:
    """In how many of these calls each thing stands: a call counts once, however often it was found there."""
    calls = func.count(FindingRow.result_id.distinct())
    found = select(FindingRow.kind, calls).where(FindingRow.result_id.in_(results)).group_by(FindingRow.kind)
    sums.named["findings"].update(dict(session.execute(found).all()))
    parts = select(PartRow.name, func.count(PartRow.result_id.distinct())).where(PartRow.result_id.in_(results))
    sums.named["reasons"].update(dict(session.execute(parts.group_by(PartRow.name)).all()))
    judged = select(VerdictRow.rule, VerdictRow.value, func.count()).where(VerdictRow.result_id.in_(results))
    for rule, value, n in session.execute(judged.group_by(VerdictRow.rule, VerdictRow.value)):
        sums.verdicts[rule][value] += n
    amount = MeasureRow.value
    measured = select(MeasureRow.name, func.count(), func.sum(amount), func.sum(amount * amount))
    for name, n, one, two in session.execute(
        measured.where(MeasureRow.result_id.in_(results)).group_by(MeasureRow.name)
    ):
        sums.measure(name, n, float(one), float(two))


def _topics(session: Session, results: Sequence[int], lengths: Mapping[int, float], sums: Sums) -> None:
    """Length, talk time (seconds in which somebody speaks) and the customer's mood of the calls of each topic."""
    about = select(FindingRow.result_id, FindingRow.kind).where(
        FindingRow.result_id.in_(results), FindingRow.kind.startswith(TOPIC, autoescape=True)
    )
    found = session.execute(about.distinct()).all()
    known: dict[int, dict[str, float]] = defaultdict(dict)
    measured = MeasureRow.result_id.in_({result for result, _kind in found}), MeasureRow.name.in_((MOOD, SILENCE))
    for result, name, value in session.execute(
        select(MeasureRow.result_id, MeasureRow.name, MeasureRow.value).where(*measured)
    ):
        known[result][name] = float(value)
    for result, kind in sorted(found):
        of, amounts = known[result], sums.topics[kind.removeprefix(TOPIC)]
        _grow(amounts, "length", 1, lengths[result], lengths[result] ** 2)
        if SILENCE in of:
            talk = lengths[result] * (1.0 - of[SILENCE])
            _grow(amounts, "talk", 1, talk, talk**2)
        if MOOD in of:
            _grow(amounts, "mood", 1, of[MOOD], of[MOOD] ** 2)


def _grow(amounts: dict[str, list[float]], name: str, n: float, total: float, squares: float) -> None:
    """Add to [calls, sum, sum of squares]."""
    before = amounts.get(name, [0, 0.0, 0.0])
    amounts[name] = [before[0] + n, before[1] + total, before[2] + squares]


def _chunks(items: Sequence[int]) -> Iterator[Sequence[int]]:
    return (items[i : i + AT_ONCE] for i in range(0, len(items), AT_ONCE))


def summed(rows: Iterable[FigureCell]) -> Sums:
    """Stored rows together."""
    sums = Sums()
    for row in rows:
        sums.add(row.calls, row.seconds, row.score, row.square, row.counts)
    return sums
