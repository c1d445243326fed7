"""Links and emphasis of a paragraph, for display.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("paragraph", sa.Column("spans", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("paragraph", "spans")
