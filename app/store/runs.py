"""Ingest runs: what was fed, what became of it, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from app.store import tables as t
from app.store.processes import has_ended, whoami

SILENT: Final = timedelta(minutes=30)
"""A run of another machine that stored nothing for so long has ended."""


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
class Run:
    """One ingest. given: its source, topics and format, where they were given. ended_at: None while it runs, and where
    nobody knows; stopped: why it ended before its inputs did, None where it did not."""

    id: int
    inputs: tuple[str, ...]
    given: dict[str, Any]
    started_at: datetime
    ended_at: datetime | None
    stopped: str | None
    counts: Counts

    @property
    def running(self) -> bool:
        return self.ended_at is None and self.stopped is None


def start_run(connection: Connection, inputs: Sequence[str], given: dict[str, Any] | None = None) -> int:
    """Note that a run of this process begins; returns its id. given: what holds for all of its records."""
    now = datetime.now(UTC)
    result = connection.execute(
        insert(t.ingest_run).values(
            started_at=now,
            seen_at=now,
            process=whoami(),
            inputs=list(inputs),
            given=given or {},
            **dict.fromkeys((one.name for one in fields(Counts)), 0),
        )
    )
    return int(result.inserted_primary_key[0])  # type: ignore[index]


def count(connection: Connection, run_id: int, counts: Counts) -> None:
    """Write down how far a run has come, in the transaction that stored it."""
    values = {one.name: getattr(counts, one.name) for one in fields(Counts)}
    connection.execute(
        update(t.ingest_run).where(t.ingest_run.c.id == run_id).values(seen_at=datetime.now(UTC), **values)
    )


def finish_run(connection: Connection, run_id: int, stopped: str | None = None) -> None:
    """stopped: why it ended before its inputs did."""
    connection.execute(
        update(t.ingest_run).where(t.ingest_run.c.id == run_id).values(finished_at=datetime.now(UTC), stopped=stopped)
    )


def runs(connection: Connection, limit: int, offset: int = 0) -> list[Run]:
    """Newest first."""
    query = select(t.ingest_run).order_by(t.ingest_run.c.id.desc()).limit(limit).offset(offset)
    return [_run(row) for row in connection.execute(query)]


def run(connection: Connection, id: int) -> Run | None:
    row = connection.execute(select(t.ingest_run).where(t.ingest_run.c.id == id)).first()
    return None if row is None else _run(row)


def count_runs(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(t.ingest_run)).scalar_one()


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        inputs=tuple(row.inputs),
        given=dict(row.given or {}),
        started_at=row.started_at,
        ended_at=row.finished_at,
        stopped=row.stopped if row.finished_at else _cut_off(row),
        counts=Counts(*(getattr(row, one.name) for one in fields(Counts))),
    )


def _cut_off(row: Row[Any]) -> str | None:
    """Nobody wrote down the end of a run that was killed: its process has ended without it."""
    silent = row.seen_at is None or datetime.now(UTC) - row.seen_at > SILENT
    over = has_ended(row.process) if row.process else True
    return "its process ended early" if over or (silent and not _here(row.process)) else None


def _here(process: str) -> bool:
    return process.rpartition(" ")[2] == whoami().rpartition(" ")[2]
