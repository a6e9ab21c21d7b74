"""A plan for some minutes: walked down the calls with most expected findings a minute, never over all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlalchemy.orm import Session

from dashboards.queues import BadQueue, PlannedCall, PlanView
from pipeline.quality.budget import Offer, fill, random_per_hour
from webapp.desk.places import Queue, free, inside, joined, not_had, place_of, ranked_in, unfinished
from webapp.desk.scope import Scope
from webapp.tables import DrawnRow, Ranked, Standing, User

SPARE = 120.0  # seconds left over that are explained
SHORTEST, LONGEST = 5, 480  # minutes
SHOWN = 0.005  # findings expected in a call; less would stand as 0.00 and is no reason to hear it
READ = 2000  # calls read at most: with the shortest cost of a call, more than eight hours of them


def plan(session: Session, scope: Scope, queue: Queue, zone: ZoneInfo, moment: datetime, minutes: int) -> PlanView:
    """The open calls of a queue that are free, as many as fit, and what that finds against calls drawn at random."""
    if not SHORTEST <= minutes <= LONGEST:
        raise BadQueue(f"Choose between {SHORTEST} and {LONGEST} minutes.")
    everything = [*inside(scope, queue, zone), scope.calls("queues:work"), unfinished()]
    walked = Standing.org_id == scope.org  # the index of worth
    wanted = [*everything, walked, *ranked_in(queue), free(scope, moment), not_had(scope, moment)]
    rows: dict[str, Any] = {}
    filled = fill(_offers(session, [*wanted, Standing.gain >= SHOWN], rows), 60.0 * minutes)
    calls = tuple(
        PlannedCall(place_of(rows[one.call_id], scope, moment), one.clips, one.seconds, one.gain)
        for one in filled.offers
    )
    chance, length = session.execute(
        joined(func.avg(Standing.chance), func.avg(Ranked.duration)).where(*everything)
    ).one()  # fmt: skip
    by_chance = random_per_hour(chance, length) if chance is not None else 0.0
    left = 60.0 * minutes - filled.seconds
    why = _why(session, wanted, len(calls), len(rows)) if left >= SPARE else ""
    return PlanView(minutes, calls, filled.seconds, filled.gain, filled.per_hour, by_chance, why)


def _why(session: Session, wanted: list[Any], taken: int, offered: int) -> str:
    """Why minutes are left over, in a sentence."""
    open_ones = session.execute(joined(func.count(), drawn=False).where(*wanted)).scalar_one()
    if taken == open_ones:
        return "All open calls that are free here are in it; there are no more for the rest of the time."
    parts = [f"{taken} of the {open_ones} open calls that are free here fit a plan"]
    parts += [f"{offered - taken} take longer than the minutes left"] if offered > taken else []
    idle = open_ones - offered
    parts += [f"in {idle} nothing is expected to be found"] if idle > 0 and offered < READ else []
    return "; ".join(parts) + ". Nothing else would be worth the rest of the time."


def _offers(session: Session, wanted: list[Any], rows: dict[str, Any]) -> Iterator[Offer]:
    """Best first, read as they are asked for; each row is remembered by its call."""
    found = session.execute(
        joined(Ranked, Standing, DrawnRow.probability, User.name, Standing.worth, drawn=False)
        .join(User, User.id == Standing.holder_id, isouter=True).where(*wanted)
        .order_by(Standing.worth.desc(), Standing.public_id.desc()).limit(READ).execution_options(yield_per=100)
    )  # fmt: skip
    for row in found:
        standing = row[1]
        rows[standing.public_id] = row
        clips = tuple((start, end) for start, end in standing.clips) or ((0.0, row[0].duration),)
        yield Offer(standing.public_id, clips, standing.gain, standing.seconds)
