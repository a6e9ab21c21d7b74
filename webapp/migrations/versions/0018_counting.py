"""Indices that answer how many calls a queue has by themselves: counting read a row of the table for each call it counted.

Revision 0018, after 0017. Nothing but indices changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

OPEN, FRAUD, BREACH = map(sa.text, ("reviewed_at IS NULL AND aside_at IS NULL", "fraud > 0", "breach > 0"))
STANDINGS = {
    "ix_standings_open": (("org_id", "team_id"), ("reviewed_at", "aside_at"), OPEN),
    "ix_standings_fraud": (("org_id", "fraud", "public_id"), ("team_id", "reviewed_at", "aside_at"), FRAUD),
    "ix_standings_breach": (("org_id", "breach", "public_id"), ("team_id", "reviewed_at", "aside_at"), BREACH),
}
RANKED = ("at", "agent", "queue")


def upgrade() -> None:
    """Put what is counted by behind what is searched by."""
    _index_again(counted=True)


def downgrade() -> None:
    """Take it out again."""
    _index_again(counted=False)


def _index_again(*, counted: bool) -> None:
    for name, (columns, more, where) in STANDINGS.items():
        op.drop_index(name, "standings")
        these = [*columns, *(more if counted else ())]
        op.create_index(name, "standings", these, sqlite_where=where, postgresql_where=where)
    for column in RANKED:
        op.drop_index(f"ix_ranked_{column}", "ranked")
        op.create_index(
            f"ix_ranked_{column}", "ranked", ["org_id", column, "public_id", *(["team_id"] if counted else [])]
        )
