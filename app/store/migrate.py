"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text

from app.store.database import Database, StoreError

MIGRATIONS: Final = Path(__file__).parents[2] / "migrations"


def newest_revision() -> str:
    """Migrations are numbered by file name: 0001_..., 0002_..."""
    return max(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def revision(database: Database) -> str | None:
    """The revision a database is at; None for one without a schema."""
    with database.reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(database: Database, to: str = "head") -> bool:
    """Bring the database to the newest revision, or back to `to`. Whether anything was to be done.

    A migration is one transaction: it happens whole or not at all. Raises StoreError for a database from a newer
    version.
    """
    at, newest = revision(database), newest_revision()
    if to == "head":
        if at == newest:
            return False
        if at is not None and at > newest:
            raise StoreError(
                f"The database is at schema {at}, this program knows schemas up to {newest}. Use the newer program."
            )
    # Alembic takes a third of a second to import, which a start that has nothing to migrate need not pay.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database"] = database
    if to == "head" or (to != "base" and (at is None or to > at)):
        command.upgrade(config, to)
    else:
        command.downgrade(config, to)
    return True
