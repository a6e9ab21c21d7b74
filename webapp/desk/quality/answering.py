"""Answering: each change is one row, held against the version its author saw, and can be taken back.

Two people may answer one review at once. Changes of different questions both stand. Who changes a question that somebody
else changed meanwhile is told, with what stands now; nothing is overwritten unasked, and nothing is ever deleted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dashboards.reviews import Change, Clash
from pipeline.quality.errors import AnswerError
from pipeline.quality.scorecards import Card
from pipeline.quality.scoring import check_answer
from webapp.desk.quality.finding import ANSWER, FLAG, NOTE, Found, answers_of, names_of
from webapp.store.texts import clean
from webapp.tables import ReviewAnswer

LONGEST = 2000  # characters of a note
FLAGS = ("yes", "no")


def change(session: Session, found: Found, wanted: Change, user: int, moment: datetime) -> Clash | None:
    """Write one change; the clash where somebody else was faster. Raises AnswerError for what no card takes."""
    value = _checked(found.card, wanted)
    present = answers_of(session, found.row.id).get((wanted.question, wanted.part))
    if present is not None and present.value == value:
        return None
    if present is not None and present.version != wanted.base and not wanted.force:
        names = names_of(session, found.row.org_id, [present.user_id])
        question = found.card.by_id.get(wanted.question)
        title = question.title(present.value) if question and present.value and wanted.part == ANSWER else present.value
        return Clash(
            wanted.question, wanted.part, present.value, title or "nothing", names.get(present.user_id, ""), present.at
        )
    write(session, found, wanted.question, wanted.part, value, user, moment)
    return None


def undo(session: Session, found: Found, user: int, moment: datetime) -> str:
    """Take back this person's last change that still stands; what it was, for people, or "" when there is none."""
    rows = list(
        session.scalars(
            select(ReviewAnswer).where(ReviewAnswer.review_id == found.row.id).order_by(ReviewAnswer.version)
        )
    )
    taken_back = {row.undoes for row in rows if row.undoes is not None}
    own = [row for row in rows if row.user_id == user and row.undoes is None and row.version not in taken_back]
    for row in reversed(own):
        same = [one for one in rows if (one.question, one.part) == (row.question, row.part)]
        if _stands(row, same[-1], user):
            before = [one for one in same if one.version < row.version]
            value = before[-1].value if before else None
            write(session, found, row.question, row.part, value, user, moment, undoes=row.version)
            return _told(found.card, row)
    return ""


def write(
    session: Session, found: Found, question: str, part: str, value: str | None, user: int, moment: datetime,
    *, undoes: int | None = None,
) -> None:  # fmt: skip
    """Add one row and close the one before."""
    here = ReviewAnswer.review_id == found.row.id, ReviewAnswer.question == question, ReviewAnswer.part == part
    session.execute(
        update(ReviewAnswer).where(*here, ReviewAnswer.superseded_at.is_(None)).values(superseded_at=moment)
    )
    found.row.version += 1
    session.add(ReviewAnswer(
        org_id=found.row.org_id, review_id=found.row.id, question=question, part=part, value=value,
        version=found.row.version, user_id=user, at=moment, undoes=undoes,
    ))  # fmt: skip
    session.flush()


def _checked(card: Card, wanted: Change) -> str | None:
    """The value as it is kept."""
    value = clean(wanted.value) if wanted.value is not None else None
    if wanted.part == NOTE:
        if wanted.question and wanted.question not in card.by_id:
            raise AnswerError(f'The scorecard "{card.body.title}" has no question "{wanted.question}".')
        return (value or "").strip() or None
    if wanted.part == FLAG and not wanted.question:
        if value not in (*FLAGS, None):
            raise AnswerError(f'A call is flagged with yes or no, not with "{value}".')
        return value
    if wanted.part != ANSWER:
        raise AnswerError(f'There is no part "{wanted.part}" of an answer.')
    if value is not None:
        check_answer(card, wanted.question, value)
    elif wanted.question not in card.by_id:
        raise AnswerError(f'The scorecard "{card.body.title}" has no question "{wanted.question}".')
    return value


def short_enough(note: str) -> str:
    """``note``; raises AnswerError for one that is too long: cut off, its end would be lost without a word."""
    if len(note) > LONGEST:
        raise AnswerError(
            f"The note has {len(note):,} characters and may have {LONGEST:,}. It is not kept yet: shorten it by {len(note) - LONGEST:,}."
        )
    return note


def _stands(row: ReviewAnswer, last: ReviewAnswer, user: int) -> bool:
    """Whether what ``row`` said is what counts now: by itself, or because a later change was taken back to it."""
    restored = last.undoes is not None and last.user_id == user and last.value == row.value
    return last.version == row.version or restored


def _told(card: Card, row: ReviewAnswer) -> str:
    question = card.by_id.get(row.question)
    if row.part == ANSWER and question is not None:
        said = question.title(row.value) if row.value else "no answer"
        return f"“{said}” to “{question.ask}” was taken back."
    return "The note was taken back." if row.part == NOTE else "The flag was taken back."
