"""Which index is live, its generation, and the lease that says who may write it.

One process at a time writes the index. It takes the lease, and with it a fence: a number that only grows. Every
change to this state names the fence it was made under, so a holder that slept past its lease can't undo what its
successor did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, update

from app.store import tables as t
from app.store.database import Database
from app.store.processes import has_ended, whoami

LEASE_SECONDS: Final = 60

_STATE: Final = select(t.index_state)


@dataclass(frozen=True, slots=True)
class IndexState:
    """generation: grows with each commit to the index, 0 before the first. directory: the live index's folder name."""

    generation: int
    directory: str | None
    fence: int
    holder: str | None
    purpose: str | None
    taken_at: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class LiveState:
    """As in IndexState."""

    generation: int
    directory: str | None


@dataclass(frozen=True, slots=True)
class Lease:
    fence: int
    directory: str | None
    generation: int


class LeaseTaken(Exception):
    """Somebody else writes the index; the message says who, what for and since when."""


class LeaseLost(Exception):
    """The lease ran out and was given to somebody else; nothing more may be written under it."""


def live(database: Database) -> LiveState:
    """Which index is live: asked with every request, so in one small statement where that can be. Raises
    StoreError."""
    rows = database.glimpse("SELECT generation, directory FROM index_state")
    if rows:
        return LiveState(*rows[0])
    with database.reading() as connection:
        found = read(connection)
    return LiveState(found.generation, found.directory)


def read(connection: Connection) -> IndexState:
    row = connection.execute(_STATE).first()
    if row is None:
        return IndexState(0, None, 0, None, None, None, None)
    return IndexState(
        row.generation,
        row.directory,
        row.fence,
        row.lease_holder,
        row.lease_purpose,
        row.lease_taken_at,
        row.lease_until,
    )


def take_lease(database: Database, purpose: str) -> Lease:
    """Take the lease if it is free, has run out, or its holder died on this machine. Raises LeaseTaken."""
    now = datetime.now(UTC)
    with database.writing() as connection:
        state = read(connection)
        if state.holder is not None and not _over(state, now):
            raise LeaseTaken(
                f"{state.holder} has been writing the index ({state.purpose}) "
                f"since {state.taken_at:%Y-%m-%d %H:%M:%S} UTC"
            )
        if state.fence == 0 and connection.execute(select(t.index_state.c.id)).first() is None:
            connection.execute(insert(t.index_state).values(id=1, generation=0, fence=0))
        connection.execute(
            update(t.index_state).values(
                fence=state.fence + 1,
                lease_holder=whoami(),
                lease_purpose=purpose,
                lease_taken_at=now,
                lease_until=now + timedelta(seconds=LEASE_SECONDS),
            )
        )
    return Lease(state.fence + 1, state.directory, state.generation)


def renew(database: Database, lease: Lease) -> None:
    """Raises LeaseLost."""
    until = datetime.now(UTC) + timedelta(seconds=LEASE_SECONDS)
    with database.writing() as connection:
        _change(connection, lease, lease_until=until)


def release(database: Database, lease: Lease) -> None:
    """Give the lease back; no error if it was lost meanwhile."""
    with database.writing() as connection:
        connection.execute(
            update(t.index_state)
            .where(t.index_state.c.fence == lease.fence)
            .values(lease_holder=None, lease_purpose=None, lease_taken_at=None, lease_until=None)
        )


def check(database: Database, lease: Lease) -> None:
    """Raises LeaseLost."""
    with database.reading() as connection:
        if read(connection).fence != lease.fence:
            raise LeaseLost(_LOST)


def commit_generation(connection: Connection, lease: Lease, generation: int, directory: str) -> None:
    """Make an index live, in the caller's transaction. Raises LeaseLost."""
    _change(connection, lease, generation=generation, directory=directory)


_LOST = "this process lost its lease on the index to another; what it had not noted as done will be done by that one"


def _change(connection: Connection, lease: Lease, **values: object) -> None:
    changed = connection.execute(update(t.index_state).where(t.index_state.c.fence == lease.fence).values(**values))
    if changed.rowcount != 1:
        raise LeaseLost(_LOST)


def _over(state: IndexState, now: datetime) -> bool:
    return state.until is None or state.until < now or has_ended(state.holder or "")
