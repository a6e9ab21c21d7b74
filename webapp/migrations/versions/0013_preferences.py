"""What a person has set for themselves, such as keys; scorecards being changed, and those in the trash.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IN_TRASH = sa.text("restored_at IS NULL")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "preferences",
        sa.Column("user_id", KEY, autoincrement=False, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("keys", JSON, nullable=False),
        sa.Column("single_keys", sa.Boolean(), nullable=False),
        sa.Column("density", sa.String(), nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("density IN ('comfortable', 'compact')", name=op.f("ck_preferences_density")),
        sa.CheckConstraint("theme IN ('system', 'light', 'dark')", name=op.f("ck_preferences_theme")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_preferences_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_preferences_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_preferences")),
    )
    _drafts()
    _trash()


def _drafts() -> None:
    op.create_table(
        "scorecard_drafts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_scorecard_drafts_org_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_scorecard_drafts_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_drafts")),
        sa.UniqueConstraint("token", name=op.f("uq_scorecard_drafts_token")),
    )
    place = ["org_id", "user_id", "card", "id"]
    op.create_index("ix_scorecard_drafts_of_person", "scorecard_drafts", place, unique=False)


def _trash() -> None:
    op.create_table(
        "scorecard_trash",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", KEY, nullable=False),
        sa.Column("restored_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name=op.f("fk_scorecard_trash_by")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_scorecard_trash_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scorecard_trash")),
    )
    op.create_index(
        "uq_scorecard_trash_card", "scorecard_trash", ["org_id", "card"], unique=True, sqlite_where=IN_TRASH,
        postgresql_where=IN_TRASH,
    )  # fmt: skip


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("scorecard_trash")
    op.drop_table("scorecard_drafts")
    op.drop_table("preferences")
