"""Tables of scorecards, reviews, calibration and disputes.

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "scorecards",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", KEY, nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_scorecards_made_by")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_scorecards_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecards")),
        sa.UniqueConstraint("org_id", "card", "version", name=op.f("uq_scorecards_org_id_card_version")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_scorecards_org_id_public_id")),
    )
    op.create_table(
        "assignments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("cancelled_at", MOMENT, nullable=True),
        sa.Column("picked", sa.String(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("frame", sa.String(), nullable=False),
        sa.CheckConstraint("slot IN ('first', 'second')", name=op.f("ck_assignments_slot")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_assignments_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_assignments_made_by")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_assignments_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_assignments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_assignments_org_id_public_id")),
    )
    op.create_index(op.f("ix_assignments_call_id"), "assignments", ["call_id"], unique=False)
    op.create_index(op.f("ix_assignments_user_id"), "assignments", ["user_id"], unique=False)
    op.create_index(
        "uq_assignments_open",
        "assignments",
        ["org_id", "call_id", "slot"],
        unique=True,
        sqlite_where=sa.text("done_at IS NULL AND cancelled_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL AND cancelled_at IS NULL"),
    )
    op.create_table(
        "calibrations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("scorecard_id", KEY, nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_calibrations_made_by")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_calibrations_org_id")),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecards.id"], name=op.f("fk_calibrations_scorecard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibrations")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_calibrations_org_id_public_id")),
    )
    op.create_table(
        "calibration_calls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("calibration_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibrations.id"],
            name=op.f("fk_calibration_calls_calibration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_calibration_calls_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_calibration_calls_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_calls")),
        sa.UniqueConstraint("calibration_id", "call_id", name=op.f("uq_calibration_calls_calibration_id_call_id")),
    )
    op.create_index(op.f("ix_calibration_calls_call_id"), "calibration_calls", ["call_id"], unique=False)
    op.create_table(
        "calibration_people",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("calibration_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibrations.id"],
            name=op.f("fk_calibration_people_calibration_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_calibration_people_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_calibration_people_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration_people")),
        sa.UniqueConstraint("calibration_id", "user_id", name=op.f("uq_calibration_people_calibration_id_user_id")),
    )
    op.create_index(op.f("ix_calibration_people_user_id"), "calibration_people", ["user_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("scorecard_id", KEY, nullable=False),
        sa.Column("reviewer_id", KEY, nullable=False),
        sa.Column("calibration_id", KEY, nullable=True),
        sa.Column("result_id", KEY, nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("picked", sa.String(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("submitted_at", MOMENT, nullable=True),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('draft', 'submitted')", name=op.f("ck_reviews_state")),
        sa.ForeignKeyConstraint(["calibration_id"], ["calibrations.id"], name=op.f("fk_reviews_calibration_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_reviews_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_reviews_org_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_reviews_result_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["users.id"], name=op.f("fk_reviews_reviewer_id")),
        sa.ForeignKeyConstraint(["scorecard_id"], ["scorecards.id"], name=op.f("fk_reviews_scorecard_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint(
            "org_id", "call_id", "slot", "edition", name=op.f("uq_reviews_org_id_call_id_slot_edition")
        ),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_reviews_org_id_public_id")),
    )
    op.create_index(op.f("ix_reviews_calibration_id"), "reviews", ["calibration_id"], unique=False)
    op.create_index(op.f("ix_reviews_call_id"), "reviews", ["call_id"], unique=False)
    op.create_index(op.f("ix_reviews_result_id"), "reviews", ["result_id"], unique=False)
    op.create_index(op.f("ix_reviews_reviewer_id"), "reviews", ["reviewer_id"], unique=False)
    op.create_index("ix_reviews_submitted", "reviews", ["org_id", "submitted_at"], unique=False)
    op.create_table(
        "coachings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("review_id", KEY, nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("agreed", sa.String(), nullable=False),
        sa.Column("made_by", KEY, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=True),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closing", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_coachings_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_coachings_made_by")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_coachings_org_id")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_coachings_review_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coachings")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_coachings_org_id_public_id")),
    )
    op.create_index("ix_coachings_agent", "coachings", ["org_id", "agent"], unique=False)
    op.create_index(op.f("ix_coachings_call_id"), "coachings", ["call_id"], unique=False)
    op.create_index(op.f("ix_coachings_review_id"), "coachings", ["review_id"], unique=False)
    op.create_table(
        "disputes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("review_id", KEY, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", MOMENT, nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'upheld', 'rejected')", name=op.f("ck_disputes_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["users.id"], name=op.f("fk_disputes_decided_by")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_disputes_org_id")),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_disputes_review_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_disputes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_disputes_org_id_public_id")),
    )
    op.create_index(op.f("ix_disputes_review_id"), "disputes", ["review_id"], unique=False)
    op.create_index(
        "uq_disputes_open",
        "disputes",
        ["review_id", "question"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "review_answers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("review_id", KEY, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_review_answers_org_id")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_answers_review_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_review_answers_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_answers")),
        sa.UniqueConstraint("review_id", "version", name=op.f("uq_review_answers_review_id_version")),
    )
    op.create_index(
        "uq_review_answers_current",
        "review_answers",
        ["review_id", "question", "part"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "review_events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("review_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("old", sa.String(), nullable=False),
        sa.Column("new", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_review_events_org_id")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_events_review_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_review_events_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_events")),
    )
    op.create_index(op.f("ix_review_events_review_id"), "review_events", ["review_id"], unique=False)
    op.create_table(
        "review_scores",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("review_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("quality", sa.Double(), nullable=True),
        sa.Column("compliance", sa.Double(), nullable=True),
        sa.Column("band", sa.String(), nullable=False),
        sa.Column("fatal", JSON, nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_review_scores_by")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_review_scores_org_id")),
        sa.ForeignKeyConstraint(
            ["review_id"], ["reviews.id"], name=op.f("fk_review_scores_review_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_scores")),
        sa.UniqueConstraint("review_id", "version", name=op.f("uq_review_scores_review_id_version")),
    )
    op.create_index("ix_review_scores_at", "review_scores", ["org_id", "at"], unique=False)
    op.create_index(
        "uq_review_scores_current",
        "review_scores",
        ["review_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "review_marks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("score_id", KEY, nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=True),
        sa.Column("verdicts", JSON, nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("earned", sa.Double(), nullable=True),
        sa.CheckConstraint("source IN ('person', 'machine')", name=op.f("ck_review_marks_source")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_review_marks_org_id")),
        sa.ForeignKeyConstraint(
            ["score_id"], ["review_scores.id"], name=op.f("fk_review_marks_score_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_marks")),
        sa.UniqueConstraint("score_id", "question", name=op.f("uq_review_marks_score_id_question")),
    )
    op.create_table(
        "rule_examples",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("dispute_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("expected", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("known", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_rule_examples_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_rule_examples_dispute_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_rule_examples_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_examples")),
        sa.UniqueConstraint("dispute_id", "rule", name=op.f("uq_rule_examples_dispute_id_rule")),
    )
    op.create_index(op.f("ix_rule_examples_call_id"), "rule_examples", ["call_id"], unique=False)


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("rule_examples")
    op.drop_table("review_marks")
    op.drop_table("review_scores")
    op.drop_table("review_events")
    op.drop_table("review_answers")
    op.drop_table("disputes")
    op.drop_table("coachings")
    op.drop_table("reviews")
    op.drop_table("calibration_people")
    op.drop_table("calibration_calls")
    op.drop_table("calibrations")
    op.drop_table("assignments")
    op.drop_table("scorecards")
