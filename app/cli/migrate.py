"""`policy-archive migrate`."""

from __future__ import annotations

from app.cli.terminal import fail, out, settings
from app.store.database import Database, StoreError
from app.store.migrate import migrate as bring_up
from app.store.migrate import newest_revision


def migrate() -> None:
    """Bring the database to the newest schema."""
    database = None
    try:
        database = Database(settings().database)
        changed = bring_up(database)
    except StoreError as error:
        fail(str(error))
    finally:
        if database is not None:
            database.close()
    out.print(f"The database is at schema {newest_revision()}{'' if changed else ' already'}.")
