"""How a case ended, as whoever closed it found: on the case, and with each line of its history that closed it.

Revision 0017, after 0016. Cases that were closed before have none.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the outcome."""
    op.add_column("cases", sa.Column("outcome", sa.String(), nullable=True))
    op.add_column("case_history", sa.Column("outcome", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget the outcomes."""
    op.drop_column("case_history", "outcome")
    op.drop_column("cases", "outcome")
