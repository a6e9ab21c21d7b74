"""The first schema.

Revision 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "orgs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orgs")),
        sa.UniqueConstraint("name", name=op.f("uq_orgs_name")),
        sa.UniqueConstraint("public_id", name=op.f("uq_orgs_public_id")),
    )
    op.create_table(
        "contacts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("identity", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("offset", sa.Integer(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("debt", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.Column("campaign", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("recording", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_contacts_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("org_id", "identity", "version", name=op.f("uq_contacts_org_id_identity_version")),
    )
    op.create_index("ix_contacts_account", "contacts", ["org_id", "account", "started_at"], unique=False)
    op.create_index("ix_contacts_debt", "contacts", ["org_id", "debt", "started_at"], unique=False)
    op.create_index("ix_contacts_number", "contacts", ["org_id", "number", "started_at"], unique=False)
    op.create_index("ix_contacts_person", "contacts", ["org_id", "person", "started_at"], unique=False)
    op.create_index(
        "uq_contacts_valid",
        "contacts",
        ["org_id", "identity"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_outbox_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("org_id", "kind", "key", name=op.f("uq_outbox_org_id_kind_key")),
    )
    op.create_index(
        "ix_outbox_undone",
        "outbox",
        ["org_id", "kind", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "rule_texts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("first_seen", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_rule_texts_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_texts")),
        sa.UniqueConstraint("org_id", "sha256", name=op.f("uq_rule_texts_org_id_sha256")),
    )
    op.create_index("ix_rule_texts_rule", "rule_texts", ["org_id", "rule", "version"], unique=False)
    op.create_table(
        "runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("slot", sa.String(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_runs_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
        sa.UniqueConstraint("org_id", "job", "slot", name=op.f("uq_runs_org_id_job_slot")),
    )
    op.create_index("ix_runs_org_id_started_at", "runs", ["org_id", "started_at"], unique=False)
    op.create_table(
        "teams",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_teams_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams")),
        sa.UniqueConstraint("org_id", "name", name=op.f("uq_teams_org_id_name")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_teams_org_id_public_id")),
    )
    op.create_table(
        "throttles",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("blocked_until", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_throttles_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttles")),
        sa.UniqueConstraint("org_id", "subject", name=op.f("uq_throttles_org_id_subject")),
    )
    op.create_table(
        "users",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_users_org_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("org_id", "login", name=op.f("uq_users_org_id_login")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_users_org_id_public_id")),
    )
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("user_id", KEY, nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_audit_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_audit_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_org_id_subject_at", "audit", ["org_id", "subject", "at"], unique=False)
    op.create_index(op.f("ix_audit_user_id"), "audit", ["user_id"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("recorder_id", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("quarantine", sa.String(), nullable=True),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("metadata_version", sa.Integer(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_calls_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_calls_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_calls_org_id_public_id")),
        sa.UniqueConstraint("org_id", "sha256", "recorder_id", name=op.f("uq_calls_org_id_sha256_recorder_id")),
    )
    op.create_index(
        "ix_calls_quarantined",
        "calls",
        ["added_at"],
        unique=False,
        sqlite_where=sa.text("quarantine IS NOT NULL"),
        postgresql_where=sa.text("quarantine IS NOT NULL"),
    )
    op.create_index(op.f("ix_calls_team_id"), "calls", ["team_id"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=True),
        sa.CheckConstraint("role <> 'agent' OR agent_id IS NOT NULL", name=op.f("ck_memberships_agent_id")),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_memberships_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_memberships_team_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memberships_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
        sa.UniqueConstraint("org_id", "user_id", "team_id", name=op.f("uq_memberships_org_id_user_id_team_id")),
    )
    op.create_index(op.f("ix_memberships_team_id"), "memberships", ["team_id"], unique=False)
    op.create_index(op.f("ix_memberships_user_id"), "memberships", ["user_id"], unique=False)
    op.create_index(
        "uq_memberships_everywhere",
        "memberships",
        ["org_id", "user_id"],
        unique=True,
        sqlite_where=sa.text("team_id IS NULL"),
        postgresql_where=sa.text("team_id IS NULL"),
    )
    op.create_table(
        "refusals",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("uploaded", sa.Boolean(), nullable=False),
        sa.Column("quarantine", sa.String(), nullable=True),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=True),
        sa.Column("copy", JSON, nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_refusals_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_refusals_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refusals")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_refusals_org_id_public_id")),
        sa.UniqueConstraint("org_id", "source", "sha256", name=op.f("uq_refusals_org_id_source_sha256")),
    )
    op.create_index(op.f("ix_refusals_team_id"), "refusals", ["team_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("user_id", KEY, nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_why", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_sessions_org_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("org_id", "token_hash", name=op.f("uq_sessions_org_id_token_hash")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("metadata_version", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'parked')", name=op.f("ck_jobs_state")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_jobs_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_jobs_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_jobs_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_jobs_org_id_public_id")),
    )
    op.create_index(op.f("ix_jobs_call_id"), "jobs", ["call_id"], unique=False)
    op.create_index(
        "ix_jobs_open",
        "jobs",
        ["org_id", "state", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'running')"),
        postgresql_where=sa.text("state IN ('waiting', 'running')"),
    )
    op.create_index("ix_jobs_state", "jobs", ["org_id", "state"], unique=False)
    op.create_index(
        "uq_jobs_running",
        "jobs",
        ["org_id", "call_id"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "metadata_versions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("known", JSON, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("person", sa.String(), nullable=True),
        sa.Column("account", sa.String(), nullable=True),
        sa.Column("debt", sa.String(), nullable=True),
        sa.Column("number", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.id"], name=op.f("fk_metadata_versions_call_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_metadata_versions_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_metadata_versions_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metadata_versions")),
        sa.UniqueConstraint("org_id", "call_id", "version", name=op.f("uq_metadata_versions_org_id_call_id_version")),
    )
    op.create_index(
        "ix_metadata_versions_account", "metadata_versions", ["org_id", "account", "started_at"], unique=False
    )
    op.create_index(op.f("ix_metadata_versions_call_id"), "metadata_versions", ["call_id"], unique=False)
    op.create_index("ix_metadata_versions_debt", "metadata_versions", ["org_id", "debt", "started_at"], unique=False)
    op.create_index(
        "ix_metadata_versions_number", "metadata_versions", ["org_id", "number", "started_at"], unique=False
    )
    op.create_index(
        "ix_metadata_versions_person", "metadata_versions", ["org_id", "person", "started_at"], unique=False
    )
    op.create_table(
        "results",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("metadata_version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("superseded_at", MOMENT, nullable=True),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("models", JSON, nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_results_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_results_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_results_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("org_id", "call_id", "version", name=op.f("uq_results_org_id_call_id_version")),
    )
    op.create_index(op.f("ix_results_call_id"), "results", ["call_id"], unique=False)
    op.create_table(
        "voiceprints",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("call_id", KEY, nullable=False),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_voiceprints_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_voiceprints_org_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_voiceprints_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voiceprints")),
        sa.UniqueConstraint(
            "org_id", "call_id", "party", "model", name=op.f("uq_voiceprints_org_id_call_id_party_model")
        ),
    )
    op.create_index(op.f("ix_voiceprints_call_id"), "voiceprints", ["call_id"], unique=False)
    op.create_table(
        "findings",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("result_id", KEY, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("start", sa.Double(), nullable=False),
        sa.Column("end", sa.Double(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_findings_org_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_findings_result_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_findings_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    op.create_index(op.f("ix_findings_result_id"), "findings", ["result_id"], unique=False)
    op.create_table(
        "measures",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("result_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_measures_org_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_measures_result_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_measures_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
    )
    op.create_index(op.f("ix_measures_result_id"), "measures", ["result_id"], unique=False)
    op.create_table(
        "parts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("result_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("start", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_parts_org_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_parts_result_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_parts_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts")),
    )
    op.create_index(op.f("ix_parts_result_id"), "parts", ["result_id"], unique=False)
    op.create_table(
        "ranked",
        sa.Column("call_id", KEY, autoincrement=False, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("result_id", KEY, nullable=False),
        sa.Column("public_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("started_at", MOMENT, nullable=True),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("duration", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("listen_from", sa.Double(), nullable=True),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("marks", JSON, nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_ranked_call_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_ranked_org_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_ranked_result_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_ranked_team_id")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_ranked")),
        sa.UniqueConstraint("org_id", "public_id", name=op.f("uq_ranked_org_id_public_id")),
    )
    op.create_index("ix_ranked_agent", "ranked", ["org_id", "agent", "public_id"], unique=False)
    op.create_index("ix_ranked_at", "ranked", ["org_id", "at", "public_id"], unique=False)
    op.create_index("ix_ranked_duration", "ranked", ["org_id", "duration", "public_id"], unique=False)
    op.create_index("ix_ranked_queue", "ranked", ["org_id", "queue", "public_id"], unique=False)
    op.create_index(op.f("ix_ranked_result_id"), "ranked", ["result_id"], unique=False)
    op.create_index("ix_ranked_score", "ranked", ["org_id", "score", "public_id"], unique=False)
    op.create_index(op.f("ix_ranked_team_id"), "ranked", ["team_id"], unique=False)
    op.create_table(
        "verdicts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("org_id", KEY, nullable=False),
        sa.Column("team_id", KEY, nullable=False),
        sa.Column("result_id", KEY, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("basis", JSON, nullable=False),
        sa.ForeignKeyConstraint(["org_id"], ["orgs.id"], name=op.f("fk_verdicts_org_id")),
        sa.ForeignKeyConstraint(["result_id"], ["results.id"], name=op.f("fk_verdicts_result_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_verdicts_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
    )
    op.create_index("ix_verdicts_org_id_rule_value", "verdicts", ["org_id", "rule", "value"], unique=False)
    op.create_index(op.f("ix_verdicts_result_id"), "verdicts", ["result_id"], unique=False)
