"""Alembic's way in. The database comes from `app.store.migrate`, or from ARCHIVE_* settings when alembic is run by
hand."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import app.store.tables  # noqa: F401  (fills the metadata)
from app.settings import Settings
from app.store.database import Database


def run(database: Database) -> None:
    with database.writing() as connection:
        context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
        context.run_migrations()


given = context.config.attributes.get("database")
run(given if given is not None else Database(Settings().database))
