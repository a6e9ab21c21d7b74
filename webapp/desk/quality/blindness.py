"""Which calls a person looks at blind: what others said of them is not told until their own review is done.

Blind is who has a second or a calibration review of the call under their hands, who is asked for a second one, and who
takes part in a calibration session over it that is still open. What the machine found is no secret of people; what others
answered, scored, disputed or wrote about the call is, wherever it is shown.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from pipeline.reporting.period import Period
from webapp.desk.scope import Scope
from webapp.tables import AssignmentRow, CalibrationCall, CalibrationPerson, CalibrationRow, Ranked, ReviewRow

FIRST, SECOND, CALIBRATION = "first", "second", "calibration"


def blind(scope: Scope, call: Any) -> ColumnElement[bool]:
    """The condition that this person looks blind at the call whose key is the column ``call``."""
    return or_(_draft(scope, call).exists(), _asked(scope, call).exists(), _calibrates(scope, call).exists())


def blind_calls(session: Session, scope: Scope) -> frozenset[str]:
    """Public ids of the calls this person looks at blind: a handful at most."""
    wanted = select(Ranked.public_id).where(Ranked.org_id == scope.org, blind(scope, Ranked.call_id))
    return frozenset(session.scalars(wanted))


def told_blind(session: Session, scope: Scope, period: Period) -> list[str]:
    """Names of calls of a period that this person looks at blind although others have decided about them."""
    decided = aliased(ReviewRow)
    others = decided.call_id == Ranked.call_id, decided.reviewer_id != scope.user, decided.state == "submitted"
    inside = Ranked.org_id == scope.org, Ranked.at >= period.begin, Ranked.at < period.end
    rows = session.scalars(
        select(Ranked).where(*inside, blind(scope, Ranked.call_id), select(decided.id).where(*others).exists())
    )
    return sorted(row.name or row.public_id[:8] for row in rows)


# Aliases throughout: the query around may read the same tables, and must not be taken for the source of these rows.
def _draft(scope: Scope, call: Any) -> Select[int]:
    own = aliased(ReviewRow)
    return select(own.id).where(
        own.call_id == call, own.reviewer_id == scope.user, own.state == "draft", own.slot != FIRST
    )


def _asked(scope: Scope, call: Any) -> Select[int]:
    asked = aliased(AssignmentRow)
    return select(asked.id).where(
        asked.call_id == call, asked.user_id == scope.user, asked.slot == SECOND, asked.done_at.is_(None),
        asked.cancelled_at.is_(None),
    )  # fmt: skip


def _calibrates(scope: Scope, call: Any) -> Select[int]:
    session, calls, people = aliased(CalibrationRow), aliased(CalibrationCall), aliased(CalibrationPerson)
    return (
        select(session.id)
        .join(calls, calls.calibration_id == session.id)
        .join(people, people.calibration_id == session.id)
        .where(calls.call_id == call, people.user_id == scope.user, session.closed_at.is_(None))
    )
