"""Giving calls to people: one UPDATE that raises the fence, so that no call is ever two people's.

A lease ends by itself; while it runs, the call is nobody else's. What somebody had is kept in ``places``: previous and next
walk along it, and a new place is only made at its end. One place in ten of a ranked queue is given to a call drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from dashboards.queues import SAMPLE, Given
from webapp.desk import mixing, places
from webapp.desk.places import Queue, free, inside, joined, not_had, order_of, ranked_in, unfinished
from webapp.desk.scope import Scope
from webapp.tables import DrawnRow, PlaceRow, Ranked, Standing

LEASE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Hand:
    """Who is given calls, of which queue, when; ``share`` of the places are random ones."""

    scope: Scope
    queue: Queue
    zone: ZoneInfo
    moment: datetime
    share: float

    @property
    def until(self) -> datetime:
        return self.moment + LEASE


def take(session: Session, hand: Hand, call_id: str) -> Given | None:
    """One named call, if it is in this person's scope and nobody else has it."""
    probability = _probability_at_random(session, hand, call_id)
    held = _claim(session, hand, [_may(hand), Ranked.public_id == call_id], [])
    if held is None:
        return None
    known = session.scalars(_mine(hand).where(PlaceRow.call_id == held, PlaceRow.state == "held").limit(1)).first()
    return _given(
        session, hand, _again(session, hand, known) if known else _new_place(session, hand, held, probability)
    )


def next_place(session: Session, hand: Hand, call_id: str) -> Given | None:
    """The place after the one of ``call_id``: one that was had before and still waits, else a new one."""
    here = _put_back(session, hand, call_id)
    if here is not None:
        for later in session.scalars(_mine(hand).where(PlaceRow.id > here.id).order_by(PlaceRow.id)):
            if (given := _retake(session, hand, later)) is not None:
                return given
    return _new(session, hand)


def previous_place(session: Session, hand: Hand, call_id: str) -> Given | None:
    """The last place before the one of ``call_id`` that this person can still have; reviewed ones are shown again."""
    here = _put_back(session, hand, call_id)
    before = _mine(hand).order_by(PlaceRow.id.desc())
    for earlier in session.scalars(before.where(PlaceRow.id < here.id) if here is not None else before):
        if (given := _retake(session, hand, earlier, reviewed=True)) is not None:
            return given
    return None


def skip(session: Session, hand: Hand, call_id: str, reason: str) -> bool:
    """End this person's place of the call for good, with a reason; others may still be given it."""
    place = _current(session, hand, call_id)
    if (
        place is None
    ):  # had before, or never: what it is worth now is decided anew, and not while somebody else has the call
        if take(session, hand, call_id) is None:
            return False
        place = _last(session, hand, call_id)
        assert place is not None
    _let_go(session, place, hand.moment)
    place.state, place.reason, place.ended_at = "skipped", reason, hand.moment
    session.flush()
    return True


def release(session: Session, scope: Scope, call_id: str, moment: datetime) -> bool:
    """Put back a call this person holds."""
    rows = session.scalars(_held(scope, call_id)).all()
    for place in rows:
        _let_go(session, place, moment)
        place.state, place.ended_at = "released", moment
    session.flush()
    return bool(rows)


def renew(session: Session, scope: Scope, call_id: str, moment: datetime) -> datetime | None:
    """Another lease for a call this person still holds, or that nobody took since."""
    place = session.scalars(_held(scope, call_id).order_by(PlaceRow.id.desc()).limit(1)).first()
    if place is None:
        return None
    mine = Standing.call_id == place.call_id, Standing.holder_id == scope.user, Standing.fence == place.fence
    kept = update(Standing).where(*mine).values(leased_until=moment + LEASE).returning(Standing.call_id)
    return moment + LEASE if session.scalar(kept) is not None else None


def random_next(session: Session, hand: Hand, number: int) -> bool:
    """Whether the place of this number is a random one: decided by the seed of the first draw, the person and the queue."""
    mix = mixing.mix_of(session, hand.scope, hand.queue, hand.share)
    return mix is not None and mix.random(number)


def _new(session: Session, hand: Hand) -> Given | None:
    """A place that this person never had."""
    number = mixing.next_number(session, hand.scope, hand.queue)
    waiting = [_may(hand), unfinished(), not_had(hand.scope, hand.moment)]
    if random_next(session, hand, number):
        held = _claim(session, hand, [*waiting, DrawnRow.org_id == hand.scope.org], [DrawnRow.turn], drawn=True)
        if held is not None:
            probability = session.scalar(select(DrawnRow.probability).where(DrawnRow.call_id == held))
            return _given(session, hand, _new_place(session, hand, held, probability))
    column, down = order_of(hand.queue, "", descending=True)
    order = [column.desc(), Standing.public_id.desc()] if down else [column, Standing.public_id]
    sampled = hand.queue.base == SAMPLE or None
    walked = places.walked(hand.scope, column)
    held = _claim(session, hand, [*waiting, *ranked_in(hand.queue), *walked], order, drawn=sampled)
    return None if held is None else _given(session, hand, _new_place(session, hand, held, None))


def _probability_at_random(session: Session, hand: Hand, call_id: str) -> float | None:
    """Of a drawn call that this person's list shows at a random place; None for all others."""
    drawn = select(DrawnRow.probability).join(Standing, Standing.call_id == DrawnRow.call_id)
    probability = session.scalar(drawn.where(Standing.org_id == hand.scope.org, Standing.public_id == call_id))
    if probability is None or not hand.queue.mixed:
        return None
    where = hand.scope, hand.queue, hand.zone, hand.moment, hand.share
    return probability if mixing.is_at_random(session, *where, call_id) else None


def _may(hand: Hand) -> ColumnElement[bool]:
    return and_(*inside(hand.scope, hand.queue, hand.zone), hand.scope.calls("queues:work"))


def _claim(
    session: Session,
    hand: Hand,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
    *,
    drawn: bool | None = None,
) -> int | None:
    """The claim itself: the first free call of a condition, by one UPDATE. A rival's call is stepped over on PostgreSQL."""
    who = free(hand.scope, hand.moment)
    first = joined(Standing.call_id, drawn=drawn).where(*conditions, who).order_by(*order).limit(1)
    locked = first.with_for_update(of=Standing, skip_locked=True).cte("first")
    values = {"holder_id": hand.scope.user, "leased_until": hand.until, "fence": Standing.fence + 1}
    claimed = update(Standing).where(Standing.call_id.in_(select(locked.c.call_id)), who).values(values)
    return session.scalar(claimed.returning(Standing.call_id).execution_options(synchronize_session=False))


def _new_place(session: Session, hand: Hand, call: int, probability: float | None) -> PlaceRow:
    standing = session.get_one(Standing, call, populate_existing=True)
    number = mixing.next_number(session, hand.scope, hand.queue)
    place = PlaceRow(
        org_id=hand.scope.org, team_id=standing.team_id, call_id=call, user_id=hand.scope.user, queue=hand.queue.key,
        number=number, at=hand.moment, fence=standing.fence, probability=probability, state="held",
    )  # fmt: skip
    session.add(place)
    session.flush()
    return place


def _retake(session: Session, hand: Hand, place: PlaceRow, *, reviewed: bool = False) -> Given | None:
    """A place had before, if it still waits and is free; with ``reviewed`` also one that is done with, to look at."""
    if place.state == "skipped" and not reviewed:
        return None
    mine = [_may(hand), Standing.call_id == place.call_id]
    held = _claim(session, hand, [*mine, unfinished()], [])
    if held is not None:
        return _given(session, hand, _again(session, hand, place))
    done = joined(Standing.call_id).where(*mine, Standing.reviewed_at.is_not(None))
    return _given(session, hand, place) if reviewed and session.scalar(done) is not None else None


def _again(session: Session, hand: Hand, place: PlaceRow) -> PlaceRow:
    standing = session.get_one(Standing, place.call_id, populate_existing=True)
    place.state, place.fence, place.at, place.ended_at = "held", standing.fence, hand.moment, None
    session.flush()
    return place


def _put_back(session: Session, hand: Hand, call_id: str) -> PlaceRow | None:
    """The place somebody leaves; what they did not decide is free again."""
    place = _last(session, hand, call_id) if call_id else None
    if place is not None and place.state == "held":
        done = session.scalar(select(Standing.reviewed_at).where(Standing.call_id == place.call_id))
        _let_go(session, place, hand.moment)
        place.state, place.ended_at = ("reviewed" if done is not None else "released"), hand.moment
        session.flush()
    return place


def _let_go(session: Session, place: PlaceRow, moment: datetime) -> None:
    """Under the fence it was given with: a lease that was lost meanwhile takes nothing from its new holder."""
    mine = Standing.call_id == place.call_id, Standing.holder_id == place.user_id, Standing.fence == place.fence
    session.execute(update(Standing).where(*mine).values(holder_id=None, leased_until=None))


def _mine(hand: Hand) -> Any:
    mine = PlaceRow.org_id == hand.scope.org, PlaceRow.user_id == hand.scope.user, PlaceRow.queue == hand.queue.key
    return select(PlaceRow).where(*mine)


def _last(session: Session, hand: Hand, call_id: str) -> PlaceRow | None:
    call = select(Standing.call_id).where(Standing.org_id == hand.scope.org, Standing.public_id == call_id)
    found = _mine(hand).where(PlaceRow.call_id.in_(call)).order_by(PlaceRow.id.desc()).limit(1)
    place: PlaceRow | None = session.scalars(found).first()
    return place


def _current(session: Session, hand: Hand, call_id: str) -> PlaceRow | None:
    """The place of this queue whose lease is this person's now."""
    leased = (
        Standing.holder_id == hand.scope.user,
        Standing.fence == PlaceRow.fence,
        Standing.leased_until > hand.moment,
    )
    wanted = _held(hand.scope, call_id).join(Standing, Standing.call_id == PlaceRow.call_id)
    found = wanted.where(PlaceRow.queue == hand.queue.key, *leased).order_by(PlaceRow.id.desc()).limit(1)
    place: PlaceRow | None = session.scalars(found).first()
    return place


def _held(scope: Scope, call_id: str) -> Any:
    call = select(Standing.call_id).where(Standing.org_id == scope.org, Standing.public_id == call_id)
    mine = PlaceRow.org_id == scope.org, PlaceRow.user_id == scope.user, PlaceRow.state == "held"
    return select(PlaceRow).where(*mine, PlaceRow.call_id.in_(call))


def _given(session: Session, hand: Hand, place: PlaceRow) -> Given:
    row = session.get_one(Ranked, place.call_id)
    return Given(row.public_id, hand.queue.key, row.listen_from, hand.until)
