"""Deciding disputes: by somebody who did not give the answer; what is upheld corrects the score and teaches the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from dashboards.results import DisputeLine
from pipeline.quality.errors import AnswerError
from pipeline.quality.scoring import check_answer, score_card
from webapp.audit import write_audit
from webapp.desk.desk import SqlDesk
from webapp.desk.quality.examples import keep_examples
from webapp.desk.quality.finding import FLAG, NOTE, Found, answers_of, names_of, score_of, suggestions, visible
from webapp.desk.quality.submitting import add_score, note
from webapp.desk.quality.viewing import choices
from webapp.desk.scope import Scope
from webapp.desk.typed import kept_text
from webapp.notices.telling import DECIDED as TOLD
from webapp.notices.telling import News, tell
from webapp.store.scorecards import card_of
from webapp.store.standing import mark_reviewed
from webapp.tables import (
    DisputeRow,
    Ranked,
    ReviewAnswer,
    ReviewMark,
    ReviewRow,
    ReviewScore,
    RuleExample,
    ScorecardRow,
)

DECIDED = "dispute.decide"
LONGEST = 2000
SHOWN = 200


@dataclass(frozen=True)
class SqlDisputeDesk:
    """Disputes inside the scope of one person."""

    desk: SqlDesk

    def disputes(self, *, decided: bool = False) -> Sequence[DisputeLine]:
        """Those that wait for a decision, oldest first; with ``decided`` the others, latest first."""
        state = DisputeRow.state != "open" if decided else DisputeRow.state == "open"
        with self.desk.store.database.read() as session:
            found = dispute_lines(session, self.desk.scope, "reviews:read", [state])
        return list(reversed(found)) if decided else found

    def decide(self, dispute_id: str, upheld: bool, new: str, said: str, *, misheard: bool = False) -> str:
        """Decide: "" when it was done, else a sentence that says why not.

        ``new`` is the answer that counts from now on. ``misheard``: the words were wrong, not the rule, so that the call
        becomes no example of it.
        """
        store, scope = self.desk.store, self.desk.scope
        words, moment = kept_text(said, self.desk.desks.policy, LONGEST), store.clock()
        with store.database.write() as session:
            found = self._find(session, dispute_id)
            if found is None:
                return "There is no such dispute, or it is not one of yours."
            dispute, review = found
            if dispute.state != "open":
                return "Somebody else was faster: it is decided already."
            if scope.user in involved(session, review, dispute):
                return "Whoever gave the answer, or disputes it, does not decide about it."
            if not words:
                return "Say in a few words why."
            if upheld:
                try:
                    self._correct(session, review, dispute, new, moment, misheard=misheard)
                except AnswerError as error:
                    return str(error)
            dispute.state, dispute.decided_by, dispute.decided_at, dispute.said = (
                "upheld" if upheld else "rejected", scope.user, moment, words,
            )  # fmt: skip
            note(session, review.row, dispute.state, scope.user, moment, question=dispute.question, old=dispute.old,
                 new=dispute.new, text=words)  # fmt: skip
            news = News(
                TOLD, review.row.call_id, review.ranked.team_id, review.row.public_id, dispute.state, scope.user
            )
            tell(session, scope.org, news, [dispute.user_id, review.row.reviewer_id], moment)
            write_audit(session, scope.org, DECIDED, dispute_id, at=moment, by=scope.user, detail=dispute.state)
        return ""

    def _find(self, session: Session, dispute_id: str) -> tuple[DisputeRow, Found] | None:
        row = session.execute(
            select(DisputeRow, ReviewRow, Ranked, ScorecardRow)
            .join(ReviewRow, ReviewRow.id == DisputeRow.review_id)
            .join(Ranked, Ranked.call_id == ReviewRow.call_id)
            .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
            .where(
                self.desk.scope.calls("disputes:decide"), visible(self.desk.scope), DisputeRow.public_id == dispute_id
            )
            .with_for_update(of=(DisputeRow, ReviewRow))
        ).one_or_none()
        return (row[0], Found(*row[1:])) if row is not None else None

    def _correct(
        self, session: Session, review: Found, dispute: DisputeRow, new: str, moment: datetime, *, misheard: bool
    ) -> None:
        """The next version of the score, with the new answer; raises AnswerError for an answer that changes nothing."""
        question = check_answer(review.card, dispute.question, new)
        if new == dispute.old:
            raise AnswerError("Choose the answer that is right: to uphold a dispute means to change the answer.")
        kept = score_of(session, review.row.id)
        assert kept is not None  # a dispute is about a submitted review
        _score, marks = kept
        values = {mark.question: (mark.value, mark.source) for mark in marks.values()} | {question.id: (new, "person")}
        scored = score_card(review.card, {name: value for name, (value, _source) in values.items()})
        answers = answers_of(session, review.row.id)
        notes = {name: row.value or "" for (name, part), row in answers.items() if part == NOTE}
        flag = answers.get(("", FLAG))
        score = add_score(
            session, review, scored, {name: values[name] for name in scored.asked if name in values},
            suggestions(session, review, review.row.result_id), notes, flag=flag.value if flag else None, why="corrected",
            by=self.desk.scope.user, moment=moment,
        )  # fmt: skip
        mark_reviewed(session, review.row.call_id, score.flagged, moment)
        dispute.new = new
        if not misheard:
            keep_examples(session, self.desk, review, dispute, question, marks[question.id].verdicts, moment)


def dispute_lines(
    session: Session, scope: Scope, permission: str, conditions: Sequence[ColumnElement[bool]]
) -> list[DisputeLine]:
    """Disputes of reviews that this person may see, of calls on which a permission is held, oldest first."""
    rows = session.execute(
        select(DisputeRow, ReviewRow, Ranked, ScorecardRow)
        .join(ReviewRow, ReviewRow.id == DisputeRow.review_id)
        .join(Ranked, Ranked.call_id == ReviewRow.call_id)
        .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
        .where(scope.calls(permission), visible(scope), *conditions)
        .order_by(DisputeRow.at, DisputeRow.id)
        .limit(SHOWN)
    ).all()
    people = [key for d, r, *_ in rows for key in (d.user_id, d.decided_by, r.reviewer_id)]
    names = names_of(session, scope.org, people)
    return [
        _line(session, scope, dispute, Found(review, ranked, card), names) for dispute, review, ranked, card in rows
    ]


def involved(session: Session, review: Found, dispute: DisputeRow) -> set[int]:
    """Who must not decide: whoever submitted the review or gave the answer, and whoever disputes it."""
    this = ReviewAnswer.review_id == review.row.id, ReviewAnswer.question == dispute.question
    return {review.row.reviewer_id, dispute.user_id, *session.scalars(select(ReviewAnswer.user_id).where(*this))}


def _line(session: Session, scope: Scope, dispute: DisputeRow, found: Found, names: dict[int, str]) -> DisputeLine:
    question = card_of(found.scorecard).by_id[dispute.question]
    mark = session.scalars(
        select(ReviewMark).join(ReviewScore, ReviewScore.id == ReviewMark.score_id)
        .where(ReviewScore.review_id == found.row.id, ReviewMark.question == dispute.question)
        .order_by(ReviewScore.version).limit(1)
    ).one_or_none()  # fmt: skip
    said = mark.machine if mark is not None else None
    rules = tuple(
        session.scalars(select(RuleExample.rule).where(RuleExample.dispute_id == dispute.id).order_by(RuleExample.rule))
    )
    may = (
        scope.may("disputes:decide") and dispute.state == "open" and scope.user not in involved(session, found, dispute)
    )
    return DisputeLine(
        dispute.public_id, found.row.public_id, found.ranked.public_id, found.ranked.name or found.ranked.public_id[:8],
        found.ranked.agent, dispute.question, question.ask, question.title(dispute.old),
        question.title(dispute.new) if dispute.new else "", question.title(said) if said else "left open", dispute.text,
        names.get(dispute.user_id, ""), dispute.at, dispute.state, names.get(found.row.reviewer_id, ""),
        names.get(dispute.decided_by or 0, ""), dispute.decided_at, dispute.said, may,
        tuple(one for one in choices(question) if one.value != dispute.old), rules,
    )  # fmt: skip
