"""The queues and agents a person may choose from: the distinct names in their calls, found without reading the calls.

SQL's DISTINCT reads every row of an index. Here the next name behind the last is asked for, team by team, in one recursive
query over an index that begins with the team: as many look-ups as there are names, however many calls have them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union
from sqlalchemy.orm import Session

from webapp.desk.scope import Scope
from webapp.permissions import OWN_CALLS_ONLY
from webapp.tables import Ranked, Team

Condition = ColumnElement[bool]
COLUMNS = {"queues": Ranked.queue, "agents": Ranked.agent}


def names(session: Session, scope: Scope, permission: str, *, own: bool = True) -> Mapping[str, Sequence[str]]:
    """``queues`` and ``agents`` of the calls on which this person holds ``permission``, each in order.

    Without ``own``, roles that show a person's own calls alone count for nothing, as in `Scope.rows`.
    """
    parts = list(_parts(scope, permission, own=own))
    found: dict[str, Sequence[str]] = {name: [] for name in COLUMNS}
    for name, column in COLUMNS.items() if parts else ():
        every = union(*(_walk(column, *part) for part in parts)).subquery()
        found[name] = session.scalars(select(every.c.value).order_by(every.c.value)).all()
    return found


def _parts(scope: Scope, permission: str, *, own: bool) -> Iterator[tuple[list[Condition], list[Condition]]]:
    """Conditions on teams, and on the calls of one: whole teams at once, then each role that shows one's own calls."""
    here = Team.org_id == scope.org
    members = scope.holding(permission)
    whole = [member.team for member in members if member.role not in OWN_CALLS_ONLY]
    if whole:
        yield [here] if None in whole else [here, Team.id.in_(whole)], []
    for member in members:
        if own and member.role in OWN_CALLS_ONLY and member.agent:  # nobody's calls are not theirs
            yield [here] if member.team is None else [here, Team.id == member.team], [Ranked.agent == member.agent]


def _walk(column: Any, teams: list[Condition], calls: list[Condition]) -> Select[Any]:
    """The distinct values of ``column``, but for the empty one."""

    def behind(team: Any, value: Any) -> Any:
        wanted = select(func.min(column)).where(Ranked.team_id == team, column > value, *calls)
        return wanted.correlate_except(Ranked).scalar_subquery()

    walk = select(Team.id.label("team"), behind(Team.id, literal("")).label("value")).where(*teams).cte(recursive=True)
    walk = walk.union_all(select(walk.c.team, behind(walk.c.team, walk.c.value)).where(walk.c.value.is_not(None)))
    return select(walk.c.value).where(walk.c.value.is_not(None)).distinct()
