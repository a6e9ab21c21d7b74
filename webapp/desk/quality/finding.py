"""Which reviews a person may see, and what stands in them: rows out of SQL, every query inside the scope.

Two things hide a review although its call is in the scope: it belongs to a calibration session that is still open, or the
person has a blind review of the same call under their hands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from pipeline.quality.prefill import Suggestion, prefill, withheld
from pipeline.quality.scorecards import Card
from pipeline.records import Evidence, Value, Verdict
from webapp.desk.quality.blindness import CALIBRATION as CALIBRATION
from webapp.desk.quality.blindness import FIRST as FIRST
from webapp.desk.quality.blindness import SECOND as SECOND
from webapp.desk.quality.blindness import blind
from webapp.desk.scope import Scope
from webapp.store.scorecards import card_of
from webapp.tables import (
    CalibrationRow,
    Ranked,
    ReviewAnswer,
    ReviewMark,
    ReviewRow,
    ReviewScore,
    ScorecardRow,
    User,
    VerdictRow,
)

ANSWER, NOTE, FLAG = "answer", "note", "flag"


@dataclass(frozen=True, slots=True)
class Found:
    """One review with the call and the card it is about."""

    row: ReviewRow
    ranked: Ranked
    scorecard: ScorecardRow

    @property
    def card(self) -> Card:
        return card_of(self.scorecard)

    @property
    def slot(self) -> str:
        return self.row.slot.partition(":")[0]


def find(session: Session, scope: Scope, review_id: str, permission: str, *, lock: bool = False) -> Found | None:
    """The review, when this person may see it."""
    wanted = (
        select(ReviewRow, Ranked, ScorecardRow)
        .join(Ranked, Ranked.call_id == ReviewRow.call_id)
        .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
        .where(scope.calls(permission), ReviewRow.org_id == scope.org, ReviewRow.public_id == review_id, visible(scope))
    )
    found = session.execute(wanted.with_for_update(of=ReviewRow) if lock else wanted).one_or_none()
    return Found(*found) if found is not None else None


def holds(session: Session, scope: Scope, call: int, permission: str) -> bool:
    """Whether this person holds a permission on a call: holding it in another team is not enough."""
    wanted = select(Ranked.call_id).where(scope.calls(permission), Ranked.call_id == call)
    return session.scalar(wanted) is not None


def visible(scope: Scope) -> ColumnElement[bool]:
    """The condition under which a person sees a review of a call they may see."""
    closed = select(CalibrationRow.id).where(
        CalibrationRow.id == ReviewRow.calibration_id, CalibrationRow.closed_at.is_not(None)
    )
    told = or_(ReviewRow.slot == FIRST, and_(ReviewRow.slot == SECOND, ReviewRow.state == "submitted"), closed.exists())
    return or_(ReviewRow.reviewer_id == scope.user, and_(told, ~blind(scope, ReviewRow.call_id)))


def session_goes_on() -> ColumnElement[bool]:
    """The condition that a review belongs to a calibration session that is still open."""
    mine = CalibrationRow.id == ReviewRow.calibration_id, CalibrationRow.closed_at.is_(None)
    return select(CalibrationRow.id).where(*mine).exists()


def answers_of(session: Session, review: int) -> dict[tuple[str, str], ReviewAnswer]:
    """Present answers, notes and the flag: ``{(question, part): row}``."""
    wanted = ReviewAnswer.review_id == review, ReviewAnswer.superseded_at.is_(None)
    return {(row.question, row.part): row for row in session.scalars(select(ReviewAnswer).where(*wanted))}


def score_of(session: Session, review: int) -> tuple[ReviewScore, dict[str, ReviewMark]] | None:
    """The last score of a review with its marks by question; None for a draft."""
    wanted = select(ReviewScore).where(ReviewScore.review_id == review)
    score = session.scalars(wanted.order_by(ReviewScore.version.desc()).limit(1)).one_or_none()
    if score is None:
        return None
    marks = session.scalars(select(ReviewMark).where(ReviewMark.score_id == score.id))
    return score, {mark.question: mark for mark in marks}


def suggestions(session: Session, found: Found, result: int) -> dict[str, Suggestion]:
    """What the machine answers by the verdicts of one result."""
    return prefill(found.card, verdicts_of(session, result), doubt=withheld(found.ranked.marks, found.ranked.duration))


def verdicts_of(session: Session, result: int) -> list[Verdict]:
    rows = session.scalars(select(VerdictRow).where(VerdictRow.result_id == result).order_by(VerdictRow.id))
    return [
        Verdict(row.rule, row.version, Value(row.value), row.reason, tuple(Evidence(**one) for one in row.evidence), row.confidence)
        for row in rows
    ]  # fmt: skip


def effective(
    card: Card, answers: Mapping[tuple[str, str], ReviewAnswer], suggested: Mapping[str, Suggestion]
) -> dict[str, tuple[str, str]]:
    """The answer and its source for each question that has one: a person's, else the machine's where it decides."""
    found = {}
    for question in card.questions:
        row, machine = answers.get((question.id, ANSWER)), suggested.get(question.id)
        if row is not None and row.value is not None:
            found[question.id] = (row.value, "person")
        elif machine is not None and machine.decides and machine.value is not None:
            found[question.id] = (machine.value, "machine")
    return found


def names_of(session: Session, org: int, keys: Iterable[int | None]) -> dict[int, str]:
    """Names of people by key."""
    wanted = {key for key in keys if key is not None}
    return dict(session.execute(select(User.id, User.name).where(User.org_id == org, User.id.in_(wanted))).all())
