"""Who has a call: whoever was given it or reviews it, until their lease ends; nobody else writes a review of it meanwhile.

The lease is the one of the queues, so that a call taken from a queue and one opened from a search are protected alike. Each
change of a review renews it. A lead may take a call over; its fence goes up, and the lease of the holder is worth nothing.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from dashboards.queues import Held
from webapp.audit import write_audit
from webapp.desk.claiming import LEASE
from webapp.desk.places import free
from webapp.desk.scope import Scope
from webapp.notices.telling import WANTED, News, tell
from webapp.tables import Ranked, Standing, User

TAKEN = "queue.takeover"
LEADS = "reviews:assign"


def holder(session: Session, scope: Scope, call: int, moment: datetime) -> Held | None:
    """Somebody else who has the call with this key now."""
    row = session.execute(
        select(User.name, Standing.leased_until)
        .join(User, User.id == Standing.holder_id)
        .where(Standing.org_id == scope.org, Standing.call_id == call, ~free(scope, moment))
    ).one_or_none()
    return Held(row.name, row.leased_until) if row is not None and row.leased_until is not None else None


def hold(session: Session, scope: Scope, call: int, moment: datetime) -> Held | None:
    """Take or keep the call for another lease; who has it where that is somebody else."""
    mine = Standing.org_id == scope.org, Standing.call_id == call, free(scope, moment)
    fence = case((Standing.holder_id == scope.user, Standing.fence), else_=Standing.fence + 1)
    session.execute(
        update(Standing).where(*mine).values(holder_id=scope.user, leased_until=moment + LEASE, fence=fence)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    return holder(session, scope, call, moment)


def ask(session: Session, scope: Scope, call_id: str, moment: datetime) -> Held | None:
    """Ask whoever has a call to give it back: a notice to them. None where nobody else has it."""
    seen = select(Ranked).where(scope.calls("queues:work"), Ranked.public_id == call_id)
    call = session.scalars(seen).one_or_none()
    held = holder(session, scope, call.call_id, moment) if call is not None else None
    if call is None or held is None:
        return None
    has = session.scalars(select(Standing.holder_id).where(Standing.call_id == call.call_id)).one()
    news = News(WANTED, call.call_id, call.team_id, call_id, by=scope.user)
    tell(session, scope.org, news, [has] if has is not None else [], moment)
    return held


def take_over(session: Session, scope: Scope, call_id: str, moment: datetime) -> bool:
    """Take a call from whoever has it: for who assigns reviews of it."""
    led = select(Ranked.call_id).where(scope.calls(LEADS), scope.calls("queues:work"), Ranked.public_id == call_id)
    values = {"holder_id": scope.user, "leased_until": moment + LEASE, "fence": Standing.fence + 1}
    taken = update(Standing).where(Standing.org_id == scope.org, Standing.call_id.in_(led)).values(values)
    done = session.scalar(taken.returning(Standing.call_id).execution_options(synchronize_session=False)) is not None
    if done:
        write_audit(session, scope.org, TAKEN, call_id, at=moment, by=scope.user)
    return done
