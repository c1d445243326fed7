"""Puts an export into an archive, batch by batch: a new archive from it has the same permalinks, versions, hashes,
tombstones and merges. Doing it again changes nothing; doing it again after a crash goes on where it stopped."""

from __future__ import annotations

import gzip
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Final

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from app.domain.record import Place, Unread
from app.ingest.exported.read import READER, Found, export_in, read_export
from app.store import rejections, runs
from app.store.database import Database
from app.store.holdings import OtherHistory, put_in
from app.store.runs import Counts
from app.store.save import Outcome

ARTICLES_A_BATCH: Final = 100


@dataclass(slots=True)
class Restored:
    """What became of the articles of an export. problems: a sentence for each that could not be put in."""

    run: int
    counts: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)


def is_export(path: str) -> bool:
    """Whether a file was written by an export; anything that can't be looked at is none."""
    try:
        with _open(Path(path)) as stream:
            return export_in(stream.read(1024)) is not None
    except (OSError, EOFError, zlib.error, ValueError):
        return False


def restore(database: Database, paths: list[str], told: Callable[[int], None] | None = None) -> Restored:
    """Put the articles of exports in. Each batch is stored whole or not at all. Raises StoreError, OSError."""
    started = time.perf_counter()
    with database.writing() as connection:
        summary = Restored(runs.start_run(connection, paths))
    for path in paths:
        for batch in _batches(_read(Path(path))):
            _store(database, summary, batch)
            if told is not None:
                told(summary.counts.read)
    with database.writing() as connection:
        runs.finish_run(connection, summary.run)
    summary.seconds = time.perf_counter() - started
    return summary


def _store(database: Database, summary: Restored, batch: list[Found | Unread]) -> None:
    tally: Counter[Outcome] = Counter()
    rejected: list[Unread] = []
    with database.writing() as connection:
        for one in batch:
            outcome = one if isinstance(one, Unread) else _put_in(connection, summary.run, one)
            if isinstance(outcome, Unread):
                rejected.append(outcome)
            else:
                tally[outcome] += 1
        rejections.reject(connection, summary.run, rejected)
        counts = summary.counts + Counts(
            read=len(batch),
            added=tally[Outcome.ADDED],
            revised=tally[Outcome.REVISED],
            unchanged=tally[Outcome.UNCHANGED],
            rejected=len(rejected),
        )
        runs.count(connection, summary.run, counts)
    summary.counts = counts
    summary.problems.extend(f"{unread.place}: rejected: {unread.reason}." for unread in rejected)


def _put_in(connection: Connection, run_id: int, found: Found) -> Outcome | Unread:
    """Put an article in, whole or not at all."""
    try:
        with connection.begin_nested():
            brought = put_in(connection, run_id, found.holding)
    except OtherHistory as error:
        return Unread(found.place, str(error), found.raw, found.size, READER)
    except IntegrityError as error:
        into = found.holding.leads_to
        reason = (
            f"it leads to {into}, which is not in this archive" if into else f"the database refuses it: {error.orig}"
        )
        return Unread(found.place, reason, found.raw, found.size, READER)
    if brought is None:
        return Outcome.ADDED
    return Outcome.REVISED if brought else Outcome.UNCHANGED


def _read(path: Path) -> Iterator[Found | Unread]:
    """Everything in an export; one that can't be read to its end says so as its last."""
    number = 0
    try:
        with _open(path) as stream:
            form = export_in(stream.peek(1024))  # type: ignore[attr-defined]
            for one in read_export(stream, form or "jsonl", str(path)):
                number += 1
                yield one
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Unread(Place(str(path)), f"it can't be read further than article {number}: {error}", b"", 0, READER)


@contextmanager
def _open(path: Path) -> Iterator[BinaryIO]:
    """The uncompressed bytes, whatever the file is called. Raises OSError."""
    with open(path, "rb") as plain:
        if plain.peek(2)[:2] == b"\x1f\x8b":
            with gzip.GzipFile(fileobj=plain) as unpacked:
                yield unpacked  # type: ignore[misc]
        else:
            yield plain


def _batches(found: Iterator[Found | Unread]) -> Iterator[list[Found | Unread]]:
    batch: list[Found | Unread] = []
    for one in found:
        batch.append(one)
        if len(batch) >= ARTICLES_A_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
