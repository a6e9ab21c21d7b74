"""Lists of reviews, assignments and cards for one person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from dashboards.cards import CardLine
from dashboards.reviews import AssignmentLine, MyWork, ReviewLine
from pipeline.quality.scorecards import Nature
from pipeline.records import Value
from pipeline.search.documents import TOPIC
from webapp.desk.quality.finding import FIRST, Found, names_of, session_goes_on, visible
from webapp.desk.quality.viewing import standing
from webapp.desk.scope import Scope
from webapp.store.rulepacks import packs_of
from webapp.store.scorecards import card_of, in_force
from webapp.tables import (
    AssignmentRow,
    DisputeRow,
    FindingRow,
    MetadataVersion,
    Ranked,
    ReviewMark,
    ReviewRow,
    ReviewScore,
    ScorecardRow,
    VerdictRow,
)

RECENT = 50
JUDGED_AGAIN = 30  # reviews that are looked at for a machine that has changed its mind


def my_work(session: Session, scope: Scope) -> MyWork:
    """What is assigned (to oneself first; for who assigns, everything), own drafts, and what was submitted of late."""
    return MyWork(
        tuple(assignments(session, scope)), drafts(session, scope), recent(session, scope), doubted(session, scope)
    )


def assignments(session: Session, scope: Scope) -> list[AssignmentLine]:
    """Open assignments: one's own first, by when they are due; those of others only for who may assign."""
    open_ = AssignmentRow.done_at.is_(None), AssignmentRow.cancelled_at.is_(None)
    own = AssignmentRow.user_id == scope.user
    whose = or_(own, scope.calls("reviews:assign"))
    rows = session.execute(
        select(AssignmentRow, Ranked)
        .join(Ranked, Ranked.call_id == AssignmentRow.call_id)
        .where(scope.calls("reviews:read"), *open_, whose)
        .order_by((~own), AssignmentRow.due_at.is_(None), AssignmentRow.due_at, AssignmentRow.id)
        .limit(200)
    ).all()
    names = names_of(session, scope.org, [key for row, _ in rows for key in (row.user_id, row.made_by)])
    return [
        AssignmentLine(
            row.public_id, ranked.public_id, ranked.name or ranked.public_id[:8], ranked.agent, row.slot,
            names.get(row.user_id, ""), names.get(row.made_by, ""), row.made_at, row.due_at, row.picked, row.probability,
            row.user_id == scope.user, fitting(session, scope, ranked) if row.user_id == scope.user else "",
        )
        for row, ranked in rows
    ]  # fmt: skip


def drafts(session: Session, scope: Scope) -> tuple[ReviewLine, ...]:
    """Reviews that this person began and did not submit."""
    mine = ReviewRow.reviewer_id == scope.user, ReviewRow.state == "draft"
    return _lines(session, scope, [*mine], limit=RECENT)


def recent(session: Session, scope: Scope) -> tuple[ReviewLine, ...]:
    """Submitted reviews that count, newest first."""
    return _lines(
        session, scope, [ReviewRow.state == "submitted", ReviewScore.id.is_not(None), visible(scope)], limit=RECENT
    )


def doubted(session: Session, scope: Scope) -> tuple[ReviewLine, ...]:
    """Own decisions (for who assigns: everybody's) that the machine would answer otherwise by a newer result of the call."""
    whose = or_(ReviewRow.reviewer_id == scope.user, scope.calls("reviews:assign"))
    rows = session.execute(
        select(ReviewRow, Ranked, ScorecardRow)
        .join(Ranked, Ranked.call_id == ReviewRow.call_id)
        .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
        .join(ReviewScore, (ReviewScore.review_id == ReviewRow.id) & ReviewScore.superseded_at.is_(None))
        .where(scope.calls("reviews:write"), visible(scope), whose, ReviewRow.slot == FIRST)
        .where(ReviewRow.result_id != Ranked.result_id)
        .order_by(ReviewRow.submitted_at.desc())
        .limit(JUDGED_AGAIN)
    ).all()
    return lines(
        session, scope, [row.id for row, call, card in rows if standing(session, Found(row, call, card)).newer]
    )


def lines(session: Session, scope: Scope, keys: Sequence[int]) -> tuple[ReviewLine, ...]:
    return _lines(session, scope, [ReviewRow.id.in_(keys)], limit=len(keys)) if keys else ()


def next_call(session: Session, scope: Scope) -> str | None:
    """The public id of the call this person was asked to review next."""
    open_ = AssignmentRow.done_at.is_(None), AssignmentRow.cancelled_at.is_(None)
    return session.scalar(
        select(Ranked.public_id)
        .join(AssignmentRow, AssignmentRow.call_id == Ranked.call_id)
        .where(scope.calls("reviews:write"), AssignmentRow.user_id == scope.user, *open_)
        .order_by(AssignmentRow.due_at.is_(None), AssignmentRow.due_at, AssignmentRow.id)
        .limit(1)
    )


def fitting(session: Session, scope: Scope, ranked: Ranked) -> str:
    """The card that declares calls like this one as its own, by what kind of call it is; "" where none does."""
    call = _nature(session, scope, ranked)
    found = [(card_of(row).body.applies.fits(call), row.card) for row in in_force(session, scope.org)]
    most, card = max(found, key=lambda one: one[0], default=(0, ""))
    return card if most else ""


def _nature(session: Session, scope: Scope, ranked: Ranked) -> Nature:
    judged = VerdictRow.result_id == ranked.result_id, VerdictRow.value.in_((Value.PASS, Value.FAIL))
    packs = packs_of(session, scope.org, session.scalars(select(VerdictRow.rule).where(*judged).distinct()))
    about = FindingRow.result_id == ranked.result_id, FindingRow.kind.startswith(TOPIC, autoescape=True)
    topics = {kind.removeprefix(TOPIC) for kind in session.scalars(select(FindingRow.kind).where(*about))}
    told = MetadataVersion.call_id == ranked.call_id, MetadataVersion.superseded_at.is_(None)
    known = session.scalars(select(MetadataVersion.known).where(*told)).first() or {}
    return Nature(ranked.queue, ranked.direction, known.get("call_type") or "", topics, packs)


def cards(session: Session, scope: Scope) -> list[CardLine]:
    """The cards in force, by title."""
    rows = in_force(session, scope.org)
    names = names_of(session, scope.org, [row.made_by for row in rows])
    return [card_line(row, names.get(row.made_by or 0, "")) for row in rows]


def card_line(row: ScorecardRow, by: str) -> CardLine:
    card = card_of(row)
    weight = sum(question.weight for question in card.questions)
    return CardLine(row.card, row.title, card.body.about, row.version, len(card.questions), weight, row.made_at, by,
                    row.note, row.text, not card.body.applies.model_fields_set)  # fmt: skip


def _lines(
    session: Session, scope: Scope, conditions: Sequence[ColumnElement[bool]], *, limit: int
) -> tuple[ReviewLine, ...]:
    rows = session.execute(
        select(ReviewRow, Ranked, ScorecardRow.title, ReviewScore)
        .join(Ranked, Ranked.call_id == ReviewRow.call_id)
        .join(ScorecardRow, ScorecardRow.id == ReviewRow.scorecard_id)
        .outerjoin(ReviewScore, (ReviewScore.review_id == ReviewRow.id) & ReviewScore.superseded_at.is_(None))
        .where(scope.calls("reviews:read"), ReviewRow.org_id == scope.org, *conditions)
        .order_by(func.coalesce(ReviewRow.submitted_at, ReviewRow.begun_at).desc(), ReviewRow.id.desc())
        .limit(limit)
    ).all()
    names = names_of(session, scope.org, [row.reviewer_id for row, *_ in rows])
    disputed, differs = _disputed(session, [r.id for r, *_ in rows]), _differs(session, [s.id for *_, s in rows if s])
    return tuple(
        ReviewLine(
            row.public_id, ranked.public_id, ranked.name or ranked.public_id[:8], ranked.agent, title,
            row.slot.partition(":")[0], row.state, names.get(row.reviewer_id, ""), row.submitted_at or row.begun_at,
            score.score if score else None, score.band if score else "", tuple(score.fatal) if score else (),
            score.flagged if score else False, row.acknowledged_at is not None, disputed.get(row.id, 0),
            differs.get(score.id, 0) if score else 0,
        )
        for row, ranked, title, score in rows
    )  # fmt: skip


def _disputed(session: Session, reviews: Sequence[int]) -> dict[int, int]:
    wanted = DisputeRow.review_id.in_(reviews), DisputeRow.state == "open"
    counted = select(DisputeRow.review_id, func.count()).where(*wanted).group_by(DisputeRow.review_id)
    return dict(session.execute(counted).all())


def _differs(session: Session, scores: Sequence[int]) -> dict[int, int]:
    """Answers unlike the machine's by score; what it says is not told while a calibration session goes on."""
    other = ReviewMark.score_id.in_(scores), ReviewMark.machine.is_not(None), ReviewMark.machine != ReviewMark.value
    told = (
        select(ReviewMark.score_id, func.count())
        .join(ReviewScore, ReviewScore.id == ReviewMark.score_id)
        .join(ReviewRow, ReviewRow.id == ReviewScore.review_id)
    )
    counted = told.where(*other, ~session_goes_on()).group_by(ReviewMark.score_id)
    return dict(session.execute(counted).all())
