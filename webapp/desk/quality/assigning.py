"""Asking people to review calls: one call, a second look, or a random sample of each agent's calls."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dashboards.quality import Person, SampleLine
from pipeline.quality.rates import Judged, rate_of
from pipeline.quality.samples import Sampled, sample
from webapp.audit import write_audit
from webapp.database import insert_new
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.finding import FIRST, SECOND
from webapp.permissions import ROLES, grants
from webapp.tables import AssignmentRow, Membership, Ranked, ReviewRow, ReviewScore, User
from webapp.tables.base import new_public_id

ASSIGNED, SAMPLED, WITHDRAWN = "review.assign", "review.sample", "review.withdraw"
MOST = 50  # calls of one agent in one sample
SHOWN = 60


@dataclass(frozen=True)
class SqlAssignDesk:
    """Whom a lead may ask, and for which calls; every query carries their scope."""

    desk: SqlDesk

    def people(self) -> Sequence[Person]:
        """Who may review in the teams of whoever asks."""
        with self.desk.store.database.read() as session:
            return [Person(row.public_id, row.name) for row in self.reviewers(session)]

    def find(self, name: str) -> str | None:
        """The public id of a call by its id or its name; None where it is not one call of one's teams."""
        named = or_(Ranked.public_id == name, Ranked.name == name)
        with self.desk.store.database.read() as session:
            found = session.scalars(
                select(Ranked.public_id).where(self.desk.scope.calls("reviews:assign"), named).limit(2)
            ).all()
        return found[0] if len(found) == 1 else None

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
            first = self._first(session, call.call_id)
            if slot == FIRST and first is not None and first.state == "submitted":
                return "The call was reviewed already; ask for a second review."
            if slot == SECOND and (first is None or first.state != "submitted"):
                return "A second review follows the first one, which is not submitted yet."
            if slot == SECOND and first is not None and first.reviewer_id == who.id:
                return "A second review is by somebody else than the first."
            new = self._add(session, call, who.id, slot, due, "person", None)
            if not new:
                return "Somebody is asked for that review already."
            write_audit(
                session, scope.org, ASSIGNED, call_id, at=store.clock(), by=scope.user, detail=f"{slot}: {who.login}"
            )
        return ""

    def draw(self, people: Sequence[str], each: int, since: date, until: date, due: date | None) -> tuple[int, int]:
        """Draw ``each`` calls of every agent and hand them round: how many were drawn, and how many were reviewed before.

        Days are inclusive, in the zone of whoever draws.
        """
        store, scope = self.desk.store, self.desk.scope
        zone = ZoneInfo(self.desk.user.zone)
        seed = secrets.token_hex(16)
        with store.database.write() as session:
            chosen = [row for row in self.reviewers(session) if row.public_id in set(people)]
            if not chosen or not 1 <= each <= MOST:
                return 0, 0
            calls = self._frame(
                session,
                datetime.combine(since, time(), zone),
                datetime.combine(until + timedelta(days=1), time(), zone),
            )
            drawn = sample(_by_agent(calls), each, seed)
            done = 0
            turn = 0
            for one in drawn:
                for public_id in one.calls:
                    done += self._hand_out(session, calls[public_id], one, chosen[turn % len(chosen)].id, due, seed)
                    turn += 1
            write_audit(
                session,
                scope.org,
                SAMPLED,
                seed,
                at=store.clock(),
                by=scope.user,
                detail=f"{turn} calls of {len(drawn)} agents",
            )
        return turn, done

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

    def samples(self) -> Sequence[SampleLine]:
        """What was drawn of each agent, newest first, with the rate of flagged calls where enough were heard."""
        with self.desk.store.database.read() as session:
            rows = session.execute(
                select(AssignmentRow, Ranked.agent, Ranked.public_id, ReviewScore.flagged)
                .join(Ranked, Ranked.call_id == AssignmentRow.call_id)
                .outerjoin(
                    ReviewRow,
                    (ReviewRow.call_id == Ranked.call_id)
                    & (ReviewRow.slot == FIRST)
                    & (ReviewRow.state == "submitted"),
                )
                .outerjoin(ReviewScore, (ReviewScore.review_id == ReviewRow.id) & ReviewScore.superseded_at.is_(None))
                .where(self.desk.scope.calls("reviews:assign"), AssignmentRow.picked == "draw")
                .order_by(AssignmentRow.id.desc())
            ).all()
        groups: dict[tuple[str, str], dict[str, tuple[AssignmentRow, bool | None]]] = {}
        for row, agent, call, flagged in rows:
            calls = groups.setdefault((row.seed, agent), {})
            if call not in calls or flagged is not None:  # earlier editions of a review have no score that counts
                calls[call] = (row, flagged)
        return [_line(agent, list(calls.values())) for (_seed, agent), calls in list(groups.items())[:SHOWN]]

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

    def _frame(self, session: Session, begin: datetime, end: datetime) -> dict[str, Ranked]:
        """Every call of an agent in the period, by public id, in an order that does not matter."""
        wanted = self.desk.scope.calls("reviews:assign"), Ranked.agent != "", Ranked.at >= begin, Ranked.at < end
        return {row.public_id: row for row in session.scalars(select(Ranked).where(*wanted))}

    def _hand_out(self, session: Session, call: Ranked, of: Sampled, who: int, due: date | None, seed: str) -> int:
        """One drawn call: 1 where it was reviewed before, so that nobody needs to hear it again."""
        first = self._first(session, call.call_id)
        reviewed = first is not None and first.state == "submitted"
        if not self._add(session, call, who, FIRST, due, "draw", of, seed=seed, done=reviewed):
            self._redraw(session, call.call_id, of, seed)
        return int(reviewed)

    def _redraw(self, session: Session, call: int, of: Sampled, seed: str) -> None:
        """A call somebody was already asked for is now a drawn one too: their review of it counts for the sample."""
        open_ = AssignmentRow.done_at.is_(None), AssignmentRow.cancelled_at.is_(None)
        for row in session.scalars(
            select(AssignmentRow).where(AssignmentRow.call_id == call, AssignmentRow.slot == FIRST, *open_)
        ):
            row.picked, row.probability, row.seed, row.frame = "draw", of.probability, seed, _frame_of(of)

    def _add(
        self, session: Session, call: Ranked, who: int, slot: str, due: date | None, picked: str, of: Sampled | None,
        *, seed: str = "", done: bool = False,
    ) -> bool:  # fmt: skip
        scope, moment = self.desk.scope, self.desk.store.clock()
        until = datetime.combine(due + timedelta(days=1), time(), ZoneInfo(self.desk.user.zone)) if due else None
        row = {
            "org_id": scope.org, "public_id": new_public_id(), "call_id": call.call_id, "user_id": who, "slot": slot,
            "made_by": scope.user, "made_at": moment, "due_at": until, "done_at": moment if done else None,
            "cancelled_at": None, "picked": picked, "probability": of.probability if of else None, "seed": seed,
            "frame": _frame_of(of) if of else "",
        }  # fmt: skip
        return bool(insert_new(session, AssignmentRow, [row]))

    def _first(self, session: Session, call: int) -> ReviewRow | None:
        wanted = ReviewRow.org_id == self.desk.scope.org, ReviewRow.call_id == call, ReviewRow.slot == FIRST
        return session.scalars(select(ReviewRow).where(*wanted).order_by(ReviewRow.edition).limit(1)).one_or_none()


def _by_agent(calls: dict[str, Ranked]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for public_id, row in calls.items():
        found.setdefault(row.agent, []).append(public_id)
    return found


def _frame_of(of: Sampled) -> str:
    """Size and fingerprint of a frame, as they are kept."""
    return f"{of.size} {of.sha256}"


def _line(agent: str, calls: list[tuple[AssignmentRow, bool | None]]) -> SampleLine:
    row = calls[0][0]
    probability = row.probability or 1.0
    size, _, sha256 = row.frame.partition(" ")
    judged = [Judged(probability, n, flagged) for n, (_row, flagged) in enumerate(calls) if flagged is not None]
    frame = int(size)
    # All drawn calls count alike, in whatever order they are heard, but only once all of them are.
    whole = len(judged) == len(calls)
    rate = rate_of(judged, frame) if whole else None
    return SampleLine(agent, row.made_at, frame, len(calls), len(judged), row.seed, sha256, rate.rate if rate else None,
                      rate.low if rate else None, rate.high if rate else None)  # fmt: skip
