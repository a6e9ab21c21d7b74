"""Notices to people, searches they are told of, themes of calls, and where the work on a call stands.

Revision 0012, after 0011. Calls that were counted before are marked: figures by topic are new in their cells.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
HEARD = sa.text("action = 'audio.read'")
UNREAD, UNMAILED = sa.text("read_at IS NULL"), sa.text("mailed_at IS NULL")
MARK = """
INSERT INTO outbox (org_id, kind, key, payload, attempt, created_at)
SELECT r.org_id, 'figures', r.public_id || '-0012', {payload}, 0, CURRENT_TIMESTAMP FROM ranked r
"""
PAYLOADS = {
    "sqlite": "json_object('call', r.public_id)",
    "postgresql": "jsonb_build_object('call', r.public_id)",
}


def upgrade() -> None:
    """Make the tables."""
    _notices()
    _wishes()
    _watches()
    _themes()
    op.add_column("jobs", sa.Column("begun_at", MOMENT, nullable=True))
    op.add_column("jobs", sa.Column("stage", sa.String(), nullable=True))
    op.create_index("ix_audit_heard", "audit", ["org_id", "at"], sqlite_where=HEARD, postgresql_where=HEARD)
    op.execute(MARK.format(payload=PAYLOADS[op.get_bind().dialect.name]))


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("team_id", KEY, nullable=True),
        sa.Column("call_id", KEY, nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("by_id", KEY, nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        sa.Column("mailed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_notices_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notices_user_id")),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_notices_by_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_notices_team_id")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_notices_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_notices_org_id_public_id")),
        sa.UniqueConstraint("org_id", "user_id", "key", name=op.f("uq_notices_org_id_user_id_key")),
    )
    op.create_index(op.f("ix_notices_call_id"), "notices", ["call_id"])
    op.create_index("ix_notices_at", "notices", ["org_id", "at"])
    for name, open_ in (("ix_notices_unread", UNREAD), ("ix_notices_unmailed", UNMAILED)):
        op.create_index(name, "notices", ["org_id", "user_id"], sqlite_where=open_, postgresql_where=open_)


def _wishes() -> None:
    op.create_table(
        "notice_wishes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("at_once", sa.Boolean(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("quiet", sa.String(), nullable=False),
        sa.Column("muted", JSON, nullable=False),
        sa.CheckConstraint("digest_hour BETWEEN 0 AND 23", name=op.f("ck_notice_wishes_digest_hour")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_notice_wishes_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_notice_wishes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_wishes")),
        sa.UniqueConstraint("org_id", "user_id", name=op.f("uq_notice_wishes_org_id_user_id")),
    )


def _watches() -> None:
    op.create_table(
        "search_watches",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("search_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("mail", sa.Boolean(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("checked_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_search_watches_org_id")),
        sa.ForeignKeyConstraint(
            ["search_id"], ["searches.id"], name=op.f("fk_search_watches_search_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_search_watches_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_watches")),
        sa.UniqueConstraint("search_id", "user_id", name=op.f("uq_search_watches_search_id_user_id")),
    )
    op.create_index(op.f("ix_search_watches_user_id"), "search_watches", ["user_id"])
    op.create_index("ix_search_watches_due", "search_watches", ["org_id", "checked_at"])


def _themes() -> None:
    op.create_table(
        "themes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("now", sa.Integer(), nullable=False),
        sa.Column("calls_before", sa.Integer(), nullable=False),
        sa.Column("calls_now", sa.Integer(), nullable=False),
        sa.Column("chance", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_themes_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_themes_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_themes")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_themes_org_id_public_id")),
    )
    op.create_index("ix_themes_team_day", "themes", ["org_id", "team_id", "day"])
    op.create_table(
        "theme_calls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("theme_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_theme_calls_org_id")),
        sa.ForeignKeyConstraint(["theme_id"], ["themes.id"], name=op.f("fk_theme_calls_theme_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_theme_calls_call_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_calls")),
        sa.UniqueConstraint("theme_id", "call_id", name=op.f("uq_theme_calls_theme_id_call_id")),
    )
    op.create_index(op.f("ix_theme_calls_call_id"), "theme_calls", ["call_id"])


def downgrade() -> None:
    """Take the tables away."""
    op.drop_index("ix_audit_heard", "audit")
    op.drop_column("jobs", "stage")
    op.drop_column("jobs", "begun_at")
    for table in ("theme_calls", "themes", "search_watches", "notice_wishes", "notices"):
        op.drop_table(table)
