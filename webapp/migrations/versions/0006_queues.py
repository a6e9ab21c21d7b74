"""Tables of queues, claims, skips and random draws.

Revision 0006, after 0005. Calls that were ranked before get their place in the queues from what is stored of them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Clips and findings of earlier results are told by `callsift rank refresh`: here the whole call has to be heard.
BACKFILL = """
INSERT INTO standings (call_id, org_id, team_id, public_id, result_id, ranker, chance, fraud, breach, gain, seconds, worth,
                       clips, fence)
SELECT r.call_id, r.org_id, r.team_id, r.public_id, r.result_id, 0, r.score,
       COALESCE((SELECT MAX(f.score) FROM findings f WHERE f.result_id = r.result_id AND f.kind = 'case:fraud'), 0),
       COALESCE((SELECT MAX(f.score) FROM findings f WHERE f.result_id = r.result_id AND f.kind LIKE 'rule:%'), 0),
       r.score, r.duration + 20, 60 * r.score / (r.duration + 20), '[]', 0
FROM ranked r
"""


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "draws",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_draws_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_draws_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draws")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_draws_org_id_public_id")),
        sa.UniqueConstraint("org_id", "team_id", "slot", name=op.f("uq_draws_org_id_team_id_slot")),
    )
    op.create_table(
        "rankers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("model", JSON, nullable=False),
        sa.Column("in_force_at", MOMENT, nullable=True),
        sa.Column("retired_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_rankers_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rankers")),
        sa.UniqueConstraint("org_id", "version", name=op.f("uq_rankers_org_id_version")),
    )
    op.create_table(
        "bulk_actions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("calls", JSON, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_bulk_actions_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bulk_actions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_actions")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_bulk_actions_org_id_public_id")),
    )
    op.create_table(
        "draw_strata",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("draw_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_draw_strata_draw_id")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_draw_strata_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_draw_strata_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draw_strata")),
        sa.UniqueConstraint("draw_id", "name", name=op.f("uq_draw_strata_draw_id_name")),
    )
    op.create_table(
        "queues",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("wanted", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("kind IN ('filter', 'plan')", name=op.f("ck_queues_kind")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_queues_org_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_queues_owner_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_queues_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queues")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_queues_org_id_public_id")),
    )
    op.create_index(op.f("ix_queues_owner_id"), "queues", ["owner_id"], unique=False)
    op.create_index(op.f("ix_queues_team_id"), "queues", ["team_id"], unique=False)
    op.create_table(
        "drawn",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("draw_id", KEY, nullable=False),
        sa.Column("stratum_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("turn", sa.Double(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_drawn_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_drawn_draw_id")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_drawn_org_id")),
        sa.ForeignKeyConstraint(["stratum_id"], ["draw_strata.id"], name=op.f("fk_drawn_stratum_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_drawn_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drawn")),
        sa.UniqueConstraint("org_id", "call_id", name=op.f("uq_drawn_org_id_call_id")),
    )
    op.create_index(op.f("ix_drawn_draw_id"), "drawn", ["draw_id"], unique=False)
    op.create_index("ix_drawn_turn", "drawn", ["org_id", "turn", "call_id"], unique=False)
    op.create_table(
        "places",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("state IN ('held', 'reviewed', 'skipped', 'released')", name=op.f("ck_places_state")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_places_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_places_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_places_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_places_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
    )
    op.create_index(op.f("ix_places_call_id"), "places", ["call_id"], unique=False)
    op.create_index("ix_places_had", "places", ["org_id", "user_id", "call_id"], unique=False)
    op.create_index("ix_places_of_person", "places", ["org_id", "user_id", "queue", "id"], unique=False)
    op.create_table(
        "standings",
        sa.Column("call_id", KEY, autoincrement=False, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("result_id", KEY, nullable=False),
        sa.Column("ranker", sa.Integer(), nullable=False),
        sa.Column("chance", sa.Double(), nullable=False),
        sa.Column("fraud", sa.Double(), nullable=False),
        sa.Column("breach", sa.Double(), nullable=False),
        sa.Column("gain", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("worth", sa.Double(), nullable=False),
        sa.Column("clips", JSON, nullable=False),
        sa.Column("holder_id", KEY, nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("reviewed_at", MOMENT, nullable=True),
        sa.Column("flagged", sa.Boolean(), nullable=True),
        sa.Column("aside_at", MOMENT, nullable=True),
        sa.Column("draw_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_standings_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["draw_id"], ["draws.id"], name=op.f("fk_standings_draw_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["users.id"], name=op.f("fk_standings_holder_id")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_standings_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_standings_team_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_standings")),
    )
    op.create_index(
        "ix_standings_breach",
        "standings",
        ["org_id", "breach", "public_id"],
        unique=False,
        sqlite_where=sa.text("breach > 0"),
        postgresql_where=sa.text("breach > 0"),
    )
    op.create_index(
        "ix_standings_open",
        "standings",
        ["org_id", "team_id"],
        unique=False,
        sqlite_where=sa.text("reviewed_at IS NULL AND aside_at IS NULL"),
        postgresql_where=sa.text("reviewed_at IS NULL AND aside_at IS NULL"),
    )
    op.create_index(
        "ix_standings_chance",
        "standings",
        ["org_id", "chance", "public_id"],
        unique=False,
        sqlite_where=sa.text("reviewed_at IS NULL AND aside_at IS NULL"),
        postgresql_where=sa.text("reviewed_at IS NULL AND aside_at IS NULL"),
    )
    op.create_index(
        "ix_standings_fraud",
        "standings",
        ["org_id", "fraud", "public_id"],
        unique=False,
        sqlite_where=sa.text("fraud > 0"),
        postgresql_where=sa.text("fraud > 0"),
    )
    op.create_index(
        "ix_standings_held",
        "standings",
        ["org_id", "holder_id"],
        unique=False,
        sqlite_where=sa.text("holder_id IS NOT NULL"),
        postgresql_where=sa.text("holder_id IS NOT NULL"),
    )
    op.create_index("ix_standings_ranker", "standings", ["org_id", "ranker"], unique=False)
    op.create_index(
        "ix_standings_reviewed",
        "standings",
        ["org_id", "reviewed_at"],
        unique=False,
        sqlite_where=sa.text("reviewed_at IS NOT NULL"),
        postgresql_where=sa.text("reviewed_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_standings_team_id"), "standings", ["team_id"], unique=False)
    op.create_index(
        "ix_standings_unframed",
        "standings",
        ["org_id", "call_id"],
        unique=False,
        sqlite_where=sa.text("draw_id IS NULL"),
        postgresql_where=sa.text("draw_id IS NULL"),
    )
    op.create_index(
        "ix_standings_worth",
        "standings",
        ["org_id", "worth", "public_id"],
        unique=False,
        sqlite_where=sa.text("reviewed_at IS NULL AND aside_at IS NULL"),
        postgresql_where=sa.text("reviewed_at IS NULL AND aside_at IS NULL"),
    )
    op.execute(BACKFILL)


def downgrade() -> None:
    """Take the tables away."""
    for table in ("drawn", "places", "bulk_actions", "queues", "standings", "draw_strata", "draws", "rankers"):
        op.drop_table(table)
