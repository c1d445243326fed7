"""Ingest runs and rejections: what was fed, what became of it, and what could not be stored."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from app.domain.record import Place, Unread
from app.store import tables as t
from app.store.articles import AT_ONCE

RAW_BYTES_KEPT: Final = 64 * 1024
"""How much of a rejected record's bytes is kept."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of a run's records: read = added + revised + unchanged + duplicates + rejected."""

    read: int = 0
    added: int = 0
    revised: int = 0
    unchanged: int = 0
    duplicates: int = 0
    rejected: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts)))


@dataclass(frozen=True, slots=True)
class Rejection:
    """A record that could not be stored. size: its bytes in all; raw holds the first 64 KiB of them."""

    id: int
    run_id: int
    rejected_at: datetime
    place: Place
    reader: str
    reason: str
    raw: bytes
    size: int


def start_run(connection: Connection, inputs: Sequence[str]) -> int:
    """Note that a run begins; returns its id."""
    result = connection.execute(
        insert(t.ingest_run).values(
            started_at=datetime.now(UTC), inputs=list(inputs), **dict.fromkeys((one.name for one in fields(Counts)), 0)
        )
    )
    return int(result.inserted_primary_key[0])  # type: ignore[index]


def count(connection: Connection, run_id: int, counts: Counts) -> None:
    """Write down how far a run has come, in the transaction that stored it."""
    values = {one.name: getattr(counts, one.name) for one in fields(Counts)}
    connection.execute(update(t.ingest_run).where(t.ingest_run.c.id == run_id).values(**values))


def finish_run(connection: Connection, run_id: int) -> None:
    connection.execute(update(t.ingest_run).where(t.ingest_run.c.id == run_id).values(finished_at=datetime.now(UTC)))


def reject(connection: Connection, run_id: int, unread: Sequence[Unread]) -> None:
    """Keep what could not be stored. The same rejection, fed again, is kept once."""
    digests = {_digest(one): one for one in unread}
    wanted = list(digests)
    kept: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        query = select(t.rejection.c.digest).where(t.rejection.c.digest.in_(wanted[start : start + AT_ONCE]))
        kept.update(connection.execute(query).scalars())
    rows = [
        {
            "run_id": run_id,
            "rejected_at": datetime.now(UTC),
            "file": one.place.file,
            "number": one.place.number,
            "reader": one.reader,
            "reason": one.reason,
            "raw": one.raw[:RAW_BYTES_KEPT],
            "size": one.size,
            "digest": digest,
        }
        for digest, one in digests.items()
        if digest not in kept
    ]
    if rows:
        connection.execute(insert(t.rejection), rows)


def rejections(connection: Connection, limit: int, offset: int = 0) -> list[Rejection]:
    """What could not be stored, newest first."""
    query = select(t.rejection).order_by(t.rejection.c.id.desc()).limit(limit).offset(offset)
    return [_rejection(row) for row in connection.execute(query).mappings()]


def rejection(connection: Connection, id: int) -> Rejection | None:
    row = connection.execute(select(t.rejection).where(t.rejection.c.id == id)).mappings().first()
    return None if row is None else _rejection(row)


def count_rejections(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(t.rejection)).scalar_one()


def _rejection(row: RowMapping) -> Rejection:
    return Rejection(
        id=row["id"],
        run_id=row["run_id"],
        rejected_at=row["rejected_at"],
        place=Place(row["file"], row["number"]),
        reader=row["reader"],
        reason=row["reason"],
        raw=row["raw"],
        size=row["size"],
    )


def _digest(unread: Unread) -> str:
    place = f"{unread.place.file}\n{unread.place.number}\n{unread.reason}\n{unread.size}\n"
    return hashlib.sha256(place.encode() + unread.raw).hexdigest()
