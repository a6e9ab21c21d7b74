"""Results as the agent sees them: their own calls, submitted first reviews only; acknowledging and disputing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboards.results import ResultLine, ResultView
from dashboards.reviews import ReviewView
from webapp.audit import write_audit
from webapp.database import insert_new
from webapp.desk import veil
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.coaching import lines_of
from webapp.desk.quality.deciding import dispute_lines
from webapp.desk.quality.finding import FIRST, Found, find, visible
from webapp.desk.quality.submitting import note
from webapp.desk.quality.viewing import view
from webapp.desk.typed import kept_text
from webapp.notices.telling import DISPUTED as TOLD
from webapp.notices.telling import News, holding, tell
from webapp.settings import Settings
from webapp.tables import DisputeRow, Ranked, ReviewMark, ReviewRow, ReviewScore, ScorecardRow
from webapp.tables.base import new_public_id

FULL = ReviewMark.weight > 0, ReviewMark.earned >= 1
READ, ACKNOWLEDGED, DISPUTED = "result.read", "result.acknowledge", "dispute.open"
LONGEST = 2000
SHOWN = 200
OWN = "own:reviews"


@dataclass(frozen=True)
class SqlResultDesk:
    """One agent's own results."""

    desk: SqlDesk
    settings: Settings

    def results(self) -> Sequence[ResultLine]:
        with self.desk.store.database.read() as session:
            rows = session.execute(
                select(ReviewRow, Ranked, ScorecardRow.title, ReviewScore)
                .join(Ranked, Ranked.call_id == ReviewRow.call_id)
                .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
                .join(ReviewScore, ReviewScore.review_id == ReviewRow.id)
                .where(self.desk.scope.calls(OWN), visible(self.desk.scope), ReviewRow.slot == FIRST)
                .where(ReviewScore.superseded_at.is_(None))
                .order_by(ReviewRow.submitted_at.desc())
                .limit(SHOWN)
            ).all()
            counted = self._disputes(session, [row.id for row, *_ in rows])
            return [self._line(row, ranked, title, score, counted.get(row.id, 0)) for row, ranked, title, score in rows]

    def result(self, review_id: str) -> ResultView | None:
        """One result; reading it is written to the audit log in the same transaction, or nothing is returned."""
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            found = self._find(session, review_id)
            if found is None:
                return None
            write_audit(session, scope.org, READ, review_id, at=store.clock(), by=scope.user)
            score = self._score(session, found)
            hidden = self._hidden(session, found)
            shown = _veiled(found, view(session, scope, found, blind=False), hidden)
            line = self._line(found.row, found.ranked, shown.card, score, len(self._disputed(session, found)))
            return ResultView(
                line, tuple(one for one in shown.questions if one.value is not None and one.asked), shown.note,
                tuple(
                    replace(one, rules=tuple(rule for rule in one.rules if not hidden(rule)))
                    for one in dispute_lines(session, scope, OWN, [DisputeRow.review_id == found.row.id])
                ),
                tuple(lines_of(session, scope, OWN, review=found.row.id)),
                frozenset(session.scalars(select(ReviewMark.question).where(ReviewMark.score_id == score.id, *FULL))),
            )  # fmt: skip

    def _hidden(self, session: Session, found: Found) -> Callable[[str], bool]:
        """Whether a rule is one that this person may not know of."""
        if self.desk.scope.holds_on(found.ranked.team_id, found.ranked.agent, veil.SIGNS):
            return lambda _rule: False
        return veil.secret_rules(session, self.desk.scope.org)

    def acknowledge(self, review_id: str) -> bool:
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            found = self._find(session, review_id, lock=True)
            if found is None or found.row.acknowledged_at is not None:
                return False
            found.row.acknowledged_at = store.clock()
            note(session, found.row, "acknowledged", scope.user, store.clock())
            write_audit(session, scope.org, ACKNOWLEDGED, review_id, at=store.clock(), by=scope.user)
        return True

    def dispute(self, review_id: str, question: str, text: str) -> str:
        """Object to one answer: "" when it was written down, else a sentence that says why not."""
        store, scope = self.desk.store, self.desk.scope
        words, moment = kept_text(text, self.desk.desks.policy, LONGEST), store.clock()
        with store.database.write() as session:
            found = self._find(session, review_id, lock=True)
            if found is None:
                return "There is no such result, or it is not one of yours."
            if not words:
                return "Say in a few words what is wrong with the answer."
            score = self._score(session, found)
            if moment > self.until(score.at):
                return "The time for disputes of this result has passed."
            here = ReviewMark.score_id == score.id, ReviewMark.question == question
            mark = session.scalars(select(ReviewMark).where(*here)).one_or_none()
            if mark is None:
                return "There is no such answer in this result."
            if mark.weight > 0 and mark.earned is not None and mark.earned >= 1:
                return "This answer earns all its points already."
            row = {"org_id": scope.org, "public_id": new_public_id(), "review_id": found.row.id, "question": question, "at": moment,
                   "user_id": scope.user, "text": words, "state": "open", "old": mark.value, "said": "", "new": ""}  # fmt: skip
            if question in self._disputed(session, found) or not insert_new(session, DisputeRow, [row]):
                return "This answer was disputed already."
            note(session, found.row, "disputed", scope.user, moment, question=question, text=words)
            news = News(TOLD, found.row.call_id, found.ranked.team_id, found.row.public_id, question, scope.user)
            deciders = holding(session, scope.org, "disputes:decide", found.ranked.team_id)
            tell(session, scope.org, news, [one for one in deciders if one != found.row.reviewer_id], moment)
            write_audit(session, scope.org, DISPUTED, str(row["public_id"]), at=moment, by=scope.user)
        return ""

    def until(self, submitted: datetime) -> datetime:
        """The end of the last working day on which a result may be disputed, in the zone of the installation."""
        local = submitted.astimezone(ZoneInfo(self.settings.zone))
        day, left = local.replace(hour=0, minute=0, second=0, microsecond=0), self.settings.dispute_days
        while left > 0:
            day += timedelta(days=1)
            left -= day.weekday() < 5
        return day + timedelta(days=1)

    def _find(self, session: Session, review_id: str, *, lock: bool = False) -> Found | None:
        """A submitted first review of an own call that still counts."""
        found = find(session, self.desk.scope, review_id, OWN, lock=lock)
        if found is None or found.slot != FIRST or found.row.state != "submitted":
            return None
        return found if self._score(session, found, strict=False) is not None else None

    def _score(self, session: Session, found: Found, *, strict: bool = True) -> ReviewScore:
        wanted = ReviewScore.review_id == found.row.id, ReviewScore.superseded_at.is_(None)
        rows = session.scalars(select(ReviewScore).where(*wanted))
        return rows.one() if strict else rows.one_or_none()  # type: ignore[return-value]

    def _line(self, row: ReviewRow, ranked: Ranked, card: str, score: ReviewScore, disputes: int) -> ResultLine:
        until = self.until(score.at)
        assert row.submitted_at is not None
        return ResultLine(
            row.public_id, ranked.public_id, ranked.name or ranked.public_id[:8], row.submitted_at, card, score.score,
            score.band, row.acknowledged_at is not None, until if self.desk.store.clock() <= until else None, disputes,
        )  # fmt: skip

    def _disputed(self, session: Session, found: Found) -> set[str]:
        """Questions of the review that were disputed once: a decision is not asked for twice."""
        return set(session.scalars(select(DisputeRow.question).where(DisputeRow.review_id == found.row.id)))

    def _disputes(self, session: Session, reviews: Sequence[int]) -> dict[int, int]:
        counted = select(DisputeRow.review_id, func.count()).where(DisputeRow.review_id.in_(reviews))
        return dict(session.execute(counted.group_by(DisputeRow.review_id)).all())


def _veiled(found: Found, shown: ReviewView, hidden: Callable[[str], bool]) -> ReviewView:
    """Without what the machine says by rules that the agent may not know of."""
    secret = {one.id for one in found.card.questions if one.machine and any(map(hidden, one.machine.rules))}
    return replace(shown, sections=tuple(
        (title, tuple(replace(one, machine=None, differs=False) if one.id in secret else one for one in questions))
        for title, questions in shown.sections
    ))  # fmt: skip
