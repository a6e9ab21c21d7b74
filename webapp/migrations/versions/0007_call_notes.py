"""Tables of comments and corrections on calls.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "call_notes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("coaching", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_call_notes_author_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_call_notes_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_call_notes_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_call_notes_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_notes")),
        sa.UniqueConstraint("org_id", "public_id", "version", name=op.f("uq_call_notes_org_id_public_id_version")),
    )
    op.create_index(op.f("ix_call_notes_author_id"), "call_notes", ["author_id"], unique=False)
    op.create_index("ix_call_notes_call_id", "call_notes", ["call_id", "public_id", "version"], unique=False)
    op.create_table(
        "word_corrections",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_word_corrections_author_id")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_word_corrections_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_word_corrections_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_word_corrections_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_corrections")),
        sa.UniqueConstraint(
            "org_id", "call_id", "place", "version", name=op.f("uq_word_corrections_org_id_call_id_place_version")
        ),
    )
    op.create_index(op.f("ix_word_corrections_author_id"), "word_corrections", ["author_id"], unique=False)
    op.create_index(op.f("ix_word_corrections_call_id"), "word_corrections", ["call_id"], unique=False)


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("word_corrections")
    op.drop_table("call_notes")
