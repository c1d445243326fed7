"""The librarian's corrections, versions that they made, and former addresses.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["undoes"], ["correction.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_correction_article_id", "correction", ["article_id"])
    op.create_table(
        "former_address",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("article_id", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.PrimaryKeyConstraint("path"),
    )
    op.create_index("ix_former_address_article_id", "former_address", ["article_id"])
    # Columns are added, not the table made anew: it is the largest but one, and others refer to it.
    op.add_column("version", sa.Column("fed", sa.JSON(), nullable=True))
    op.add_column("version", sa.Column("fed_digest", sa.String(length=64), nullable=True))
    op.execute("ALTER TABLE version ADD COLUMN correction_id INTEGER REFERENCES correction (id)")
    # These are pages beside the permalink now.
    op.execute("UPDATE article SET slug = 'article-' || slug WHERE slug IN ('cite', 'diff', 'versions')")


def downgrade() -> None:
    op.execute("ALTER TABLE version DROP COLUMN correction_id")
    op.drop_column("version", "fed_digest")
    op.drop_column("version", "fed")
    op.drop_index("ix_former_address_article_id", "former_address")
    op.drop_table("former_address")
    op.drop_index("ix_correction_article_id", "correction")
    op.drop_table("correction")
