"""One page of the ranked queue: filtered, sorted and cut inside SQL, continued behind a row, never by counting."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from dashboards.desk import QueueFilter, QueuePage, QueueRow
from rules.errors import CallsiftError
from webapp.desk import veil
from webapp.desk.scope import Scope
from webapp.tables import Ranked

SORTS = {
    "score": Ranked.score,
    "started": Ranked.at,
    "duration": Ranked.duration,
    "agent": Ranked.agent,
    "queue": Ranked.queue,
}
MOST = 500  # rows of one page
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)  # days that every zone can say in UTC


class QueueError(CallsiftError, ValueError):
    """A sorting or a place to continue from that the queue does not have."""


def page(
    session: Session, scope: Scope, conditions: Sequence[ColumnElement[bool]], *, sort: str, descending: bool,
    after: str | None, limit: int,
) -> QueuePage:  # fmt: skip
    """Two queries: the rows, and how many there are in all."""
    if sort not in SORTS:
        raise QueueError(f'The queue cannot be sorted by "{sort}". Choose one of {", ".join(SORTS)}.')
    limit = max(1, min(limit, MOST))
    column: Any = SORTS[sort]
    order = (column.desc(), Ranked.public_id.desc()) if descending else (column, Ranked.public_id)
    wanted = select(Ranked).where(*conditions).order_by(*order).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(_behind(column, after, sort, descending=descending))
    rows = session.scalars(wanted).all()
    total = session.scalar(select(func.count()).select_from(Ranked).where(*conditions)) or 0
    more = _cursor(rows[limit - 1], sort, descending=descending) if len(rows) > limit else None
    return QueuePage(tuple(as_row(one, scope) for one in rows[:limit]), total, more)


def filtered(wanted: QueueFilter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """What a filter asks for, without its text. Days are those of the viewer."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.since:
        conditions.append(Ranked.at >= _midnight(wanted.since, zone))
    if wanted.until:
        conditions.append(Ranked.at < _midnight(min(wanted.until, LATEST) + timedelta(days=1), zone))
    if wanted.queues:
        conditions.append(Ranked.queue.in_(wanted.queues))
    if wanted.agents:
        conditions.append(Ranked.agent.in_(wanted.agents))
    return conditions


def named(text: str) -> ColumnElement[bool]:
    """Calls whose name, queue or agent contains ``text``: what SQL can find without a search index."""
    columns = (Ranked.name, Ranked.queue, Ranked.agent)
    return or_(*(func.lower(column).contains(text.lower(), autoescape=True) for column in columns))


def as_row(row: Ranked, scope: Scope) -> QueueRow:
    """A call as this person may see it in a list."""
    shown = QueueRow(
        row.public_id, row.started_at, row.direction or None, row.queue or None, row.agent or None, row.duration,
        row.score, tuple(row.reasons), row.listen_from, tuple(row.marks), row.name,
    )  # fmt: skip
    return veil.row(scope, row.team_id, shown)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The first moment of a day; where clocks skip midnight, the moment they jump to."""
    return datetime.combine(max(day, EARLIEST), time(), zone)


def _cursor(row: Ranked, sort: str, *, descending: bool) -> str:
    value = getattr(row, SORTS[sort].key)
    plain = value.isoformat() if isinstance(value, datetime) else value
    text = json.dumps([sort, descending, plain, row.public_id])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _behind(column: Any, after: str, sort: str, *, descending: bool) -> ColumnElement[bool]:
    try:
        was_sort, was_descending, plain, public_id = json.loads(base64.urlsafe_b64decode(after.encode()))
        if (was_sort, was_descending) != (sort, descending):
            raise QueueError("This place belongs to another sorting. Start from the first page.")
        readers: dict[str, Callable[[str], Any]] = {
            "score": float,
            "duration": float,
            "started": lambda text: datetime.fromisoformat(text).astimezone(UTC),
        }
        value = readers.get(sort, str)(plain)
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error) as error:
        if isinstance(error, QueueError):
            raise
        raise QueueError("This place in the queue cannot be read. Start from the first page.") from error
    here, there = tuple_(column, Ranked.public_id), tuple_(literal(value, column.type), literal(str(public_id)))
    return here < there if descending else here > there
