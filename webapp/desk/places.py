"""Which calls a queue has and in what order, as conditions inside SQL; continued behind a row, never by counting.

Every query begins with the scope of its person. What narrows a queue (dates, queues, agents) holds for its random places
too; what ranks it (signs of fraud, breaches) does not, for rates are about all calls.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnClause, UnaryExpression
from sqlalchemy.sql.operators import custom_op
from sqlalchemy.sql.visitors import replacement_traverse

from dashboards.desk import QueueFilter
from dashboards.queues import (
    AGENT,
    COMPLIANCE,
    FRAUD,
    INTEREST,
    SAMPLE,
    SHIPPED,
    BadQueue,
    NoQueue,
    Place,
    PlacePage,
    QueueKey,
)
from webapp.database import core
from webapp.desk.queue import MOST, as_row, filtered
from webapp.desk.scope import Scope
from webapp.tables import DrawnRow, PlaceRow, Ranked, SavedQueue, Standing, User

MOST_COUNTED, MOST_LOOKED_AT = 10_000, 1_000  # calls that are counted in an index alone, and by looking at each
AGAIN = timedelta(hours=12)  # a call that was put back unreviewed is not given to the same person again before
COLUMNS: dict[str, Any] = {
    INTEREST: Standing.chance, FRAUD: Standing.fraud, COMPLIANCE: Standing.breach, SAMPLE: DrawnRow.turn, AGENT: Ranked.at,
    "started": Ranked.at, "duration": Ranked.duration,
}  # fmt: skip
MOMENTS, UPWARD = frozenset({AGENT, "started"}), frozenset({SAMPLE})
MIXED = frozenset({INTEREST, FRAUD, COMPLIANCE})  # queues with random places


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue as SQL needs it. ``calls`` is the list of a plan, in its order, else None."""

    key: str
    base: str
    wanted: QueueFilter
    calls: tuple[str, ...] | None = None

    @property
    def mixed(self) -> bool:
        return self.base in MIXED and self.calls is None


def open_queue(session: Session, scope: Scope, key: QueueKey) -> Queue:
    """The queue that a key names for this person; raises BadQueue."""
    if key.base in SHIPPED:
        if key.base == AGENT and not key.wanted.agents:
            raise BadQueue("Choose an agent first.")
        return Queue(str(key), key.base, key.wanted)
    row = session.scalars(select(SavedQueue).where(visible(scope), SavedQueue.public_id == key.base)).one_or_none()
    if row is None:
        raise NoQueue("There is no such queue, or it is not one of yours.")
    if row.kind == "plan":
        return Queue(str(key), INTEREST, key.wanted, tuple(call["id"] for call in row.wanted["calls"]))
    saved = decode_filter(row.wanted)
    narrowed = QueueFilter(
        key.wanted.since or saved.since, key.wanted.until or saved.until, key.wanted.queues or saved.queues,
        key.wanted.agents or saved.agents,
    )  # fmt: skip
    return Queue(str(key), row.base, narrowed)


def visible(scope: Scope) -> ColumnElement[bool]:
    """Saved queues of this person: their own, and those shared with a team they work in."""
    teams = scope.teams("queues:work")
    shared = SavedQueue.team_id.is_not(None) if teams is None else SavedQueue.team_id.in_(teams)
    return and_(
        SavedQueue.org_id == scope.org, SavedQueue.ended_at.is_(None), or_(SavedQueue.owner_id == scope.user, shared)
    )


def encode_filter(wanted: QueueFilter) -> dict[str, Any]:
    days = {name: day.isoformat() for name, day in (("since", wanted.since), ("until", wanted.until)) if day}
    return {**days, "queues": list(wanted.queues), "agents": list(wanted.agents)}


def decode_filter(data: dict[str, Any]) -> QueueFilter:
    days = [date.fromisoformat(data[name]) if name in data else None for name in ("since", "until")]
    return QueueFilter(days[0], days[1], tuple(data.get("queues", ())), tuple(data.get("agents", ())))


def inside(scope: Scope, queue: Queue, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """Scope and filter: the calls a queue is about, whatever ranks it."""
    conditions = [scope.calls("calls:read"), *filtered(queue.wanted, zone)]
    if queue.calls is not None:
        conditions.append(Ranked.public_id.in_(queue.calls))
    return conditions


def ranked_in(queue: Queue) -> list[ColumnElement[bool]]:
    """What makes a call one of this queue's besides its filter."""
    signs: dict[str, list[ColumnElement[bool]]] = {
        FRAUD: [Standing.fraud > 0], COMPLIANCE: [Standing.breach > 0], SAMPLE: [DrawnRow.call_id.is_not(None)],
    }  # fmt: skip
    return signs.get(queue.base, [])


def unfinished() -> ColumnElement[bool]:
    return and_(Standing.reviewed_at.is_(None), Standing.aside_at.is_(None))


def free(scope: Scope, moment: datetime) -> ColumnElement[bool]:
    """Held by nobody else."""
    return or_(Standing.holder_id.is_(None), Standing.holder_id == scope.user, Standing.leased_until <= moment)


def not_had(scope: Scope, moment: datetime) -> ColumnElement[bool]:
    """Neither skipped by this person ever, nor put back by them lately."""
    had = PlaceRow.call_id == Standing.call_id, PlaceRow.org_id == scope.org, PlaceRow.user_id == scope.user
    return ~exists().where(*had, or_(PlaceRow.state == "skipped", PlaceRow.at > moment - AGAIN))


def joined(*columns: Any, drawn: bool | None = None) -> Select[Any]:
    """A query over calls as they stand; with ``drawn`` True over drawn ones only, with False it says which were drawn."""
    wanted = select(*columns)
    if drawn:
        # Key to key alone: with the organisation in it SQLite, which has no statistics, begins with every call there is.
        return wanted.select_from(DrawnRow).join(Standing, Standing.call_id == DrawnRow.call_id).join(
            Ranked, Ranked.call_id == DrawnRow.call_id
        )  # fmt: skip
    wanted = wanted.select_from(Standing).join(Ranked, Ranked.call_id == Standing.call_id)
    # With the organisation, for the unique key of drawn calls begins with it.
    same = and_(DrawnRow.org_id == Standing.org_id, DrawnRow.call_id == Standing.call_id)
    return wanted if drawn is None else wanted.join(DrawnRow, same, isouter=True)


def order_of(queue: Queue, sort: str, *, descending: bool) -> tuple[Any, bool]:
    """The column a queue is sorted by, and whether downwards. Raises BadQueue."""
    if queue.calls is not None and not sort:
        return case({call: place for place, call in enumerate(queue.calls)}, value=Ranked.public_id), False
    name = queue.base if sort in ("", "score") else sort
    if name not in COLUMNS:
        raise BadQueue(f'A queue cannot be sorted by "{sort}".')
    return COLUMNS[name], (name not in UPWARD) if not sort else descending


def page(
    session: Session, scope: Scope, queue: Queue, zone: ZoneInfo, moment: datetime, *, sort: str, descending: bool,
    after: str | None, limit: int, reviewed: bool,
) -> PlacePage:  # fmt: skip
    """Two queries: the rows, and how many there are in all."""
    limit = max(1, min(limit, MOST))
    column, down = order_of(queue, sort, descending=descending)
    which = [*ranked_in(queue), *([] if reviewed else [unfinished()])]
    behind = [] if after is None else [_behind(column, after, queue, sort, down=down)]
    tie = Standing.public_id.desc() if down else Standing.public_id
    total, many = count(session, scope, queue, zone, which)
    wanted = joined(Ranked, Standing, DrawnRow.probability, User.name, column, drawn=queue.base == SAMPLE)
    conditions = [*steered(session, scope, queue, zone, column, many=many), *which]
    rows = session.execute(
        wanted.join(User, User.id == Standing.holder_id, isouter=True).where(*conditions, *behind)
        .order_by(column.desc() if down else column, tie).limit(limit + 1)
    ).all()  # fmt: skip
    places = tuple(place_of(row, scope, moment) for row in rows[:limit])
    more = _cursor(rows[limit - 1], queue, sort, down=down) if len(rows) > limit else None
    return PlacePage(places, total, more, many)


def walked(scope: Scope, column: Any) -> list[ColumnElement[bool]]:
    """Says which index to walk: that of standings or of drawn calls for what they are sorted by, else that of calls."""
    table = getattr(column, "class_", None)
    return [table.org_id == scope.org] if table in (Standing, DrawnRow) else []


def steered(
    session: Session, scope: Scope, queue: Queue, zone: ZoneInfo, column: Any, *, many: bool
) -> list[ColumnElement[bool]]:
    """`inside`, and which index to walk. SQLite has no statistics and guesses wrong: many calls are met soon by walking along
    what they are sorted by, few are found by the index of their filter and sorted. PostgreSQL knows by itself."""
    conditions, along = inside(scope, queue, zone), walked(scope, column)
    few = not many and (queue.wanted != QueueFilter() or queue.calls is not None)
    if few or not along:
        return conditions
    if session.get_bind().dialect.name == "sqlite":
        conditions = [replacement_traverse(one, {}, _unindexed) for one in conditions]
    return [*conditions, *along]


def _unindexed(element: Any, **_: Any) -> Any:
    """A column of calls with a plus before it, which for SQLite means: without an index."""
    if isinstance(element, ColumnClause) and element.table is core(Ranked):
        return UnaryExpression(element, operator=custom_op("+"), type_=element.type)
    return None


def count(
    session: Session, scope: Scope, queue: Queue, zone: ZoneInfo, which: Sequence[ColumnElement[bool]]
) -> tuple[int, bool]:
    """How many calls a queue has, and whether there are more: counting ends at a bound, or it would cost more than the page.

    Without a filter the standings alone tell, which is many times quicker.
    """
    plain = queue.wanted == QueueFilter() and queue.calls is None and queue.base in MIXED and not scope.own_only
    if plain:
        most = MOST_COUNTED if queue.base == INTEREST else MOST_LOOKED_AT
        wanted = select(Standing.call_id).where(scope.rows(Standing, "calls:read"), *which)
    else:
        most, sampled = MOST_LOOKED_AT, queue.base == SAMPLE or None
        wanted = joined(Standing.call_id, drawn=sampled).where(*inside(scope, queue, zone), *which)
        wanted = wanted.where(DrawnRow.org_id == scope.org) if sampled else wanted
    found = session.scalar(select(func.count()).select_from(wanted.limit(most + 1).subquery())) or 0
    return min(found, most), found > most


def place_of(row: Any, scope: Scope, moment: datetime, *, at_random: bool = False) -> Place:
    """A row of (Ranked, Standing, probability, name of the holder, ...) as pages see it."""
    ranked, standing, probability, holder, _value = row
    held = standing.holder_id is not None and standing.leased_until is not None and standing.leased_until > moment
    return Place(
        as_row(ranked, scope), standing.chance if standing.ranker else None, probability, (holder or "") if held else "",
        standing.leased_until if held else None, held and standing.holder_id == scope.user,
        standing.reviewed_at is not None, at_random,
    )  # fmt: skip


def _cursor(row: Any, queue: Queue, sort: str, *, down: bool) -> str:
    value = row[-1].isoformat() if isinstance(row[-1], datetime) else row[-1]
    text = json.dumps([sort or queue.key, down, value, row[0].public_id])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _behind(column: Any, after: str, queue: Queue, sort: str, *, down: bool) -> ColumnElement[bool]:
    try:
        was, was_down, plain, public_id = json.loads(base64.urlsafe_b64decode(after.encode()))
        moment = (queue.base if sort in ("", "score") else sort) in MOMENTS
        value = datetime.fromisoformat(plain).astimezone(UTC) if moment else float(plain)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        raise BadQueue("This place in the queue cannot be read. Start from the first page.") from error
    if (was, was_down) != (sort or queue.key, down):
        raise BadQueue("This place belongs to another queue. Start from the first page.")
    here, there = tuple_(column, Standing.public_id), tuple_(literal(value, column.type), literal(str(public_id)))
    return here < there if down else here > there


def of_calls(session: Session, condition: Sequence[ColumnElement[bool]]) -> list[int]:
    """Keys of the calls a condition over joined rows names, in the order of their keys."""
    return list(session.scalars(joined(Standing.call_id).where(*condition).order_by(Standing.call_id)))
