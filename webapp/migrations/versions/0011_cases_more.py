"""Which calls a mail speaks of, so that the mail is erased with any of them.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ERASED = sa.text("call_id IS NULL")


def upgrade() -> None:
    """Make the table, and fill it for the mails that there are."""
    op.create_table(
        "mail_calls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("mail_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_mail_calls_call_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_mail_calls_mail_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_mail_calls_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_calls")),
    )
    op.create_index(op.f("ix_mail_calls_call_id"), "mail_calls", ["call_id"], unique=False)
    op.create_index(op.f("ix_mail_calls_mail_id"), "mail_calls", ["mail_id"], unique=False)
    op.create_index(
        "ix_mail_calls_erased", "mail_calls", ["org_id"], unique=False, sqlite_where=ERASED, postgresql_where=ERASED
    )
    op.execute(
        "INSERT INTO mail_calls (org_id, mail_id, call_id) SELECT DISTINCT deliveries.org_id, deliveries.mail_id, alerts.call_id "
        "FROM deliveries JOIN alerts ON alerts.id = deliveries.alert_id WHERE deliveries.mail_id IS NOT NULL"
    )


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("mail_calls")
