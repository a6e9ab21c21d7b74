"""Coaching notes: what an agent will do differently, at the second it was heard, and whether later calls show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboards.results import CoachingLine, Effect
from pipeline.quality.effects import difference
from webapp.audit import write_audit
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.finding import FIRST, Found, find, names_of, suggestions, visible
from webapp.desk.scope import Scope
from webapp.desk.typed import kept_text
from webapp.notices.telling import COACHED, News, agents, tell
from webapp.store.scorecards import card_of
from webapp.tables import CoachingRow, Ranked, ReviewMark, ReviewRow, ReviewScore, ScorecardRow

WRITTEN, SEEN, ENDED = "coaching.write", "coaching.seen", "coaching.close"
LONGEST = 2000
GOOD = 0.75  # share of a question's weight from which an answer counts as good
CLIP = 10.0  # seconds of a clip where no evidence says how long it is
SHOWN = 200


@dataclass(frozen=True)
class SqlCoachingDesk:
    """Notes on calls inside the scope of one person."""

    desk: SqlDesk

    def notes(self, *, own: bool = False) -> Sequence[CoachingLine]:
        """Newest first; ``own``: those written for oneself."""
        with self.desk.store.database.read() as session:
            return lines_of(session, self.desk.scope, "own:reviews" if own else "reviews:read")

    def write(self, review_id: str, question: str, agreed: str, start: float | None, due: date | None) -> str:
        """A note on one answer of a submitted review: "" when it was written, else a sentence that says why not."""
        store, scope = self.desk.store, self.desk.scope
        words, moment = kept_text(agreed, self.desk.desks.policy, LONGEST), store.clock()
        with store.database.write() as session:
            found = find(session, scope, review_id, "coaching:write")
            mark = self._mark(session, found, question) if found is not None else None
            if found is None or mark is None:
                return "There is no such answer in a submitted review of your teams."
            if not words:
                return "Write what the agent will do differently."
            if not found.ranked.agent:
                return "Nobody told which agent spoke in this call."
            if mark.earned is None:
                return "A question that did not apply is nothing to coach on."
            if start is not None and not 0 <= start <= found.ranked.duration:
                return "This place is not in the call: nothing can be heard there."
            begin, end = self._clip(session, found, question, start)
            until = datetime.combine(due + timedelta(days=1), time(), ZoneInfo(self.desk.user.zone)) if due else None
            row = CoachingRow(
                org_id=scope.org, call_id=found.row.call_id, review_id=found.row.id, agent=found.ranked.agent,
                card=found.scorecard.card, question=question, start=begin, end=end, agreed=words, made_by=scope.user,
                made_at=moment, due_at=until,
            )  # fmt: skip
            session.add(row)
            session.flush()
            news = News(COACHED, row.call_id, found.ranked.team_id, row.public_id, by=scope.user)
            tell(session, scope.org, news, agents(session, scope.org, row.agent, found.ranked.team_id), moment)
            write_audit(session, scope.org, WRITTEN, row.public_id, at=moment, by=scope.user)
        return ""

    def seen(self, note_id: str) -> bool:
        """The agent has read it."""
        return self._change(note_id, "own:reviews", SEEN, seen_at=self.desk.store.clock())

    def close(self, note_id: str, closing: str) -> bool:
        """It is done with; ``closing`` says what came of it."""
        words = kept_text(closing, self.desk.desks.policy, LONGEST)
        return self._change(note_id, "coaching:write", ENDED, closed_at=self.desk.store.clock(), closing=words)

    def _change(self, note_id: str, permission: str, action: str, **values: object) -> bool:
        store, scope = self.desk.store, self.desk.scope
        with store.database.write() as session:
            row = session.scalars(
                select(CoachingRow)
                .join(Ranked, Ranked.call_id == CoachingRow.call_id)
                .where(scope.calls(permission), CoachingRow.public_id == note_id, CoachingRow.closed_at.is_(None))
                .with_for_update(of=CoachingRow)
            ).one_or_none()
            if row is None or (action == SEEN and row.seen_at is not None):
                return False
            for name, value in values.items():
                setattr(row, name, value)
            write_audit(session, scope.org, action, note_id, at=store.clock(), by=scope.user)
        return True

    def _mark(self, session: Session, found: Found, question: str) -> ReviewMark | None:
        return session.scalars(
            select(ReviewMark)
            .join(ReviewScore, ReviewScore.id == ReviewMark.score_id)
            .where(
                ReviewScore.review_id == found.row.id,
                ReviewScore.superseded_at.is_(None),
                ReviewMark.question == question,
            )
        ).one_or_none()

    def _clip(self, session: Session, found: Found, question: str, start: float | None) -> tuple[float, float]:
        """Where to listen: the second that was given, else the machine's evidence, else the beginning."""
        if start is not None:
            return start, min(start + CLIP, found.ranked.duration)
        said = suggestions(session, found, found.row.result_id).get(question)
        evidence = [one for one in said.evidence if one.end > 0] if said is not None else []
        return (evidence[0].start, evidence[0].end) if evidence else (0.0, min(CLIP, found.ranked.duration))


def lines_of(session: Session, scope: Scope, permission: str, *, review: int | None = None) -> list[CoachingLine]:
    """Notes on reviews that this person may see, of calls on which a permission is held, newest first."""
    of = CoachingRow.review_id == review if review is not None else CoachingRow.id.is_not(None)
    rows = session.execute(
        select(CoachingRow, Ranked, ReviewRow, ScorecardRow)
        .join(Ranked, Ranked.call_id == CoachingRow.call_id)
        .join(ReviewRow, ReviewRow.id == CoachingRow.review_id)
        .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
        .where(scope.calls(permission), visible(scope), of)
        .order_by(CoachingRow.id.desc())
        .limit(SHOWN)
    ).all()
    names = names_of(session, scope.org, [row.made_by for row, *_ in rows])
    return [
        CoachingLine(
            row.public_id, ranked.public_id, ranked.name or ranked.public_id[:8], row.agent,
            card_of(card).by_id[row.question].ask, row.start, row.end, row.agreed, names.get(row.made_by, ""), row.made_at,
            row.due_at, row.seen_at, row.closed_at, row.closing, effect(session, scope, permission, row),
        )
        for row, ranked, _review, card in rows
    ]  # fmt: skip


def effect(session: Session, scope: Scope, permission: str, note: CoachingRow) -> Effect:
    """The same question of the same agent in calls before and after the note, first reviews that count only."""
    rows = session.execute(
        select(Ranked.at, ReviewMark.earned)
        .join(ReviewRow, ReviewRow.call_id == Ranked.call_id)
        .join(ReviewScore, ReviewScore.review_id == ReviewRow.id)
        .join(ReviewMark, ReviewMark.score_id == ReviewScore.id)
        .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
        .where(
            scope.calls(permission), visible(scope), Ranked.agent == note.agent, ReviewRow.slot == FIRST, ScorecardRow.card == note.card,
            ReviewScore.superseded_at.is_(None), ReviewMark.question == note.question, ReviewMark.earned.is_not(None),
        )
    ).all()  # fmt: skip
    good = [(at, earned is not None and earned >= GOOD) for at, earned in rows]
    before, after = ([one for at, one in good if (at > note.made_at) is later] for later in (False, True))
    found = difference(sum(before), len(before), sum(after), len(after))
    return Effect(found.before, len(before), found.after, len(after), found.low, found.high)
