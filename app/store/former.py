"""Keeps former addresses: paths on this site that lead to an article for ever."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from app.domain.address import NotAnAddress, normalise_address
from app.domain.former import permalink_in
from app.store import tables as t
from app.store.database import Database


def former_addresses(connection: Connection) -> dict[str, str]:
    """Path -> the id of the article, by path."""
    query = select(t.former_address.c.path, t.former_address.c.article_id).order_by(t.former_address.c.path)
    return {row.path: row.article_id for row in connection.execute(query)}


def article_at(database: Database, path: str) -> str | None:
    """The id of the article that stood at a path (and query); asked for with every address that is not found."""
    rows = database.glimpse("SELECT article_id FROM former_address WHERE path = :path", path=path)
    if rows is not None:
        return str(rows[0][0]) if rows else None
    query = select(t.former_address.c.article_id).where(t.former_address.c.path == path)
    with database.reading() as connection:
        return connection.execute(query).scalar()


def keep(connection: Connection, found: Mapping[str, str]) -> int:
    """Let paths lead to articles; those that do already are passed over. How many were new."""
    known = former_addresses(connection)
    now = datetime.now(UTC)
    rows = [{"path": path, "article_id": id, "added_at": now} for path, id in found.items() if path not in known]
    if rows:
        connection.execute(insert(t.former_address), rows)
    return len(rows)


def remove(connection: Connection, path: str) -> bool:
    """Whether it was there."""
    return connection.execute(delete(t.former_address).where(t.former_address.c.path == path)).rowcount > 0


def named_article(connection: Connection, address: str) -> str | None:
    """The id of the article that an id, a permalink, or the address it was published at names; None for none here."""
    id = permalink_in(address)
    if id is not None:
        row = connection.execute(select(t.article.c.id).where(t.article.c.id == id)).scalar()
        if row is not None:
            return str(row)
    try:
        key = normalise_address(address)
    except NotAnAddress:
        return None
    return connection.execute(select(t.article.c.id).where(t.article.c.identity_key == key)).scalar()
