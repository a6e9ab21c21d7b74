"""How far people agree, with each other and with the machine, over the reviews inside a person's scope."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from dashboards.calibration import AgreementView, Figure, QuestionFigures
from pipeline.quality.agreement import Agreement
from pipeline.quality.calibration import MACHINE, Answered, nearness, questions
from pipeline.quality.scorecards import Card
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.finding import FIRST, session_goes_on, visible
from webapp.desk.scope import Scope
from webapp.store.scorecards import card_of, in_force
from webapp.tables import Ranked, ReviewMark, ReviewRow, ReviewScore, ScorecardRow

MOST = 5000  # reviews looked at, the newest first


@dataclass(frozen=True, slots=True)
class Marked:
    """One submitted review with its marks."""

    review: str
    call: str
    rater: int
    blind: bool
    score: float | None
    marks: tuple[ReviewMark, ...]


@dataclass(frozen=True)
class SqlAgreementDesk:
    """Agreement by card."""

    desk: SqlDesk

    def agreement(self, card: str, *, blind: bool = False) -> AgreementView | None:
        """Over all submitted reviews with a card; ``blind``: only over those given without seeing the machine."""
        scope = self.desk.scope
        with self.desk.store.database.read() as session:
            row = next((row for row in in_force(session, scope.org) if row.card == card), None)
            if row is None:
                return None
            here = ScorecardRow.card == card, ~session_goes_on()
            found = [one for one in marked(session, scope, here) if one.blind or not blind]
        raters: dict[str, set[int]] = {}
        for one in found:
            raters.setdefault(one.call, set()).add(one.rater)
        near = nearness(scores_of(found))
        return AgreementView(
            card, row.title, len(found), sum(len(who) > 1 for who in raters.values()), figures(card_of(row), found),
            near.near, near.mean_gap, near.pairs,
        )  # fmt: skip


def marked(session: Session, scope: Scope, conditions: Sequence[ColumnElement[bool]]) -> list[Marked]:
    """Submitted reviews that count and that this person may see, the newest first."""
    rows = session.execute(
        select(ReviewRow, ReviewScore, Ranked.public_id)
        .join(ReviewScore, ReviewScore.review_id == ReviewRow.id)
        .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
        .join(Ranked, Ranked.call_id == ReviewRow.call_id)
        .where(scope.calls("reviews:read"), visible(scope), ReviewScore.superseded_at.is_(None), *conditions)
        .order_by(ReviewRow.submitted_at.desc())
        .limit(MOST)
    ).all()
    marks: dict[int, list[ReviewMark]] = {}
    for mark in session.scalars(
        select(ReviewMark).where(ReviewMark.score_id.in_([score.id for _r, score, _c in rows]))
    ):
        marks.setdefault(mark.score_id, []).append(mark)
    return [
        Marked(row.public_id, call, row.reviewer_id, row.slot != FIRST, score.score, tuple(marks.get(score.id, ())))
        for row, score, call in rows
    ]


def figures(card: Card, found: Iterable[Marked]) -> tuple[QuestionFigures, ...]:
    """Agreement on each question. Answers nobody looked at are none; those the card no longer takes are left out."""
    people: list[Answered] = []
    machine: list[Answered] = []
    for one in found:
        for mark in one.marks:
            question = card.by_id.get(mark.question)
            if question is None or mark.source != "person" or mark.value not in question.values:
                continue
            people.append(Answered(one.call, str(one.rater), mark.question, mark.value))
            if mark.machine in question.values:
                machine.append(Answered(one.call, MACHINE, mark.question, mark.machine or ""))
    return tuple(
        QuestionFigures(one.question, one.ask, figure(one.people), figure(one.machine))
        for one in questions(card, people, machine)
    )


def scores_of(found: Iterable[Marked]) -> dict[str, dict[str, float]]:
    """``{call: {rater: score}}``."""
    scores: dict[str, dict[str, float]] = {}
    for one in found:
        if one.score is not None:
            scores.setdefault(one.call, {})[str(one.rater)] = one.score
    return scores


def figure(one: Agreement) -> Figure:
    return Figure(one.name, one.value, one.low, one.high, one.units, one.same, one.reading, one.note)
