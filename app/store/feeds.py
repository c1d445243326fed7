"""Feeds that are subscribed to, when they are polled next, and which of their entries were dealt with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, or_, select, update

from app.store import tables as t
from app.store.articles import AT_ONCE

FIRST_INTERVAL: Final = 3600
"""Seconds between the polls of a feed that nothing is known of yet."""
ENTRIES_KEPT: Final = timedelta(days=180)
"""An entry that its feed has not had for so long is forgotten."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscription. address: where it is asked for now; added_as: as it was subscribed to. source, topics: given for
    its entries. interval: seconds between polls. failures: in a row; problem: what the last one said.
    gone_at: when it said that it will not come back; it is polled no more."""

    id: int
    address: str
    added_as: str
    added_at: datetime
    title: str | None
    source: str | None
    topics: tuple[str, ...]
    etag: str | None
    last_modified: str | None
    interval: int
    next_poll_at: datetime
    polled_at: datetime | None
    changed_at: datetime | None
    failures: int
    problem: str | None
    gone_at: datetime | None


class AlreadyThere(Exception):
    """The feed is subscribed to already; the message says as what."""


def add(connection: Connection, address: str, title: str | None, source: str | None, topics: Iterable[str]) -> Feed:
    """Subscribe; the feed is due at once. Raises AlreadyThere."""
    found = at(connection, address)
    if found is not None:
        raise AlreadyThere(f"{address} is subscribed to already, as feed {found.id}")
    now = datetime.now(UTC)
    result = connection.execute(
        insert(t.feed).values(
            address=address,
            added_as=address,
            added_at=now,
            title=title,
            source=source,
            topics=list(topics),
            interval=FIRST_INTERVAL,
            next_poll_at=now,
            failures=0,
        )
    )
    feed = find(connection, int(result.inserted_primary_key[0]))  # type: ignore[index]
    assert feed is not None  # noqa: S101  (it was written just now)
    return feed


def remove(connection: Connection, id: int) -> None:
    """End a subscription. What it brought stays."""
    connection.execute(delete(t.feed_entry).where(t.feed_entry.c.feed_id == id))
    connection.execute(delete(t.feed).where(t.feed.c.id == id))


def find(connection: Connection, id: int) -> Feed | None:
    row = connection.execute(select(t.feed).where(t.feed.c.id == id)).first()
    return None if row is None else _feed(row)


def at(connection: Connection, address: str) -> Feed | None:
    """The feed that is asked for at an address, or was subscribed to by it."""
    query = select(t.feed).where(or_(t.feed.c.address == address, t.feed.c.added_as == address))
    row = connection.execute(query.order_by(t.feed.c.address != address, t.feed.c.id)).first()
    return None if row is None else _feed(row)


def every(connection: Connection) -> list[Feed]:
    """In the order in which they were subscribed to."""
    return [_feed(row) for row in connection.execute(select(t.feed).order_by(t.feed.c.id))]


def due(connection: Connection, now: datetime) -> list[Feed]:
    """Those whose time has come, longest overdue first."""
    query = select(t.feed).where(t.feed.c.gone_at.is_(None), t.feed.c.next_poll_at <= now)
    return [_feed(row) for row in connection.execute(query.order_by(t.feed.c.next_poll_at, t.feed.c.id))]


def note(connection: Connection, id: int, **values: Any) -> None:
    """Write down what a poll found out."""
    connection.execute(update(t.feed).where(t.feed.c.id == id).values(**values))


def known_entries(connection: Connection, feed_id: int, keys: Iterable[str]) -> dict[str, str]:
    """key -> digest of the entries that were dealt with."""
    wanted = list(keys)
    known: dict[str, str] = {}
    for start in range(0, len(wanted), AT_ONCE):
        query = select(t.feed_entry.c.entry, t.feed_entry.c.digest).where(
            t.feed_entry.c.feed_id == feed_id, t.feed_entry.c.entry.in_(wanted[start : start + AT_ONCE])
        )
        known.update((entry, digest) for entry, digest in connection.execute(query))
    return known


def settle_entries(connection: Connection, feed_id: int, entries: Mapping[str, str], now: datetime) -> None:
    """These entries (key -> digest) were dealt with; those that the feed has not had for long are forgotten."""
    keys = list(entries)
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        mine = (t.feed_entry.c.feed_id == feed_id) & t.feed_entry.c.entry.in_(part)
        connection.execute(delete(t.feed_entry).where(mine))
        connection.execute(
            insert(t.feed_entry),
            [{"feed_id": feed_id, "entry": key, "digest": entries[key], "seen_at": now} for key in part],
        )
    connection.execute(
        delete(t.feed_entry).where(t.feed_entry.c.feed_id == feed_id, t.feed_entry.c.seen_at < now - ENTRIES_KEPT)
    )


def _feed(row: Row[Any]) -> Feed:
    return Feed(**{**row._mapping, "topics": tuple(row.topics)})
