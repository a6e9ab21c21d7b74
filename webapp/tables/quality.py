"""Scorecards, reviews, calibration, disputes and coaching.

Nothing that was decided is overwritten: an answer, a score and its marks get a successor and keep their place, so that
any figure can be asked as of an earlier moment. A review's row itself carries only where it stands.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.tables.base import Base, Json, Key, new_public_id

CURRENT = text("superseded_at IS NULL")
UNDONE = text("done_at IS NULL AND cancelled_at IS NULL")
OPEN = text("state = 'open'")


class ScorecardRow(Base):
    """One version of one scorecard, as its text stands. Only ever added to; the newest version is in force."""

    __tablename__ = "scorecards"
    __table_args__ = (UniqueConstraint("org_id", "card", "version"), UniqueConstraint("org_id", "public_id"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    card: Mapped[str]  # the id inside the text
    version: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[Key | None] = mapped_column(ForeignKey("users.id"))  # None: shipped, or the command line
    note: Mapped[str] = mapped_column(default="")


class CalibrationRow(Base):
    """A session in which people answer one card for the same calls without seeing each other, until it is closed."""

    __tablename__ = "calibrations"
    __table_args__ = (UniqueConstraint("org_id", "public_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    title: Mapped[str]
    scorecard_id: Mapped[Key] = mapped_column(ForeignKey("scorecards.id"))
    made_by: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")  # what was agreed in the talk afterwards


class CalibrationCall(Base):
    """A call of a session."""

    __tablename__ = "calibration_calls"
    __table_args__ = (UniqueConstraint("calibration_id", "call_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    calibration_id: Mapped[Key] = mapped_column(ForeignKey("calibrations.id", ondelete="CASCADE"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)


class CalibrationPerson(Base):
    """Somebody who takes part in a session."""

    __tablename__ = "calibration_people"
    __table_args__ = (UniqueConstraint("calibration_id", "user_id"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    calibration_id: Mapped[Key] = mapped_column(ForeignKey("calibrations.id", ondelete="CASCADE"))
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"), index=True)


class ReviewRow(Base):
    """One review of one call: draft -> submitted. Reopening makes the next edition, with the answers copied.

    ``slot`` says which review of the call it is: "first", "second", or "calibration:SESSION:USER". ``version`` counts
    its changes and is what a later change is held against.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'submitted')", name="state"),
        UniqueConstraint("org_id", "call_id", "slot", "edition"),
        UniqueConstraint("org_id", "public_id"),
        Index("ix_reviews_submitted", "org_id", "submitted_at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    scorecard_id: Mapped[Key] = mapped_column(ForeignKey("scorecards.id"))
    reviewer_id: Mapped[Key] = mapped_column(
        ForeignKey("users.id"), index=True
    )  # who began it; submitting takes it over
    calibration_id: Mapped[Key | None] = mapped_column(ForeignKey("calibrations.id"), index=True)
    result_id: Mapped[Key] = mapped_column(ForeignKey("results.id", ondelete="CASCADE"), index=True)
    slot: Mapped[str]
    edition: Mapped[int]
    state: Mapped[str]
    version: Mapped[int] = mapped_column(default=0)
    picked: Mapped[str]  # how the call was chosen: person, assigned, draw, calibration
    probability: Mapped[float | None]  # of being drawn, where it was
    begun_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]


class ReviewAnswer(Base):
    """One change of one answer (or of its note), by whom; the current one has no successor. Undoing adds a row too."""

    __tablename__ = "review_answers"
    __table_args__ = (
        UniqueConstraint("review_id", "version"),
        Index("uq_review_answers_current", "review_id", "question", "part", unique=True, sqlite_where=CURRENT,
              postgresql_where=CURRENT),
    )  # fmt: skip

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    review_id: Mapped[Key] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"))
    question: Mapped[str]  # "" for what belongs to the whole call
    part: Mapped[str]  # answer, note, flag
    value: Mapped[str | None]  # None: taken back
    version: Mapped[int]
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    undoes: Mapped[int | None]  # the version it takes back
    superseded_at: Mapped[datetime | None]


class ReviewScore(Base):
    """What a submitted review comes to; a corrected or reopened one gets a successor."""

    __tablename__ = "review_scores"
    __table_args__ = (
        UniqueConstraint("review_id", "version"),
        Index("uq_review_scores_current", "review_id", unique=True, sqlite_where=CURRENT, postgresql_where=CURRENT),
        Index("ix_review_scores_at", "org_id", "at"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    review_id: Mapped[Key] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"))
    version: Mapped[int]
    why: Mapped[str]  # submitted, corrected
    by: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    score: Mapped[float | None]
    quality: Mapped[float | None]
    compliance: Mapped[float | None]
    band: Mapped[str]
    fatal: Mapped[Json]  # ids of questions
    flagged: Mapped[bool]


class ReviewMark(Base):
    """One answer of one score, with what the machine said and which verdicts it rests on."""

    __tablename__ = "review_marks"
    __table_args__ = (
        UniqueConstraint("score_id", "question"),
        CheckConstraint("source IN ('person', 'machine')", name="source"),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    score_id: Mapped[Key] = mapped_column(ForeignKey("review_scores.id", ondelete="CASCADE"))
    question: Mapped[str]
    value: Mapped[str]
    source: Mapped[str]  # machine: nobody touched it
    note: Mapped[str] = mapped_column(default="")
    machine: Mapped[str | None]  # None: it left the question open, or has no rules
    verdicts: Mapped[Json]  # rule -> value
    says: Mapped[str]  # the answer as a verdict on those rules: PASS, FAIL, NOT_APPLICABLE or ""
    weight: Mapped[float]
    earned: Mapped[float | None]  # share of the weight; None: not applicable


class ReviewEvent(Base):
    """What happened to a review, when and by whom. Only ever added to."""

    __tablename__ = "review_events"

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    review_id: Mapped[Key] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    user_id: Mapped[Key | None] = mapped_column(ForeignKey("users.id"))
    what: Mapped[str]  # begun, submitted, reopened, acknowledged, disputed, upheld, rejected
    question: Mapped[str] = mapped_column(default="")
    old: Mapped[str] = mapped_column(default="")
    new: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")


class AssignmentRow(Base):
    """A call that somebody is asked to review: open -> done or cancelled."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("slot IN ('first', 'second')", name="slot"),
        UniqueConstraint("org_id", "public_id"),
        Index("uq_assignments_open", "org_id", "call_id", "slot", unique=True, sqlite_where=UNDONE, postgresql_where=UNDONE),
    )  # fmt: skip

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"), index=True)
    slot: Mapped[str]
    made_by: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    picked: Mapped[str]  # person, draw
    probability: Mapped[float | None]
    seed: Mapped[str] = mapped_column(default="")  # of the draw, so that it can be made again
    frame: Mapped[str] = mapped_column(default="")  # SHA-256 of the calls it was drawn from


class DisputeRow(Base):
    """An agent's objection to one answer: open -> upheld or rejected, by somebody who did not give the answer."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'upheld', 'rejected')", name="state"),
        UniqueConstraint("org_id", "public_id"),
        Index("uq_disputes_open", "review_id", "question", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    review_id: Mapped[Key] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"), index=True)
    question: Mapped[str]
    user_id: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str]
    at: Mapped[datetime]
    state: Mapped[str]
    decided_by: Mapped[Key | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(default="")
    old: Mapped[str]
    new: Mapped[str] = mapped_column(default="")


class RuleExample(Base):
    """What an upheld dispute teaches a rule: the call as a dialogue, and what the rule must say of it."""

    __tablename__ = "rule_examples"
    __table_args__ = (UniqueConstraint("dispute_id", "rule"),)

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    dispute_id: Mapped[Key] = mapped_column(ForeignKey("disputes.id", ondelete="CASCADE"))
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    rule: Mapped[str]
    expected: Mapped[str]  # a group of examples: passes, fires, not_applicable
    text: Mapped[str]  # redacted, "role: words" lines
    known: Mapped[Json]  # metadata of the call that rules ask for
    made_at: Mapped[datetime]


class CoachingRow(Base):
    """Something an agent is to do differently, tied to the seconds it was heard in, and measured on later calls."""

    __tablename__ = "coachings"
    __table_args__ = (UniqueConstraint("org_id", "public_id"), Index("ix_coachings_agent", "org_id", "agent"))

    id: Mapped[Key] = mapped_column(primary_key=True)
    org_id: Mapped[Key] = mapped_column(ForeignKey("orgs.id"))
    public_id: Mapped[str] = mapped_column(default=new_public_id)
    call_id: Mapped[Key] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    review_id: Mapped[Key] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"), index=True)
    agent: Mapped[str]
    card: Mapped[str]
    question: Mapped[str]
    start: Mapped[float]
    end: Mapped[float]
    agreed: Mapped[str]  # what the agent will do, for people
    made_by: Mapped[Key] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]  # by the agent
    closed_at: Mapped[datetime | None]
    closing: Mapped[str] = mapped_column(default="")
