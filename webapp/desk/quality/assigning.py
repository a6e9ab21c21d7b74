"""Asking people to review calls: one call, or a second look at one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dashboards.reviews import Person
from webapp.audit import write_audit
from webapp.database import insert_new
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.finding import FIRST, SECOND
from webapp.notices.telling import ASSIGNED as TOLD
from webapp.notices.telling import News, tell
from webapp.permissions import ROLES, grants
from webapp.tables import AssignmentRow, Membership, Ranked, ReviewRow, User
from webapp.tables.base import new_public_id

ASSIGNED, WITHDRAWN = "review.assign", "review.withdraw"


@dataclass(frozen=True)
class SqlAssignDesk:
    """Whom a lead may ask, and for which calls; every query carries their scope."""

    desk: SqlDesk

    def people(self) -> Sequence[Person]:
        """Who may review in the teams of whoever asks."""
        with self.desk.store.database.read() as session:
            return [Person(row.public_id, row.name) for row in self.reviewers(session)]

    def assign(self, call_id: str, person: str, slot: str, due: date | None) -> str:
        """Ask for one review: "" when it was done, else a sentence that says why not."""
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            call = session.scalars(
                select(Ranked).where(scope.calls("reviews:assign"), Ranked.public_id == call_id)
            ).one_or_none()
            who = next((row for row in self.reviewers(session) if row.public_id == person), None)
            if call is None or who is None or slot not in (FIRST, SECOND):
                return "There is no such call or person in your teams."
            first = first_of(session, scope.org, call.call_id)
            if slot == FIRST and first is not None and first.state == "submitted":
                return "The call was reviewed already; ask for a second review."
            if slot == SECOND and (first is None or first.state != "submitted"):
                return "A second review follows the first one, which is not submitted yet."
            if slot == SECOND and first is not None and first.reviewer_id == who.id:
                return "A second review is by somebody else than the first."
            new = self.add(session, call, who.id, slot, due)
            if not new:
                return "Somebody is asked for that review already."
            write_audit(
                session, scope.org, ASSIGNED, call_id, at=store.clock(), by=scope.user, detail=f"{slot}: {who.login}"
            )
        return ""

    def withdraw(self, assignment: str) -> bool:
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            row = session.scalars(
                select(AssignmentRow)
                .join(Ranked, Ranked.call_id == AssignmentRow.call_id)
                .where(scope.calls("reviews:assign"), AssignmentRow.public_id == assignment)
                .where(AssignmentRow.done_at.is_(None), AssignmentRow.cancelled_at.is_(None))
            ).one_or_none()
            if row is not None:
                row.cancelled_at = store.clock()
                write_audit(session, scope.org, WITHDRAWN, assignment, at=store.clock(), by=scope.user)
        return row is not None

    def reviewers(self, session: Session) -> list[User]:
        """Users who may review in one of the teams in which this person may assign."""
        teams = self.desk.scope.teams("reviews:assign")
        roles = [role for role in ROLES if grants(role, "reviews:write")]
        where = Membership.team_id.is_not(None) if teams is None else Membership.team_id.in_(teams)
        return list(session.scalars(
            select(User).join(Membership, Membership.user_id == User.id)
            .where(User.org_id == self.desk.scope.org, User.disabled_at.is_(None), Membership.role.in_(roles))
            .where(or_(Membership.team_id.is_(None), where)).order_by(User.name).distinct()
        ))  # fmt: skip

    def add(
        self, session: Session, call: Ranked, who: int, slot: str, due: date | None, *, picked: str = "person",
        probability: float | None = None, seed: str = "", frame: str = "", done: bool = False,
    ) -> bool:  # fmt: skip
        """Write one assignment; False when somebody is asked for that review already."""
        scope, moment = self.desk.scope, self.desk.store.clock()
        until = datetime.combine(due + timedelta(days=1), time(), ZoneInfo(self.desk.user.zone)) if due else None
        row = {
            "org_id": scope.org, "public_id": new_public_id(), "call_id": call.call_id, "user_id": who, "slot": slot,
            "made_by": scope.user, "made_at": moment, "due_at": until, "done_at": moment if done else None,
            "cancelled_at": None, "picked": picked, "probability": probability, "seed": seed, "frame": frame,
        }  # fmt: skip
        new = bool(insert_new(session, AssignmentRow, [row]))
        if new and not done:
            tell(session, scope.org, News(TOLD, call.call_id, call.team_id, by=scope.user), [who], moment)
        return new


def first_of(session: Session, org: int, call: int) -> ReviewRow | None:
    """The first review of a call, whatever edition of it counts."""
    wanted = ReviewRow.org_id == org, ReviewRow.call_id == call, ReviewRow.slot == FIRST
    return session.scalars(select(ReviewRow).where(*wanted).order_by(ReviewRow.edition).limit(1)).one_or_none()
