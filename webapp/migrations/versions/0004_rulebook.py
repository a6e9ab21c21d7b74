"""Tables of published versions of rules.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "rulebooks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("back_to", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_rulebooks_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebooks")),
        sa.UniqueConstraint("org_id", "version", name=op.f("uq_rulebooks_org_id_version")),
    )
    op.create_table(
        "rulebook_rules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("rulebook_id", KEY, nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_rulebook_rules_org_id")),
        sa.ForeignKeyConstraint(["rulebook_id"], ["rulebooks.id"], name=op.f("fk_rulebook_rules_rulebook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rulebook_rules")),
        sa.UniqueConstraint("rulebook_id", "rule", name=op.f("uq_rulebook_rules_rulebook_id_rule")),
    )


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("rulebook_rules")
    op.drop_table("rulebooks")
