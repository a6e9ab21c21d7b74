"""Tables of the rolled-up figures of the overview.

Revision 0009, after 0008. Calls that were ranked before are marked, so that the next pass counts them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MARK = """
INSERT INTO outbox (org_id, kind, key, payload, attempt, created_at)
SELECT r.org_id, 'figures', r.public_id || '-0009', {payload}, 0, CURRENT_TIMESTAMP FROM ranked r
"""
PAYLOADS = {
    "sqlite": "json_object('call', r.public_id)",
    "postgresql": "jsonb_build_object('call', r.public_id)",
}


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "figure_cells",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("square", sa.Double(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_figure_cells_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_figure_cells_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_cells")),
        sa.UniqueConstraint(
            "org_id", "team_id", "day", "whole", "queue", "agent",
            name=op.f("uq_figure_cells_org_id_team_id_day_whole_queue_agent"),
        ),
    )  # fmt: skip
    op.create_index("ix_figure_cells_org_id_whole_day", "figure_cells", ["org_id", "whole", "day"])
    op.create_table(
        "figure_calls",
        sa.Column("call_id", KEY, autoincrement=False, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_figure_calls_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_figure_calls_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_figure_calls_team_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_figure_calls")),
    )
    op.create_index("ix_figure_calls_cell", "figure_calls", ["org_id", "team_id", "day", "queue", "agent"])
    op.execute(MARK.format(payload=PAYLOADS[op.get_bind().dialect.name]))


def downgrade() -> None:
    """Take the tables away."""
    op.execute("DELETE FROM outbox WHERE kind = 'figures'")
    op.drop_table("figure_calls")
    op.drop_table("figure_cells")
