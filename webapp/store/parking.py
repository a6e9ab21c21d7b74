"""Telling administrators of calls that were parked, in the transaction that parked them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.notices.telling import PARKED, News, holding, tell
from webapp.tables import JobRow

TOLD_TO = "operations:read"


def tell_parked(session: Session, org: int, jobs: Sequence[int], moment: datetime) -> None:
    """Tell of those of these jobs that are parked now: one notice a team and reason."""
    if not jobs:
        return
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    parked = JobRow.id.in_(jobs), JobRow.state == "parked"
    for team, reason, call in session.execute(
        select(JobRow.team_id, JobRow.reason, JobRow.call_id).where(*parked).order_by(JobRow.id)
    ):
        found[team, reason or ""].append(call)
    for (team, reason), calls in sorted(found.items()):
        news = News(PARKED, calls[-1], team, rule=reason, count=len(set(calls)))
        tell(session, org, news, holding(session, org, TOLD_TO, team), moment)
