"""Links and emphasis of a paragraph, for display.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("paragraph", sa.Column("spans", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("paragraph", "spans")
