"""How many of a report's calls reviewers would flag: told from the calls drawn at random, weighted, with its interval.

Ranked calls are no sample: only drawn ones count, each for one over its probability (see pipeline/quality/rates.py). As
everything in a report it is that of the report's moment: draws, reviews and skips of later do not reach it.
"""

from __future__ import annotations

from sqlalchemy import exists, func, select

from dashboards.queues import UNJUDGEABLE
from pipeline.quality.rates import Judged, Rate, rate_of
from webapp.reports.selecting import Selection, joined
from webapp.store.reviews import flags
from webapp.tables import Call, DrawnRow, DrawRow, PlaceRow, Result, Standing


def prevalence(selection: Selection) -> Rate | None:
    """The rate among the calls of a selection; None while fewer than two of those drawn were reviewed in their turn."""
    inside = *selection.calls(selection.wanted.period), DrawRow.made_at <= selection.as_of
    skipped = exists().where(
        PlaceRow.call_id == DrawnRow.call_id, PlaceRow.state == "skipped", PlaceRow.reason.in_(UNJUDGEABLE),
        PlaceRow.ended_at <= selection.as_of,
    )  # fmt: skip
    of_draw = DrawRow.id == DrawnRow.draw_id
    drawn = joined(select(Call.public_id, DrawnRow.probability, DrawnRow.turn, skipped)).join(
        DrawnRow, DrawnRow.call_id == Result.call_id
    )
    framed = joined(select(func.count(Result.id))).join(Standing, Standing.call_id == Result.call_id)
    with selection.database.read() as session:
        rows = session.execute(drawn.join(DrawRow, of_draw).where(*inside)).all()
        if not rows:
            return None
        frame = session.scalar(framed.join(DrawRow, DrawRow.id == Standing.draw_id).where(*inside)) or 0
        said = {call: flagged for call, flagged, _at in flags(session, selection.org, selection.as_of)}
    judged = [
        Judged(probability, turn, said.get(call), bool(out) and call not in said)
        for call, probability, turn, out in rows
    ]
    return rate_of(judged, frame)
