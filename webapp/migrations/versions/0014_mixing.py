"""Vectors of calls know the result they were made from.

Revision 0014, after 0013. The moment they were made says nothing where clocks differ. Vectors that are there were made from
the last result before them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FILL = """
UPDATE call_vectors SET result_id = COALESCE((
    SELECT MAX(r.id) FROM results r WHERE r.call_id = call_vectors.call_id AND r.made_at <= call_vectors.made_at
), 0)
"""


def upgrade() -> None:
    """Add what a vector was made from."""
    op.add_column("call_vectors", sa.Column("result_id", KEY, nullable=True))
    op.execute(FILL)
    with op.batch_alter_table("call_vectors") as table:
        table.alter_column("result_id", existing_type=KEY, nullable=False)


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("call_vectors") as table:
        table.drop_column("result_id")
