"""Ranked queues with their random places: two keyset walks, one down the ranking and one along the turns of drawn calls.

Of each ten places in a row (by the default share) one is given to the next drawn call, at a place that the seed of the first
draw, the person and the queue decide; "Next call" and the list follow the same numbers. Every call stands in the list once,
where it comes first: a ranked call whose turn came before is left out of the ranking behind it, a drawn call that was ranked
higher is passed over at its turn. Both follow from where the two walks are, so a page costs the same however deep it is.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from dashboards.queues import INTEREST, BadQueue, PlacePage
from pipeline.quality.draws import is_random_place
from webapp.desk import places
from webapp.desk.places import Queue, inside, joined, place_of, ranked_in, unfinished
from webapp.desk.queue import MOST
from webapp.desk.scope import Scope
from webapp.tables import DrawnRow, DrawRow, PlaceRow, Ranked, Standing, User

FIRST_BLOCK = 100  # rows of the list in which a call that is taken by hand is looked for
Spot = tuple[float, str]  # value or turn, and public id


@dataclass(frozen=True, slots=True)
class Mix:
    """Which places of one person's queue are random ones. ``first`` is the number of the place on top of the list."""

    seed: str
    first: int
    share: float

    def random(self, number: int) -> bool:
        return is_random_place(self.seed, number, self.share)


@dataclass(frozen=True, slots=True)
class At:
    """Where a page begins: the number of its first place, the last ranked and the last drawn call before it."""

    number: int
    ranked: Spot | None = None
    drawn: Spot | None = None


def mix_of(session: Session, scope: Scope, queue: Queue, share: float) -> Mix | None:
    """None for a queue without random places, and before the first draw."""
    if not queue.mixed or share <= 0:
        return None
    seed = session.scalar(select(DrawRow.seed).where(DrawRow.org_id == scope.org).order_by(DrawRow.id).limit(1))
    if seed is None:
        return None
    held = session.scalar(select(func.count()).where(*_mine(scope, queue), PlaceRow.state == "held")) or 0
    return Mix(f"{seed}:{scope.user}:{queue.key}", next_number(session, scope, queue) - held, share)


def next_number(session: Session, scope: Scope, queue: Queue) -> int:
    """The number of the next new place of this person in this queue."""
    last = session.scalar(select(func.max(PlaceRow.number)).where(*_mine(scope, queue)))
    return 0 if last is None else last + 1


def page(
    session: Session, scope: Scope, queue: Queue, zone: ZoneInfo, moment: datetime, mix: Mix, *, after: str | None,
    limit: int,
) -> PlacePage:  # fmt: skip
    """The open calls of a queue in its order, drawn ones at their places. Raises BadQueue for a place nobody gave."""
    start = At(mix.first) if after is None else _read(after, queue)
    total, many = places.count(session, scope, queue, zone, [*ranked_in(queue), unfinished()])
    last = None if many else _last_turn(session, scope, queue, zone, mix, total)
    walk = _walk(session, scope, queue, zone, start, last, max(1, min(limit, MOST)), many=many)
    rows: list[tuple[Any, bool]] = []
    while len(rows) < walk.size and (found := walk.step(mix)) is not None:
        rows.append(found)
    here = walk.at
    more = _cursor(here, queue) if len(rows) == walk.size and walk.step(mix) is not None else None
    if last is not None and (rows or after is not None):
        total += _drawn_beside(session, scope, queue, zone, last)
    shown = tuple(place_of(row, scope, moment, at_random=by_turn) for row, by_turn in rows)
    return PlacePage(shown, total, more, many)


def is_at_random(
    session: Session, scope: Scope, queue: Queue, zone: ZoneInfo, moment: datetime, share: float, call_id: str
) -> bool:
    """Whether a call stands at a random place near the top of this person's list."""
    mix = mix_of(session, scope, queue, share)
    if mix is None:
        return False
    found = page(session, scope, queue, zone, moment, mix, after=None, limit=FIRST_BLOCK)
    return any(place.at_random for place in found.places if place.row.id == call_id)


@dataclass
class _Stream:
    """Rows behind ``at``, read some at a time by ``read(at)``."""

    read: Callable[[Spot | None], Sequence[Any]]
    spot: Callable[[Any], Spot]
    at: Spot | None
    size: int
    rows: list[Any] = field(default_factory=list)
    ended: bool = False

    def step(self) -> Any:
        """The next row; None at the end."""
        if not self.rows and not self.ended:
            found = self.read(self.at)
            self.rows, self.ended = list(reversed(found)), len(found) < self.size
        if not self.rows:
            return None
        row = self.rows.pop()
        self.at = self.spot(row)
        return row


@dataclass
class _Walk:
    """Both streams together."""

    ranked: _Stream
    drawn: _Stream
    number: int
    size: int
    shown: set[str] = field(default_factory=set)

    @property
    def at(self) -> At:
        return At(self.number, self.ranked.at, self.drawn.at)

    def step(self, mix: Mix) -> tuple[Any, bool] | None:
        """The row of the next place, and whether it stands there by its turn."""
        order = (self.drawn, self.ranked) if mix.random(self.number) else (self.ranked, self.drawn)
        for stream in order:
            while (row := stream.step()) is not None:
                if row.Standing.public_id not in self.shown:
                    self.shown.add(row.Standing.public_id)
                    self.number += 1
                    return row, stream is self.drawn
        return None


def _walk(
    session: Session, scope: Scope, queue: Queue, zone: ZoneInfo, start: At, last: Spot | None, size: int, *,
    many: bool,
) -> _Walk:  # fmt: skip
    column, _down = places.order_of(queue, "", descending=True)
    turn = tuple_(DrawnRow.turn, Standing.public_id)
    rank = tuple_(column, Standing.public_id)
    columns = Ranked, Standing, DrawnRow.probability, User.name, DrawnRow.turn

    def by_rank(at: Spot | None) -> Sequence[Any]:
        conditions = [*places.steered(session, scope, queue, zone, column, many=many), unfinished(), *ranked_in(queue)]
        conditions += [] if at is None else [rank < _literal(at)]
        if start.drawn is not None:
            conditions.append(or_(DrawnRow.turn.is_(None), turn > _literal(start.drawn)))
        wanted = joined(*columns, drawn=False).join(User, User.id == Standing.holder_id, isouter=True)
        order = column.desc(), Standing.public_id.desc()
        return session.execute(wanted.where(*conditions).order_by(*order).limit(size + 1)).all()

    def by_turn(at: Spot | None) -> Sequence[Any]:
        conditions = [*places.steered(session, scope, queue, zone, DrawnRow.turn, many=many), unfinished()]
        conditions += [] if at is None else [turn > _literal(at)]
        conditions += [] if start.ranked is None else [rank < _literal(start.ranked)]
        conditions += [] if last is None else [turn <= _literal(last)]
        wanted = joined(*columns, drawn=True).join(User, User.id == Standing.holder_id, isouter=True)
        order = DrawnRow.turn, Standing.public_id
        return session.execute(wanted.where(*conditions).order_by(*order).limit(few)).all()

    few = max(2, size // 5)
    ranked = _Stream(
        by_rank, lambda row: (getattr(row.Standing, column.key), row.Standing.public_id), start.ranked, size + 1
    )
    drawn = _Stream(by_turn, lambda row: (row.turn, row.Standing.public_id), start.drawn, few)
    return _Walk(ranked, drawn, start.number, size)


def _last_turn(session: Session, scope: Scope, queue: Queue, zone: ZoneInfo, mix: Mix, total: int) -> Spot | None:
    """Signs of fraud or breaches are few: as many drawn calls are mixed in as their places take, not all there are.

    None where every drawn call is one of the queue's anyway.
    """
    if queue.base == INTEREST:
        return None
    many = round(mix.share / (1 - mix.share) * total) if mix.share < 1 else total
    if many == 0:
        return (-1.0, "")
    wanted = joined(DrawnRow.turn, Standing.public_id, drawn=True).where(
        *inside(scope, queue, zone), unfinished(), DrawnRow.org_id == scope.org
    )
    rows = session.execute(wanted.order_by(DrawnRow.turn, Standing.public_id).offset(many - 1).limit(1)).all()
    return (rows[0].turn, rows[0].public_id) if rows else (2.0, "")


def _drawn_beside(session: Session, scope: Scope, queue: Queue, zone: ZoneInfo, last: Spot) -> int:
    """Calls that are in the list by their turn alone."""
    column, _down = places.order_of(queue, "", descending=True)
    counted = joined(func.count(), drawn=True).where(
        *inside(scope, queue, zone), unfinished(), DrawnRow.org_id == scope.org, column <= 0,
        tuple_(DrawnRow.turn, Standing.public_id) <= _literal(last),
    )  # fmt: skip
    return session.scalar(counted) or 0


def _mine(scope: Scope, queue: Queue) -> tuple[ColumnElement[bool], ...]:
    return PlaceRow.org_id == scope.org, PlaceRow.user_id == scope.user, PlaceRow.queue == queue.key


def _literal(spot: Spot) -> Any:
    return tuple_(literal(spot[0]), literal(spot[1]))


def _cursor(at: At, queue: Queue) -> str:
    text = json.dumps([queue.key, at.number, at.ranked, at.drawn])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read(after: str, queue: Queue) -> At:
    try:
        was, number, ranked, drawn = json.loads(base64.urlsafe_b64decode(after.encode()))
        spots = [None if one is None else (float(one[0]), str(one[1])) for one in (ranked, drawn)]
        at = At(int(number), *spots)
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, binascii.Error) as error:
        raise BadQueue("This place in the queue cannot be read. Start from the first page.") from error
    if was != queue.key:
        raise BadQueue("This place belongs to another queue. Start from the first page.")
    return at
