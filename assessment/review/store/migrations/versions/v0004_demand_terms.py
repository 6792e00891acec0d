"""A demand says where in the report, by whom and until when.

Demands made before say none of it. Events before tell rows without these columns, and so they are compared (``verify``).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Columns are added in place, so that no table is copied and none loses its triggers."""
    op.add_column("demands", sa.Column("page", sa.String(200), nullable=False, server_default=""))
    op.add_column("demands", sa.Column("who", sa.String(100), nullable=False, server_default=""))
    op.add_column("demands", sa.Column("due", sa.Date(), nullable=True))
