"""Keeping rankers, and bringing one into force without a moment in which half of the calls are ranked by another.

All calls are ranked by the new one first, a batch a transaction; results that come meanwhile are ranked by the old one, and
those are done once more in the transaction that brings the new one into force.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from pipeline.quality.ranker import Ranker
from pipeline.quality.training import train
from webapp.audit import write_audit
from webapp.database import Database
from webapp.store import standing
from webapp.tables import RankerRow, Standing

IN_FORCE, RETIRED = "ranker.in_force", "ranker.retired"


@dataclass(frozen=True, slots=True)
class Told:
    """One kept ranker."""

    version: int
    made_at: datetime
    in_force: bool
    trained: dict[str, Any]


def train_on_reviews(database: Database, org: int) -> Ranker:
    """A ranker from all submitted reviews; raises BadRanker when there are too few."""
    with database.read() as session:
        reviews = {one.call_id: one for one in standing.submitted(session, org)}
        known = dict(standing.known_of(session, org, list(reviews)))
    calls = sorted(known)
    return train(
        [known[call] for call in calls], [reviews[call].flagged for call in calls], [reviews[call].at for call in calls]
    )


def bring_into_force(
    database: Database, org: int, ranker: Ranker | None, moment: datetime, tell: Callable[[int], None] = lambda _n: None
) -> int:
    """Rank all calls by ``ranker`` (None: by the weights of scoring again); its version. ``tell`` hears how many are done."""
    version = 0
    if ranker is not None:
        with database.write() as session:
            highest = session.scalar(select(func.max(RankerRow.version)).where(RankerRow.org_id == org)) or 0
            version = highest + 1
            session.add(RankerRow(org_id=org, version=version, made_at=moment, model=ranker.as_data()))
    after: int | None = 0
    done = 0
    while after is not None:
        with database.write() as session:
            after = standing.rank_all(session, org, version, ranker, after=after)
        done += standing.BATCH
        tell(done)
    with database.write() as session:
        standing.wait_for_writers(session, org)
        session.execute(
            update(RankerRow).where(RankerRow.org_id == org, RankerRow.retired_at.is_(None), RankerRow.version != version)
            .values(retired_at=moment)
        )  # fmt: skip
        session.execute(
            update(RankerRow).where(RankerRow.org_id == org, RankerRow.version == version).values(in_force_at=moment)
        )
        late = session.scalar(
            select(func.min(Standing.call_id)).where(Standing.org_id == org, Standing.ranker != version)
        )
        while late is not None:
            late = standing.rank_all(session, org, version, ranker, after=late - 1)
            if late is not None:
                behind = Standing.org_id == org, Standing.ranker != version, Standing.call_id > late
                late = session.scalar(select(func.min(Standing.call_id)).where(*behind))
        write_audit(session, org, IN_FORCE if version else RETIRED, f"ranker {version}", at=moment)
    return version


def listed(database: Database, org: int) -> list[Told]:
    """Every ranker, the newest first."""
    with database.read() as session:
        rows = session.scalars(
            select(RankerRow).where(RankerRow.org_id == org).order_by(RankerRow.version.desc())
        ).all()
    return [
        Told(r.version, r.made_at, r.in_force_at is not None and r.retired_at is None, dict(r.model["trained"]))
        for r in rows
    ]


def ranker_of(database: Database, org: int, version: int) -> dict[str, Any] | None:
    """The JSON of one version."""
    wanted = RankerRow.org_id == org, RankerRow.version == version
    with database.read() as session:
        return session.scalar(select(RankerRow.model).where(*wanted))
