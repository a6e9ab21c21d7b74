"""Names and numbers above the queue are found without reading the calls.

Revision 0016, after 0015. The index of agents and queues by team takes the place of the one of teams alone; that
of reviewed calls also knows which were flagged.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

REVIEWED = sa.text("reviewed_at IS NOT NULL")


def upgrade() -> None:
    """Index the names by team."""
    op.create_index("ix_ranked_team_agent", "ranked", ["team_id", "agent", "queue"])
    op.create_index("ix_ranked_team_queue", "ranked", ["team_id", "queue"])
    op.drop_index("ix_ranked_team_id", "ranked")
    _index_reviewed("org_id", "reviewed_at", "flagged")


def downgrade() -> None:
    """Index the team alone."""
    op.create_index("ix_ranked_team_id", "ranked", ["team_id"])
    op.drop_index("ix_ranked_team_queue", "ranked")
    op.drop_index("ix_ranked_team_agent", "ranked")
    _index_reviewed("org_id", "reviewed_at")


def _index_reviewed(*columns: str) -> None:
    op.drop_index("ix_standings_reviewed", "standings")
    op.create_index(
        "ix_standings_reviewed", "standings", list(columns), sqlite_where=REVIEWED, postgresql_where=REVIEWED
    )
