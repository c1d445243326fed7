"""Leases on work that one process at a time may do, such as polling feeds. (The index has its own, with a fence.)

A lease runs out by itself; one whose holder died on this machine is free at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from app.store import tables as t
from app.store.database import Database
from app.store.processes import has_ended, whoami

SECONDS: Final = 300
"""How long a lease lasts that is not renewed; a holder renews it between two pieces of its work."""


class Held(Exception):
    """Somebody else holds the lease; the message says who and since when."""


def take(database: Database, name: str) -> None:
    """Raises Held."""
    now = datetime.now(UTC)
    with database.writing() as connection:
        row = connection.execute(select(t.lease).where(t.lease.c.name == name)).first()
        if row is not None and row.until >= now and not has_ended(row.holder):
            raise Held(f"{row.holder} has been at it since {row.taken_at:%Y-%m-%d %H:%M:%S} UTC")
        connection.execute(delete(t.lease).where(t.lease.c.name == name))
        connection.execute(insert(t.lease).values(name=name, holder=whoami(), taken_at=now, until=_until(now)))


def renew(database: Database, name: str) -> bool:
    """Whether this process still held it."""
    with database.writing() as connection:
        changed = connection.execute(
            update(t.lease)
            .where(t.lease.c.name == name, t.lease.c.holder == whoami())
            .values(until=_until(datetime.now(UTC)))
        )
    return changed.rowcount == 1


def release(database: Database, name: str) -> None:
    """No error if it was lost meanwhile."""
    with database.writing() as connection:
        connection.execute(delete(t.lease).where(t.lease.c.name == name, t.lease.c.holder == whoami()))


def _until(now: datetime) -> datetime:
    return now + timedelta(seconds=SECONDS)
