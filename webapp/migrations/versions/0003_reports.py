"""Tables of reports and their schedules.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "report_schedules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("wanted", JSON, nullable=False),
        sa.Column("formats", JSON, nullable=False),
        sa.Column("recipients", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_report_schedules_org_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_report_schedules_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_report_schedules_org_id_public_id")),
    )
    op.create_table(
        "reports",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("schedule_id", KEY, nullable=True),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("asked_by", KEY, nullable=True),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("everywhere", sa.Boolean(), nullable=False),
        sa.Column("wanted", JSON, nullable=False),
        sa.Column("formats", JSON, nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("rows_done", sa.Integer(), nullable=False),
        sa.Column("rows_all", sa.Integer(), nullable=False),
        sa.Column("breaches", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_reports_state")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_reports_asked_by")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_reports_org_id")),
        sa.ForeignKeyConstraint(["schedule_id"], ["report_schedules.id"], name=op.f("fk_reports_schedule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_reports_org_id_public_id")),
        sa.UniqueConstraint("org_id", "schedule_id", "slot", name=op.f("uq_reports_org_id_schedule_id_slot")),
    )
    op.create_index("ix_reports_asked", "reports", ["org_id", "asked_at"], unique=False)
    op.create_index(
        "ix_reports_unfinished",
        "reports",
        ["org_id", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'running')"),
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_table(
        "report_teams",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("report_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_report_teams_org_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_teams_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_report_teams_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_teams")),
        sa.UniqueConstraint("org_id", "report_id", "team_id", name=op.f("uq_report_teams_org_id_report_id_team_id")),
    )
    op.create_index(op.f("ix_report_teams_report_id"), "report_teams", ["report_id"], unique=False)


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("report_teams")
    op.drop_table("reports")
    op.drop_table("report_schedules")
