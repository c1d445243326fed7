"""Files of watched folders, as they were when they were ingested."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import delete, insert, select

from app.store import tables as t
from app.store.articles import AT_ONCE
from app.store.database import Database


class State(NamedTuple):
    """Bytes, and when it was changed last, in nanoseconds."""

    size: int
    modified: int


def known(database: Database, paths: Sequence[str]) -> dict[str, State]:
    """path -> how it was when it was ingested; files that never were are left out."""
    found: dict[str, State] = {}
    if not paths:
        return found
    with database.reading() as connection:
        for start in range(0, len(paths), AT_ONCE):
            query = select(t.watched_file).where(t.watched_file.c.path.in_(paths[start : start + AT_ONCE]))
            found.update((row.path, State(row.size, row.modified)) for row in connection.execute(query))
    return found


def note(database: Database, path: str, state: State) -> None:
    """The file was ingested as it was then."""
    with database.writing() as connection:
        connection.execute(delete(t.watched_file).where(t.watched_file.c.path == path))
        connection.execute(
            insert(t.watched_file).values(
                path=path, size=state.size, modified=state.modified, ingested_at=datetime.now(UTC)
            )
        )
