"""A review knows the draft it is entered in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.add_column("reviews", sa.Column("draft_id", sa.String(32), nullable=True))
    op.create_index("ix_reviews_draft_id", "reviews", ["draft_id"])
