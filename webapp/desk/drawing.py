"""Random draws over the calls of each team, and the rates they give for the calls a person may see.

A draw takes every call of a team into its frame that no draw had before, by one UPDATE: so each call is in exactly one frame,
and knows in which. Strata are the agents. Whoever asks first on a new day has the draws made; a slot is unique, so that two
never make it twice.
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
from webapp.store.standing import in_order
from webapp.tables import DrawnRow, DrawRow, PlaceRow, Ranked, Standing, StratumRow, Team
from webapp.tables.base import new_public_id

MANY = 1000  # calls without a frame, from which a second draw is made on the same day
SHOWN = 20  # draws told


def due(session: Session, org: int, moment: datetime, zone: ZoneInfo) -> list[tuple[int, str]]:
    """Team and slot of the draws that should be made now."""
    unframed = Standing.org_id == org, Standing.draw_id.is_(None)
    if session.scalar(select(Standing.call_id).where(*unframed).limit(1)) is None:
        return []
    waiting = session.execute(select(Standing.team_id, func.count()).where(*unframed).group_by(Standing.team_id)).all()
    day = moment.astimezone(zone).date().isoformat()
    today = DrawRow.org_id == org, DrawRow.slot.startswith(day)
    made = dict(session.execute(select(DrawRow.team_id, func.count()).where(*today).group_by(DrawRow.team_id)).all())
    return [(team, f"{day}.{made.get(team, 0)}") for team, count in waiting if team not in made or count >= MANY]


def make_draw(session: Session, org: int, team: int, slot: str, share: float, moment: datetime) -> int | None:
    """Draw ``share`` of each agent's calls in ``team`` that no draw had yet; None when somebody else has just done so."""
    seed = secrets.token_hex(16)
    head = {"org_id": org, "team_id": team, "public_id": new_public_id(), "slot": slot, "made_at": moment, "seed": seed}
    made = insert_new(session, DrawRow, [{**head, "share": share, "size": 0, "drawn": 0, "sha256": ""}])
    if not made:
        return None
    [key] = made
    framed = Standing.org_id == org, Standing.team_id == team, Standing.draw_id.is_(None)
    session.execute(
        update(Standing).where(in_order(*framed)).values(draw_id=key).execution_options(synchronize_session=False)
    )
    frame = session.execute(
        select(Standing.call_id, Standing.public_id, Ranked.agent)
        .join(Ranked, Ranked.call_id == Standing.call_id).where(Standing.draw_id == key)
    ).all()  # fmt: skip
    strata: defaultdict[str, list[str]] = defaultdict(list)
    for row in frame:
        strata[row.agent].append(row.public_id)
    keys = {row.public_id: row.call_id for row in frame}
    drawn = _write(session, {"org_id": org, "team_id": team, "draw_id": key}, strata, keys, share, seed)
    told = {"size": len(frame), "drawn": drawn, "sha256": fingerprint(keys)}
    session.execute(update(DrawRow).where(DrawRow.id == key).values(told))
    return key


def _write(
    session: Session, place: dict[str, int], strata: dict[str, list[str]], keys: dict[str, int], share: float, seed: str
) -> int:
    rows: list[dict[str, Any]] = []
    for name, calls in sorted(draw(strata, share, seed).items()):
        size = {"name": name, "size": len(strata[name]), "drawn": len(calls)}
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


def draws(session: Session, scope: Scope) -> list[DrawView]:
    """The latest draws in this person's teams, with what is needed to make them again."""
    teams = scope.teams("queues:work")
    mine = DrawRow.org_id == scope.org, DrawRow.team_id.is_not(None) if teams is None else DrawRow.team_id.in_(teams)
    rows = session.execute(
        select(DrawRow, Team.name).join(Team, Team.id == DrawRow.team_id).where(*mine)
        .order_by(DrawRow.id.desc()).limit(SHOWN)
    )  # fmt: skip
    return [DrawView(r.public_id, team, r.made_at, r.seed, r.share, r.size, r.drawn, r.sha256) for r, team in rows]


def _rate(name: str, judged: list[Judged], size: int) -> RateView:
    found = rate_of(judged, size) if judged else None
    if found is None:
        heard = sum(call.flagged is not None for call in judged)
        return RateView(name, size, len(judged), heard, sum(call.skipped for call in judged))
    return RateView(name, size, len(judged), found.heard, found.missing, found.rate, found.low, found.high)
