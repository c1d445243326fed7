"""Proves that nothing in the database was lost or altered: what is wrong, in sentences. What the index holds is
compared by whoever knows the index."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, func, select, text

from app.domain.permalink import ID_LENGTH, LONG_ID_LENGTH, permalink_id
from app.domain.wording import counted
from app.store import outbox
from app.store import tables as t
from app.store.holdings import WITHHELD, HeldVersion, held_versions

Told = Callable[[int, int], None]
"""Told the articles looked at and the articles there are."""


def database_problems(connection: Connection, told: Told | None = None) -> Iterator[str]:
    """Reads every version of every article, and takes as long as that does."""
    yield from _file_problems(connection)
    total = connection.execute(select(func.count()).select_from(t.article)).scalar_one()
    for done, row in enumerate(connection.execute(select(t.article).order_by(t.article.c.id)).all(), start=1):
        yield from _identity_problems(row.id, row.identity_key)
        versions = list(held_versions(connection, row.id))
        if [version.number for version in versions] != list(range(1, row.current + 1)):
            yield f"{row.id}: it should have the versions 1 to {row.current}; {len(versions)} are there."
        for version in versions:
            yield from _version_problems(row.id, version, withdrawn=row.withdrawn_at is not None)
        yield from _lead_problems(connection, row.id)
        if told is not None:
            told(done, total)
    owed = outbox.count(connection)
    if owed:
        yield f"The index owes a look at {counted(owed, 'article')}. The site or the next ingest brings it up to date."


def _file_problems(connection: Connection) -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        return
    for (said,) in connection.execute(text("PRAGMA integrity_check")):
        if said != "ok":
            yield f"The database is damaged: {said}. Restore it from a backup."
    for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"The database is damaged: row {row} of {table} refers to a row of {parent} that is not there."


def _identity_problems(id: str, identity_key: str) -> Iterator[str]:
    if id not in (permalink_id(identity_key, ID_LENGTH), permalink_id(identity_key, LONG_ID_LENGTH)):
        yield f"{id}: its permalink does not follow from its identity."


def _version_problems(id: str, version: HeldVersion, *, withdrawn: bool) -> Iterator[str]:
    record = version.record
    if record is None:
        if not withdrawn:
            yield f"{id}: the text of version {version.number} is gone."
        return
    if record.fixity != version.fixity:
        yield f"{id}: the text of version {version.number} is not the one its sha256 is of."
    if record.metadata_digest != version.metadata_digest and record.title.origin != WITHHELD:
        yield f"{id}: the metadata of version {version.number} are not those that were stored."


def _lead_problems(connection: Connection, id: str) -> Iterator[str]:
    seen = {id}
    at: str | None = id
    while at:
        query = select(func.coalesce(t.article.c.merged_into, t.article.c.represented_by)).where(t.article.c.id == at)
        at = connection.execute(query).scalar()
        if at in seen:
            yield f"{id}: its permalink leads in a circle."
            return
        if at is not None:
            seen.add(at)
