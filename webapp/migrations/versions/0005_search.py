"""Tables of the search index and saved searches.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "searches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=True),
        sa.Column("everyone", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("order", JSON, nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.CheckConstraint("name <> '' OR (team_id IS NULL AND NOT everyone)", name=op.f("ck_searches_shared")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_searches_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_searches_user_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_searches_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_searches_org_id_public_id")),
    )
    op.create_index("ix_searches_owner", "searches", ["org_id", "user_id", "asked"])
    op.create_index("ix_searches_used", "searches", ["org_id", "used_at"])
    op.create_index(op.f("ix_searches_user_id"), "searches", ["user_id"])
    op.create_index(op.f("ix_searches_team_id"), "searches", ["team_id"])
    op.create_table(
        "call_vectors",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_call_vectors_org_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_vectors_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_vectors")),
        sa.UniqueConstraint("call_id", "model", name=op.f("uq_call_vectors_call_id_model")),
    )
    op.create_index(op.f("ix_call_vectors_call_id"), "call_vectors", ["call_id"])
    op.create_table(
        "search_builds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("running", sa.Integer(), nullable=True),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_builds")),
        sa.UniqueConstraint("running", name=op.f("uq_search_builds_running")),
    )


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("search_builds")
    op.drop_table("call_vectors")
    op.drop_table("searches")
