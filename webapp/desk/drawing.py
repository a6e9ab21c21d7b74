"""Random draws over the calls of the house, and the rates they give for the calls a person may see.

A draw takes every call into its frame that no draw had before, by one UPDATE: so each call is in exactly one frame, and the
frame is known to the call. Strata are the agents of each team. Whoever asks first on a new day has the draw made; its slot is
unique, so that two never make it twice.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, func, insert, select, update
from sqlalchemy.orm import Session

from dashboards.queues import UNJUDGEABLE, DrawView, RateView
from pipeline.quality.draws import draw, fingerprint
from pipeline.quality.rates import Judged, rate_of
from webapp.database import core, insert_new
from webapp.desk.scope import Scope
from webapp.tables import DrawnRow, DrawRow, PlaceRow, Ranked, Standing, StratumRow, Team
from webapp.tables.base import new_public_id

MANY = 1000  # calls without a frame, from which a second draw is made on the same day
SHOWN = 20  # draws told


def due(session: Session, org: int, moment: datetime, zone: ZoneInfo) -> str | None:
    """The slot of the draw that should be made now, or None."""
    unframed = select(Standing.call_id).where(Standing.org_id == org, Standing.draw_id.is_(None))
    waiting = session.scalar(select(func.count()).select_from(unframed.limit(MANY).subquery())) or 0
    if not waiting:
        return None
    day = moment.astimezone(zone).date().isoformat()
    today = session.scalar(
        select(func.count()).select_from(DrawRow).where(DrawRow.org_id == org, DrawRow.slot.startswith(day))
    )
    return f"{day}.{today or 0}" if not today or waiting >= MANY else None


def make_draw(session: Session, org: int, slot: str, share: float, moment: datetime) -> int | None:
    """Draw ``share`` of each stratum of the calls that no draw had yet; None when somebody else has just done so."""
    seed = secrets.token_hex(16)
    head = {"org_id": org, "public_id": new_public_id(), "slot": slot, "made_at": moment, "seed": seed, "share": share}
    made = insert_new(session, DrawRow, [{**head, "size": 0, "drawn": 0, "sha256": ""}])
    if not made:
        return None
    [key] = made
    framed = update(Standing).where(Standing.org_id == org, Standing.draw_id.is_(None)).values(draw_id=key)
    session.execute(framed.execution_options(synchronize_session=False))
    frame = session.execute(
        select(Standing.call_id, Standing.public_id, Standing.team_id, Ranked.agent)
        .join(Ranked, Ranked.call_id == Standing.call_id).where(Standing.draw_id == key)
    ).all()  # fmt: skip
    strata: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    for row in frame:
        strata[row.team_id, row.agent].append(row.public_id)
    keys = {row.public_id: row.call_id for row in frame}
    drawn = _write(session, org, key, strata, keys, share, seed)
    told = {"size": len(frame), "drawn": drawn, "sha256": fingerprint(keys)}
    session.execute(update(DrawRow).where(DrawRow.id == key).values(told))
    return key


def _write(
    session: Session, org: int, key: int, strata: dict[tuple[int, str], list[str]], keys: dict[str, int], share: float,
    seed: str,
) -> int:  # fmt: skip
    chosen = draw(strata, share, seed) if strata else {}
    rows: list[dict[str, Any]] = []
    for (team, name), calls in sorted(chosen.items()):
        place = {"org_id": org, "team_id": team, "draw_id": key}
        size = {"name": name, "size": len(strata[team, name]), "drawn": len(calls)}
        [stratum] = session.scalars(insert(core(StratumRow)).returning(core(StratumRow).c.id), [{**place, **size}])
        rows += [
            {**place, "stratum_id": stratum, "call_id": keys[call.call_id], "turn": call.turn, "probability": call.probability}
            for call in calls
        ]  # fmt: skip
    if rows:
        session.execute(insert(core(DrawnRow)), rows)
    return len(rows)


def rates(
    session: Session, scope: Scope, flagged: dict[str, bool], conditions: Sequence[ColumnElement[bool]] = ()
) -> list[RateView]:
    """The rate of flagged calls in all frames, inside the scope: all together, then by team, then by agent.

    ``flagged`` says by public id what the last submitted review of a call decided; drawn calls alone are looked at.
    """
    inside = [scope.calls("calls:read"), *conditions]
    skipped = exists().where(
        PlaceRow.call_id == DrawnRow.call_id, PlaceRow.state == "skipped", PlaceRow.reason.in_(UNJUDGEABLE)
    )
    rows = session.execute(
        select(Ranked.public_id, Ranked.agent, Team.name, DrawnRow.probability, DrawnRow.turn, skipped)
        .select_from(DrawnRow).join(Ranked, Ranked.call_id == DrawnRow.call_id).join(Team, Team.id == Ranked.team_id)
        .where(*inside)
    ).all()  # fmt: skip
    sizes = session.execute(
        select(Team.name, Ranked.agent, func.count()).select_from(Standing)
        .join(Ranked, Ranked.call_id == Standing.call_id).join(Team, Team.id == Ranked.team_id)
        .where(*inside, Standing.draw_id.is_not(None)).group_by(Team.name, Ranked.agent)
    ).all()  # fmt: skip
    told = [
        (team, agent, Judged(probability, turn, flagged.get(call), bool(out) and call not in flagged))
        for call, agent, team, probability, turn, out in rows
    ]
    groups: dict[str, tuple[list[Judged], int]] = {
        "All calls": ([row[2] for row in told], sum(row[2] for row in sizes))
    }
    for team in sorted({row[0] for row in sizes}):
        groups[f"Team {team}"] = ([r[2] for r in told if r[0] == team], sum(r[2] for r in sizes if r[0] == team))
    for team, agent, size in sorted(sizes):
        if agent:
            groups[f"Agent {agent}"] = ([r[2] for r in told if (r[0], r[1]) == (team, agent)], size)
    return [_rate(name, judged, size) for name, (judged, size) in groups.items()]


def draws(session: Session, org: int) -> list[DrawView]:
    """The latest draws, with what is needed to make them again."""
    rows = session.scalars(select(DrawRow).where(DrawRow.org_id == org).order_by(DrawRow.id.desc()).limit(SHOWN))
    return [DrawView(r.public_id, r.made_at, r.seed, r.share, r.size, r.drawn, r.sha256) for r in rows]


def _rate(name: str, judged: list[Judged], size: int) -> RateView:
    found = rate_of(judged, size) if judged else None
    if found is None:
        heard = sum(call.flagged is not None for call in judged)
        return RateView(name, size, len(judged), heard, sum(call.skipped for call in judged))
    return RateView(name, size, len(judged), found.heard, found.missing, found.rate, found.low, found.high)
