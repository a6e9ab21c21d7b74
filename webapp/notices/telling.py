"""Writing notices, in the transaction of what they tell of: neither exists without the other.

The same to the same person within an hour is one notice with a count: a full disk that parks ten thousand calls is told once.
Whether its reader may still see what it is about is asked when it is read and when it is mailed, not here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.database import core, upserting
from webapp.permissions import OWN_CALLS_ONLY, ROLES, grants
from webapp.tables import Membership, NoticeRow, NoticeWish, User
from webapp.tables.base import new_public_id

ASSIGNED, DISPUTED, DECIDED, COACHED, FATAL = "assigned", "disputed", "decided", "coached", "fatal"
FOUND, READY, PARKED, CALIBRATION, WANTED = "found", "ready", "parked", "calibration", "wanted"
CLOSED = "closed"  # what is told of a calibration session that waits no more
URGENT = frozenset({FATAL})  # mailed at once
BY_RULE = frozenset({FATAL, DISPUTED, PARKED})  # counted together where they are about the same rule


@dataclass(frozen=True, slots=True)
class News:
    """What is told. ``call`` and ``team`` are keys, ``subject`` is the public id of what it leads to, ``by`` who did it.

    ``rule`` is a rule, a question, the machine word of a failure, or CLOSED.
    """

    kind: str
    call: int | None = None
    team: int | None = None
    subject: str = ""
    rule: str = ""
    by: int | None = None
    count: int = 1
    mail: bool = True

    def key(self, moment: datetime) -> str:
        """What makes it the same news: of one hour, and about the same rule, the same thing, or (asked to review) by the same
        person."""
        if self.kind == CALIBRATION:
            return f"{self.kind}:{self.subject}:{self.rule}:{moment:%Y-%m-%dT%H}"
        about = self.rule if self.kind in BY_RULE else str(self.by or "") if self.kind == ASSIGNED else self.subject
        return f"{self.kind}:{about}:{moment:%Y-%m-%dT%H}"


def tell(session: Session, org: int, news: News, people: Iterable[int], moment: datetime) -> int:
    """Tell these users (keys), whoever did it and those who do not want to hear of the kind left out; how many were told."""
    wanted = sorted(
        {key for key in people if key != news.by}
    )  # in one order: two that tell the same people never wait in a circle
    told = [key for key in wanted if key not in _muted(session, wanted, news.kind)]
    if not told:
        return 0
    fixed = {"org_id": org, "key": news.key(moment), "kind": news.kind, "team_id": news.team, "call_id": news.call,
             "subject": news.subject, "rule": news.rule, "by_id": news.by, "urgent": news.kind in URGENT,
             "count": news.count, "at": moment, "mailed_at": None if news.mail else moment}  # fmt: skip
    new = upserting(session)(core(NoticeRow))
    again = {
        "count": NoticeRow.__table__.c.count + new.excluded["count"], "at": moment, "read_at": None,
        "call_id": new.excluded["call_id"], "subject": new.excluded["subject"],
    }  # fmt: skip
    session.execute(
        new.on_conflict_do_update(index_elements=["org_id", "user_id", "key"], set_=again),
        [{**fixed, "user_id": key, "public_id": new_public_id()} for key in told],
    )
    return len(told)


def holding(session: Session, org: int, permission: str, team: int | None) -> list[int]:
    """Users who hold a permission in a team; roles for one's own calls only are left out."""
    roles = [role for role in ROLES if grants(role, permission) and role not in OWN_CALLS_ONLY]
    here = or_(Membership.team_id.is_(None), Membership.team_id == team)
    return _users(session, org, Membership.role.in_(roles), here)


def agents(session: Session, org: int, agent: str, team: int) -> list[int]:
    """Users whose own calls are those of ``agent`` in a team."""
    here = or_(Membership.team_id.is_(None), Membership.team_id == team)
    return _users(session, org, Membership.role.in_(sorted(OWN_CALLS_ONLY)), Membership.agent_id == agent, here)


def _users(session: Session, org: int, *conditions: object) -> list[int]:
    wanted = select(User.id).join(Membership, Membership.user_id == User.id)
    mine = User.org_id == org, User.disabled_at.is_(None)
    return list(session.scalars(wanted.where(*mine, *conditions).distinct().order_by(User.id)))  # type: ignore[arg-type]


def _muted(session: Session, people: Iterable[int], kind: str) -> set[int]:
    wishes = session.execute(select(NoticeWish.user_id, NoticeWish.muted).where(NoticeWish.user_id.in_(people)))
    return {user for user, muted in wishes if kind in muted}
