"""Submitting a review: its answers become a score with marks, each beside what the machine said.

Reopening never changes what was submitted: it makes the next edition, and submitting that one closes the score before.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pipeline.quality.prefill import Suggestion
from pipeline.quality.scorecards import NA, Question
from pipeline.quality.scoring import Scored, score_card
from pipeline.records import Value
from webapp.audit import write_audit
from webapp.desk.quality.finding import FIRST, FLAG, NOTE, SECOND, Found, score_of, suggestions
from webapp.desk.quality.viewing import Standing, standing
from webapp.notices.telling import FATAL, News, holding, tell
from webapp.store.standing import mark_reviewed
from webapp.tables import AssignmentRow, ReviewAnswer, ReviewEvent, ReviewMark, ReviewRow, ReviewScore
from webapp.tables.base import new_public_id

SUBMITTED, REOPENED = "review.submit", "review.reopen"


def submit(session: Session, found: Found, user: int, moment: datetime) -> tuple[str, ...]:
    """Score and close the review; the questions that are still open, in which case nothing was done."""
    now = standing(session, found)
    scored = _scored(found, now)
    if scored.open:
        return scored.open
    row = found.row
    row.result_id = found.ranked.result_id
    row.state, row.submitted_at, row.reviewer_id = "submitted", moment, user
    _close_earlier(session, row, moment)
    suggested = now.suggested or suggestions(session, found, row.result_id)
    answers = {name: now.values[name] for name in scored.asked}
    notes = {question: one.value or "" for (question, part), one in now.answers.items() if part == NOTE}
    score = add_score(
        session, found, scored, answers, suggested, notes, flag=_flag(now), why="submitted", by=user, moment=moment
    )
    note(session, row, "submitted", user, moment, new="" if scored.score is None else f"{scored.score:.0f}")
    if found.slot in (FIRST, SECOND):
        _finish_assignment(session, found, moment)
        mark_reviewed(session, row.call_id, score.flagged, moment)
        _tell_fatal(session, found, user, moment)
    write_audit(session, row.org_id, SUBMITTED, row.public_id, at=moment, by=user)
    session.flush()
    return ()


def _tell_fatal(session: Session, found: Found, user: int, moment: datetime) -> None:
    """The leads of the call's team hear of each answer by which the whole review fails."""
    kept = score_of(session, found.row.id)
    for question in kept[0].fatal if kept else ():
        news = News(FATAL, found.row.call_id, found.ranked.team_id, found.row.public_id, question, user)
        leads = holding(session, found.row.org_id, "reviews:assign", found.ranked.team_id)
        tell(session, found.row.org_id, news, leads, moment)


def add_score(
    session: Session, found: Found, scored: Scored, answers: Mapping[str, tuple[str, str]],
    suggested: Mapping[str, Suggestion], notes: Mapping[str, str], *, flag: str | None, why: str, by: int, moment: datetime,
) -> ReviewScore:  # fmt: skip
    """The next score of a review with its marks; the one before is closed."""
    mine = ReviewScore.review_id == found.row.id
    session.execute(update(ReviewScore).where(mine, ReviewScore.superseded_at.is_(None)).values(superseded_at=moment))
    version = (session.scalar(select(func.max(ReviewScore.version)).where(mine)) or 0) + 1
    score = ReviewScore(
        org_id=found.row.org_id, review_id=found.row.id, version=version, why=why, by=by, at=moment, score=scored.score,
        quality=scored.quality, compliance=scored.compliance, band=scored.band or "", fatal=list(scored.fatal),
        flagged=flag == "yes" if flag else scored.band == "flag",
    )  # fmt: skip
    session.add(score)
    session.flush()
    for name, (value, source) in answers.items():
        question, said = found.card.by_id[name], suggested.get(name)
        option = question.option(value)
        session.add(ReviewMark(
            org_id=found.row.org_id, score_id=score.id, question=name, value=value, source=source,
            note=notes.get(name, ""), machine=said.value if said else None, verdicts=dict(said.verdicts) if said else {},
            says=as_verdict(question, value), weight=question.weight, earned=option.earns if option else None,
        ))  # fmt: skip
    session.flush()
    return score


def as_verdict(question: Question, value: str) -> str:
    """An answer as a verdict on the question's rules; "" where it is none (no rules, or an answer in between)."""
    machine = question.machine
    if machine is None:
        return ""
    said = {machine.passes or question.best: Value.PASS, machine.fails or question.worst: Value.FAIL}
    said[NA] = Value.NOT_APPLICABLE
    return str(said[value]) if value in said else ""


def reopen(session: Session, found: Found, user: int, reason: str, moment: datetime) -> ReviewRow:
    """The next edition as a draft, with what people answered; the one that is there where somebody was faster."""
    row = found.row
    slot = ReviewRow.org_id == row.org_id, ReviewRow.call_id == row.call_id, ReviewRow.slot == row.slot
    last = session.scalars(select(ReviewRow).where(*slot).order_by(ReviewRow.edition.desc()).limit(1)).one()
    if last.state == "draft":
        return last
    fresh = ReviewRow(
        org_id=row.org_id, public_id=new_public_id(), call_id=row.call_id, scorecard_id=row.scorecard_id, reviewer_id=user,
        result_id=found.ranked.result_id, slot=row.slot, edition=last.edition + 1, state="draft", version=0,
        picked=row.picked, probability=row.probability, begun_at=moment,
    )  # fmt: skip
    session.add(fresh)
    session.flush()
    before = session.scalars(
        select(ReviewAnswer)
        .where(ReviewAnswer.review_id == last.id, ReviewAnswer.superseded_at.is_(None), ReviewAnswer.value.is_not(None))
        .order_by(ReviewAnswer.version)
    )
    for one in before.all():
        fresh.version += 1
        session.add(ReviewAnswer(
            org_id=row.org_id, review_id=fresh.id, question=one.question, part=one.part, value=one.value,
            version=fresh.version, user_id=one.user_id, at=moment,
        ))  # fmt: skip
    for event_of in (row, fresh):
        note(session, event_of, "reopened", user, moment, text=reason)
    write_audit(session, row.org_id, REOPENED, row.public_id, at=moment, by=user, detail=reason)
    session.flush()
    return fresh


def note(
    session: Session, row: ReviewRow, what: str, user: int | None, moment: datetime, *, question: str = "", old: str = "",
    new: str = "", text: str = "",
) -> None:  # fmt: skip
    """Add a line to the review's history."""
    session.add(ReviewEvent(org_id=row.org_id, review_id=row.id, at=moment, user_id=user, what=what, question=question,
                            old=old, new=new, note=text))  # fmt: skip


def _scored(found: Found, now: Standing) -> Scored:
    return score_card(found.card, {name: value for name, (value, _source) in now.values.items()})


def _flag(now: Standing) -> str | None:
    row = now.answers.get(("", FLAG))
    return row.value if row is not None else None


def _close_earlier(session: Session, row: ReviewRow, moment: datetime) -> None:
    """Scores of earlier editions end with this one."""
    earlier = select(ReviewRow.id).where(
        ReviewRow.org_id == row.org_id,
        ReviewRow.call_id == row.call_id,
        ReviewRow.slot == row.slot,
        ReviewRow.id != row.id,
    )
    open_ = ReviewScore.review_id.in_(earlier), ReviewScore.superseded_at.is_(None)
    session.execute(update(ReviewScore).where(*open_).values(superseded_at=moment))


def _finish_assignment(session: Session, found: Found, moment: datetime) -> None:
    waiting = AssignmentRow.done_at.is_(None), AssignmentRow.cancelled_at.is_(None)
    this = AssignmentRow.org_id == found.row.org_id, AssignmentRow.call_id == found.row.call_id
    session.execute(
        update(AssignmentRow).where(*this, *waiting, AssignmentRow.slot == found.slot).values(done_at=moment)
    )
