"""Tables of cases, alerts and mails.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "cases",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("pack", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("risk", sa.Double(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("merged_into", KEY, nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'acknowledged', 'closed', 'withdrawn', 'merged')", name=op.f("ck_cases_state")
        ),
        sa.ForeignKeyConstraint(["merged_into"], ["cases.id"], name=op.f("fk_cases_merged_into")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_cases_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_cases_org_id_public_id")),
    )
    op.create_index("ix_cases_state", "cases", ["org_id", "state", "last_at"], unique=False)
    op.create_table(
        "mails",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'filed', 'refused')", name=op.f("ck_mails_state")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_mails_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("org_id", "key", name=op.f("uq_mails_org_id_key")),
        sa.UniqueConstraint("org_id", "message_id", name=op.f("uq_mails_org_id_message_id")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_mails_org_id_public_id")),
    )
    op.create_index("ix_mails_made_at", "mails", ["org_id", "made_at"], unique=False)
    op.create_table(
        "case_history",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("risk", sa.Double(), nullable=False),
        sa.Column("calls", JSON, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_history_case_id")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_case_history_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_case_history_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_history")),
    )
    op.create_index(op.f("ix_case_history_case_id"), "case_history", ["case_id"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("risk", sa.Double(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("acknowledged_at", MOMENT, nullable=True),
        sa.Column("acknowledged_by", KEY, nullable=True),
        sa.ForeignKeyConstraint(["acknowledged_by"], ["users.id"], name=op.f("fk_alerts_acknowledged_by")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_alerts_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_alerts_case_id")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_alerts_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_alerts_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("org_id", "case_id", "call_id", name=op.f("uq_alerts_org_id_case_id_call_id")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_alerts_org_id_public_id")),
    )
    op.create_index(op.f("ix_alerts_call_id"), "alerts", ["call_id"], unique=False)
    op.create_index(op.f("ix_alerts_case_id"), "alerts", ["case_id"], unique=False)
    op.create_table(
        "suspects",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("customer", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("consented", sa.Boolean(), nullable=False),
        sa.Column("signs", JSON, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_suspects_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_suspects_case_id")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_suspects_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_suspects_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspects")),
        sa.UniqueConstraint("org_id", "call_id", name=op.f("uq_suspects_org_id_call_id")),
    )
    op.create_index("ix_suspects_account", "suspects", ["org_id", "account", "at"], unique=False)
    op.create_index("ix_suspects_at", "suspects", ["org_id", "at"], unique=False)
    op.create_index(op.f("ix_suspects_case_id"), "suspects", ["case_id"], unique=False)
    op.create_index("ix_suspects_customer", "suspects", ["org_id", "customer", "at"], unique=False)
    op.create_index("ix_suspects_number", "suspects", ["org_id", "number", "at"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("alert_id", KEY, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("mail_id", KEY, nullable=True),
        sa.Column("mailed_at", MOMENT, nullable=True),
        sa.CheckConstraint("how IN ('now', 'digest', 'escalation')", name=op.f("ck_deliveries_how")),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_deliveries_alert_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mail_id"], ["mails.id"], name=op.f("fk_deliveries_mail_id")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_deliveries_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint(
            "org_id", "alert_id", "address", "how", name=op.f("uq_deliveries_org_id_alert_id_address_how")
        ),
    )
    op.create_index(op.f("ix_deliveries_alert_id"), "deliveries", ["alert_id"], unique=False)
    op.create_index(op.f("ix_deliveries_mail_id"), "deliveries", ["mail_id"], unique=False)
    op.create_index(
        "ix_deliveries_unmailed",
        "deliveries",
        ["org_id", "how", "id"],
        unique=False,
        sqlite_where=sa.text("mail_id IS NULL"),
        postgresql_where=sa.text("mail_id IS NULL"),
    )


def downgrade() -> None:
    """Take the tables away."""
    op.drop_table("deliveries")
    op.drop_table("suspects")
    op.drop_table("alerts")
    op.drop_table("case_history")
    op.drop_table("mails")
    op.drop_table("cases")
