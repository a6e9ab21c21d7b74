"""One deed on many calls: counted before it is done, done in pieces, and undone within half a minute of its last piece.

Setting aside takes a call from everybody's queue: who does not lead may do so with a hundred calls a day.
Calls that somebody else holds, that are done with, or that were drawn at random stay as they are (setting a drawn call aside
would bend the rates); the preview says how many of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from dashboards.queues import BadQueue, Done, Preview
from webapp.audit import write_audit
from webapp.desk.claiming import LEASE
from webapp.desk.places import joined
from webapp.desk.scope import Scope
from webapp.store.standing import in_order
from webapp.tables import BulkRow, DrawnRow, PlaceRow, Standing

UNDO = timedelta(seconds=30)
MOST = 1000  # calls of one deed
ASIDE_A_DAY = 100  # for whoever may not clear queues
CLEAR = "queues:clear"
WHAT = ("take", "aside", "release")
WHY = ("held by others", "done with", "drawn at random", "not held")


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Keys of the calls that will be changed, and how many are left for which reason."""

    changed: list[int]
    left: dict[str, int]
    chosen: int

    @property
    def preview(self) -> Preview:
        return Preview(self.chosen, len(self.changed), {why: count for why, count in self.left.items() if count})


def preview(session: Session, scope: Scope, what: str, call_ids: Sequence[str], moment: datetime) -> Preview:
    found = _sorted(session, scope, what, call_ids, moment)
    if what == "aside":
        _refuse_too_many(session, scope, len(found.changed), moment)
    return found.preview


def do(
    session: Session, scope: Scope, what: str, call_ids: Sequence[str], queue: str, reason: str, moment: datetime
) -> Done:
    """Do it to those calls that may be changed; the others stay as they are. Raises BadQueue."""
    found = _sorted(session, scope, what, call_ids, moment)
    if what == "aside":
        _refuse_too_many(session, scope, len(found.changed), moment)
    changed = _change(session, scope, what, found.changed, moment)
    row = BulkRow(
        org_id=scope.org, user_id=scope.user, what=what, queue=queue, reason=reason, at=moment, calls=changed,
    )  # fmt: skip
    session.add(row)
    session.flush()
    if what == "take":
        _places(session, scope, changed, queue, moment)
    elif what == "release":
        _end_places(session, scope, changed)
    write_audit(
        session, scope.org, f"queue.{what}", row.public_id, at=moment, by=scope.user, detail=f"{len(changed)} calls"
    )
    left = {**found.left, "taken meanwhile": len(found.changed) - len(changed)}
    told = Preview(found.chosen, len(changed), {why: count for why, count in left.items() if count})
    return Done(row.public_id, told, moment + UNDO)


def undo(session: Session, scope: Scope, bulk_ids: Sequence[str], moment: datetime) -> int | None:
    """Put back what a deed of this person did, all its pieces, if it ended within UNDO; what others did since stays."""
    mine = BulkRow.org_id == scope.org, BulkRow.public_id.in_(set(bulk_ids)), BulkRow.user_id == scope.user
    rows = session.scalars(
        select(BulkRow).where(*mine, BulkRow.undone_at.is_(None)).order_by(BulkRow.at, BulkRow.id).with_for_update()
    ).all()  # fmt: skip
    if len(rows) != len(set(bulk_ids)) or not _one_deed(rows, moment):
        return None
    return sum(_undo(session, scope, row, moment) for row in rows)


def _one_deed(rows: Sequence[BulkRow], moment: datetime) -> bool:
    """Whether these are pieces of one deed, none of them done later than UNDO after the one before, nor ``moment``."""
    same = len({(row.what, row.queue, row.reason) for row in rows}) == 1
    return same and all(
        after - row.at <= UNDO for row, after in zip(rows, [*(later.at for later in rows[1:]), moment], strict=True)
    )


def _undo(session: Session, scope: Scope, row: BulkRow, moment: datetime) -> int:
    row.undone_at = moment
    untouched, values = _back(row, scope)
    still = update(Standing).where(in_order(Standing.call_id.in_(row.calls), untouched)).values(values)
    undone = session.scalars(still.returning(Standing.call_id).execution_options(synchronize_session=False)).all()
    if row.what != "aside":
        _end_places(session, scope, undone, again=row.what == "release")
    detail = f"{len(undone)} calls"
    write_audit(session, scope.org, "queue.undo", row.public_id, at=moment, by=scope.user, detail=detail)
    return len(undone)


def _refuse_too_many(session: Session, scope: Scope, wanted: int, moment: datetime) -> None:
    """Raises BadQueue for more than a reviewer sets aside in a day; what was undone does not count."""
    if scope.may(CLEAR):
        return
    mine = (
        BulkRow.org_id == scope.org,
        BulkRow.user_id == scope.user,
        BulkRow.what == "aside",
        BulkRow.undone_at.is_(None),
    )
    done = sum(map(len, session.scalars(select(BulkRow.calls).where(*mine, BulkRow.at > moment - timedelta(days=1)))))
    if done + wanted > ASIDE_A_DAY:
        raise BadQueue(
            f"You have set {done} calls aside since yesterday; with these {wanted} it would be more than {ASIDE_A_DAY}, which "
            "takes them from everybody's queue. Choose fewer, or ask a lead of the team."
        )


def _back(row: BulkRow, scope: Scope) -> tuple[ColumnElement[bool], dict[str, Any]]:
    """What a call must still look like to be put back, and how it looked before."""
    if row.what == "aside":
        return Standing.aside_at == row.at, {"aside_at": None}
    if row.what == "take":
        return Standing.holder_id == scope.user, {"holder_id": None, "leased_until": None}
    waits = Standing.holder_id.is_(None) & Standing.reviewed_at.is_(None) & Standing.aside_at.is_(None)
    return waits, {"holder_id": scope.user, "leased_until": row.at + LEASE}


def _end_places(session: Session, scope: Scope, keys: Sequence[int], *, again: bool = False) -> None:
    """End the places of calls that are held no more; ``again``: those that are held once more."""
    was, now = ("released", "held") if again else ("held", "released")
    mine = PlaceRow.call_id.in_(keys), PlaceRow.user_id == scope.user, PlaceRow.state == was
    session.execute(update(PlaceRow).where(*mine).values(state=now).execution_options(synchronize_session=False))


def _sorted(session: Session, scope: Scope, what: str, call_ids: Sequence[str], moment: datetime) -> _Sorted:
    if what not in WHAT:
        raise BadQueue(f'There is no deed "{what}".')
    ids = list(dict.fromkeys(call_ids))
    if len(ids) > MOST:
        raise BadQueue(f"{len(ids):,} calls are too many at once: choose {MOST:,} at most.")
    rows = session.execute(
        joined(Standing, DrawnRow.call_id, drawn=False).where(scope.calls("queues:work"), Standing.public_id.in_(ids))
        .order_by(Standing.call_id)
    ).all()  # fmt: skip
    left = {"not yours to change": len(ids) - len(rows), **dict.fromkeys(WHY, 0)}
    changed = []
    for standing, drawn in rows:
        if (why := _why_not(standing, drawn, what, scope, moment)) is None:
            changed.append(standing.call_id)
        else:
            left[why] += 1
    return _Sorted(changed, left, len(ids))


def _why_not(standing: Standing, drawn: int | None, what: str, scope: Scope, moment: datetime) -> str | None:
    held = standing.holder_id if standing.leased_until is not None and standing.leased_until > moment else None
    if held not in (None, scope.user):
        return "held by others"
    if what == "release":
        return None if held == scope.user else "not held"
    if standing.reviewed_at is not None or standing.aside_at is not None:
        return "done with"
    return "drawn at random" if what == "aside" and drawn is not None else None


def _change(session: Session, scope: Scope, what: str, keys: Sequence[int], moment: datetime) -> list[int]:
    """One UPDATE; a call that a rival took since the look at it stays the rival's."""
    none: dict[str, Any] = {"holder_id": None, "leased_until": None}
    held: dict[str, Any] = {"holder_id": scope.user, "leased_until": moment + LEASE, "fence": Standing.fence + 1}
    values = {"take": held, "aside": {**none, "aside_at": moment}, "release": none}[what]
    ours = (Standing.holder_id.is_(None)) | (Standing.holder_id == scope.user) | (Standing.leased_until <= moment)
    changed = (
        update(Standing).where(in_order(Standing.call_id.in_(keys), ours)).values(values).returning(Standing.call_id)
    )
    return sorted(session.scalars(changed.execution_options(synchronize_session=False)))


def _places(session: Session, scope: Scope, keys: Sequence[int], queue: str, moment: datetime) -> None:
    """Places for calls that were taken together, so that previous and next walk along them."""
    mine = PlaceRow.org_id == scope.org, PlaceRow.user_id == scope.user, PlaceRow.queue == queue
    last = session.scalar(select(func.max(PlaceRow.number)).where(*mine))
    rows = session.scalars(
        select(Standing).where(Standing.call_id.in_(keys)).order_by(Standing.chance.desc(), Standing.call_id)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    for number, standing in enumerate(rows, start=0 if last is None else last + 1):
        session.add(PlaceRow(
            org_id=scope.org, team_id=standing.team_id, call_id=standing.call_id, user_id=scope.user, queue=queue,
            number=number, at=moment, fence=standing.fence, state="held",
        ))  # fmt: skip
    session.flush()
