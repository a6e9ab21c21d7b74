"""Calibration: people answer one card for the same calls, blind; once the session is closed they see how far they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from dashboards.calibration import CalibrationLine, CalibrationView, SessionCall
from pipeline.quality.calibration import nearness
from pipeline.quality.prefill import prefill
from pipeline.quality.scorecards import Card
from pipeline.records import Evidence
from webapp.audit import write_audit
from webapp.database import insert_new
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.agreeing import Marked, figures, marked, scores_of
from webapp.desk.quality.assigning import SqlAssignDesk
from webapp.desk.quality.finding import CALIBRATION, names_of, verdicts_of
from webapp.desk.typed import kept_name, kept_text
from webapp.notices.telling import CALIBRATION as WAITS
from webapp.notices.telling import CLOSED as ENDED
from webapp.notices.telling import News, tell
from webapp.store.scorecards import card_of, for_use
from webapp.tables import CalibrationCall, CalibrationPerson, CalibrationRow, Ranked, ReviewRow, ScorecardRow, User
from webapp.tables.base import new_public_id

OPENED, CLOSED = "calibration.open", "calibration.close"
FEWEST, MOST = 1, 20  # calls of one session
LONGEST, LONGEST_TITLE = 2000, 120  # characters of what was agreed


@dataclass(frozen=True)
class SqlCalibrationDesk:
    """Sessions for one person: those they take part in, and for who may assign those of their teams."""

    desk: SqlDesk

    def sessions(self) -> Sequence[CalibrationLine]:
        with self.desk.store.database.read() as session:
            rows = session.scalars(
                select(CalibrationRow).where(self._mine()).order_by(CalibrationRow.id.desc()).limit(100)
            ).all()
            return [self._line(session, row) for row in rows]

    def session(self, public_id: str) -> CalibrationView | None:
        scope = self.desk.scope
        with self.desk.store.database.read() as session:
            row = self._find(session, public_id)
            if row is None:
                return None
            scorecard = session.get_one(ScorecardRow, row.scorecard_id)
            card, line = card_of(scorecard), self._line(session, row)
            calls = self._calls(session, row)
            own = self._own(session, row)
            if row.closed_at is None:
                shown = tuple(_open(call, own) for call in calls)
                return CalibrationView(
                    line, shown, (), None, None, 0, "", self._leads(session, row), self._progress(session, row)
                )
            found = marked(session, scope, [ReviewRow.calibration_id == row.id])
            names = names_of(session, scope.org, {one.rater for one in found})
            near = nearness(scores_of(found))
            return CalibrationView(
                line, tuple(_closed(session, call, card, found, names, own) for call in calls), figures(card, found), near.near,
                near.mean_gap, near.pairs, row.outcome, self._leads(session, row), self._progress(session, row),
            )  # fmt: skip

    def open(self, title: str, card: str, calls: Sequence[str], people: Sequence[str]) -> str | None:
        """A new session; its public id. None where calls or people are missing or not those of one's teams.

        ``calls`` are public ids or names of calls.
        """
        store, scope = self.desk.store, self.desk.scope
        moment, heading = store.clock(), kept_name(title, self.desk.desks.policy, LONGEST_TITLE)
        with store.database.write() as session:
            wanted = list(dict.fromkeys(one.strip() for one in calls if one.strip()))
            if len(wanted) > 2 * MOST:  # of each call its name and its id
                return None
            found = session.scalars(
                select(Ranked).where(
                    scope.calls("reviews:assign"), or_(Ranked.public_id.in_(wanted), Ranked.name.in_(wanted))
                )
            ).all()
            chosen = [row for row in SqlAssignDesk(self.desk).reviewers(session) if row.public_id in set(people)]
            used = for_use(session, scope.org, card, moment)
            named = {name for row in found for name in (row.public_id, row.name)}
            if used is None or len(chosen) < 2 or not FEWEST <= len(found) <= MOST or not set(wanted) <= named:
                return None
            row = CalibrationRow(
                org_id=scope.org, public_id=new_public_id(), title=heading or "Calibration",
                scorecard_id=used.id, made_by=scope.user, made_at=moment,
            )  # fmt: skip
            session.add(row)
            session.flush()
            keys = {"org_id": scope.org, "calibration_id": row.id}
            session.add_all(CalibrationCall(**keys, call_id=one.call_id) for one in found)
            session.add_all(CalibrationPerson(**keys, user_id=one.id) for one in chosen)
            news = News(WAITS, subject=row.public_id, by=scope.user)
            tell(session, scope.org, news, [one.id for one in chosen], moment)
            write_audit(session, scope.org, OPENED, row.public_id, at=moment, by=scope.user)
            return row.public_id

    def begin(self, public_id: str, call_id: str) -> str | None:
        """This person's own review of a call of the session."""
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            row = self._find(session, public_id)
            call = session.scalars(
                select(Ranked)
                .join(CalibrationCall, CalibrationCall.call_id == Ranked.call_id)
                .where(scope.calls("reviews:write"), Ranked.public_id == call_id)
                .where(CalibrationCall.calibration_id == (row.id if row else 0))
            ).one_or_none()
            if row is None or call is None or row.closed_at is not None or not self._takes_part(session, row):
                return None
            slot = f"{CALIBRATION}:{row.id}:{scope.user}"
            insert_new(session, ReviewRow, [{
                "org_id": scope.org, "public_id": new_public_id(), "call_id": call.call_id, "scorecard_id": row.scorecard_id,
                "reviewer_id": scope.user, "calibration_id": row.id, "result_id": call.result_id, "slot": slot, "edition": 1,
                "state": "draft", "version": 0, "picked": CALIBRATION, "probability": None, "begun_at": store.clock(),
            }])  # fmt: skip
            mine = ReviewRow.org_id == scope.org, ReviewRow.call_id == call.call_id, ReviewRow.slot == slot
            return session.scalars(select(ReviewRow.public_id).where(*mine)).one()

    def close(self, public_id: str) -> bool:
        """End it: nobody answers any more, everybody sees. What is still a draft does not count."""
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            row = self._find(session, public_id, self._led())
            if row is None or row.closed_at is not None:
                return False
            row.closed_at = store.clock()
            people = session.scalars(
                select(CalibrationPerson.user_id).where(CalibrationPerson.calibration_id == row.id)
            ).all()
            tell(session, scope.org, News(WAITS, subject=public_id, rule=ENDED, by=scope.user), people, store.clock())
            write_audit(session, scope.org, CLOSED, public_id, at=store.clock(), by=scope.user)
        return True

    def agree(self, public_id: str, outcome: str) -> bool:
        """Keep what was agreed in the talk about a closed session."""
        words = kept_text(outcome, self.desk.desks.policy, LONGEST)
        with self.desk.store.database.write() as session:
            row = self._find(session, public_id, self._led())
            if row is None or row.closed_at is None:
                return False
            row.outcome = words
        return True

    def _mine(self) -> ColumnElement[bool]:
        scope = self.desk.scope
        part = select(CalibrationPerson.calibration_id).where(CalibrationPerson.user_id == scope.user)
        seen = (
            select(CalibrationCall.calibration_id)
            .join(Ranked, Ranked.call_id == CalibrationCall.call_id)
            .where(scope.calls("reviews:assign"))
        )
        inside = (
            select(CalibrationCall.calibration_id)
            .join(Ranked, Ranked.call_id == CalibrationCall.call_id)
            .where(scope.calls("reviews:read"))
        )
        either = or_(CalibrationRow.id.in_(part) & CalibrationRow.id.in_(inside), CalibrationRow.id.in_(seen))
        return (CalibrationRow.org_id == scope.org) & either

    def _led(self) -> ColumnElement[bool]:
        """Sessions this person decides about: those they opened, and those of which they may assign every call."""
        scope = self.desk.scope
        calls = (
            select(CalibrationCall.id)
            .join(Ranked, Ranked.call_id == CalibrationCall.call_id)
            .where(CalibrationCall.calibration_id == CalibrationRow.id)
        )
        may = scope.calls("reviews:assign")
        own = CalibrationRow.made_by == scope.user
        return and_(calls.where(may).exists(), or_(own, ~calls.where(~may).exists()))

    def _find(self, session: Session, public_id: str, *more: ColumnElement[bool]) -> CalibrationRow | None:
        return session.scalars(
            select(CalibrationRow).where(self._mine(), CalibrationRow.public_id == public_id, *more)
        ).one_or_none()

    def _leads(self, session: Session, row: CalibrationRow) -> bool:
        return self._find(session, row.public_id, self._led()) is not None

    def _takes_part(self, session: Session, row: CalibrationRow) -> bool:
        mine = CalibrationPerson.calibration_id == row.id, CalibrationPerson.user_id == self.desk.scope.user
        return session.scalar(select(CalibrationPerson.id).where(*mine)) is not None

    def _calls(self, session: Session, row: CalibrationRow) -> Sequence[Ranked]:
        return session.scalars(
            select(Ranked)
            .join(CalibrationCall, CalibrationCall.call_id == Ranked.call_id)
            .where(CalibrationCall.calibration_id == row.id, self.desk.scope.calls("reviews:read"))
            .order_by(CalibrationCall.id)
        ).all()

    def _own(self, session: Session, row: CalibrationRow) -> dict[int, tuple[str, str]]:
        mine = ReviewRow.calibration_id == row.id, ReviewRow.reviewer_id == self.desk.scope.user
        rows = session.scalars(select(ReviewRow).where(*mine))
        return {one.call_id: (one.public_id, one.state) for one in rows}

    def _progress(self, session: Session, row: CalibrationRow) -> dict[str, int]:
        """How many reviews each person has submitted: that they answered, never what."""
        people = session.execute(
            select(User.id, User.name)
            .join(CalibrationPerson, CalibrationPerson.user_id == User.id)
            .where(CalibrationPerson.calibration_id == row.id)
            .order_by(User.name)
        ).all()
        done = list(session.scalars(
            select(ReviewRow.reviewer_id).where(ReviewRow.calibration_id == row.id, ReviewRow.state == "submitted")
        ))  # fmt: skip
        return {name: done.count(key) for key, name in people}

    def _line(self, session: Session, row: CalibrationRow) -> CalibrationLine:
        progress = self._progress(session, row)
        title = session.scalars(select(ScorecardRow.title).where(ScorecardRow.id == row.scorecard_id)).one()
        by = names_of(session, row.org_id, [row.made_by]).get(row.made_by, "")
        return CalibrationLine(
            row.public_id, row.title, title, by, row.made_at, row.closed_at, len(self._calls(session, row)),
            tuple(progress), sum(progress.values()), self._takes_part(session, row),
        )  # fmt: skip


def _name(call: Ranked) -> str:
    return call.name or call.public_id[:8]


def _open(call: Ranked, own: dict[int, tuple[str, str]]) -> SessionCall:
    """A call of a session that goes on: one's own review alone."""
    review, state = own.get(call.call_id, (None, "not begun"))
    return SessionCall(call.public_id, _name(call), review, state)


def _closed(
    session: Session,
    call: Ranked,
    card: Card,
    found: Sequence[Marked],
    names: dict[int, str],
    own: dict[int, tuple[str, str]],
) -> SessionCall:
    """A call of a closed session: who answered what, question by question, and what the machine said."""
    here = [one for one in found if one.call == call.public_id]
    answers: dict[str, dict[str, str]] = {}
    notes: dict[str, dict[str, str]] = {}
    machine: dict[str, str] = {}
    for one in here:
        for mark in one.marks:
            question = card.by_id[mark.question]
            answers.setdefault(mark.question, {})[names[one.rater]] = question.title(mark.value)
            if mark.note:
                notes.setdefault(mark.question, {})[names[one.rater]] = mark.note
            if mark.machine is not None:
                machine[mark.question] = question.title(mark.machine)
    scores = {names[one.rater]: one.score for one in here}
    review, state = own.get(call.call_id, (None, "not begun"))
    reviews = {names[one.rater]: one.review for one in here}
    return SessionCall(
        call.public_id, _name(call), review, state, scores, answers, machine, reviews, notes, _places(session, call, card)
    )  # fmt: skip


def _places(session: Session, call: Ranked, card: Card) -> dict[str, tuple[Evidence, ...]]:
    """Where in the call the rules of each question found what they judge by."""
    said = prefill(card, verdicts_of(session, call.result_id))
    return {name: tuple(one for one in found.evidence if one.end > 0) for name, found in said.items()}
