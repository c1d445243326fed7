"""An ingest run: reads inputs, stores their records batch by batch, and says what became of each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from app.domain.record import Record, Unread, Unstorable
from app.ingest.apart import Apart
from app.ingest.compose import Given, compose
from app.ingest.draft import Draft, Link
from app.ingest.inputs import Input
from app.ingest.read import read_in_order
from app.store import runs
from app.store.database import Database
from app.store.runs import Counts
from app.store.save import Outcome, Saved, save

RECORDS_A_BATCH: Final = 500
"""As many as keep the cost of a transaction small, and others waiting for it well under a second."""
BYTES_A_BATCH: Final = 4 * 1024 * 1024
SENTENCES_KEPT: Final = 1_000
"""How many problems a summary tells one by one; further ones are counted."""


@dataclass(slots=True)
class Summary:
    """What a run did. reasons: how many records each reason kept out. problems: a sentence for each record that was not
    stored, or not as it came; the first of them, `untold` more."""

    run: int
    counts: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    untold: int = 0

    def tell(self, sentence: str) -> None:
        if len(self.problems) < SENTENCES_KEPT:
            self.problems.append(sentence)
        else:
            self.untold += 1


Progress = Callable[[Counts, Input], None]
"""Told after each batch how far the run has come, and in which input it is."""


Follow = Callable[[Link], Iterator[Draft | Unread]]
"""Fetches what a link leads to, and reads it."""


def ingest(
    database: Database,
    inputs: Sequence[Input],
    given: Given,
    progress: Progress | None = None,
    follow: Follow | None = None,
) -> Summary:
    """Read all inputs in order and store their records.

    follow: what to do with links that feeds and sitemaps hold instead of articles. Without it, what the list itself
    says of an article is stored, and where that is nothing, the link is rejected.

    Each batch is stored whole or not at all, together with its rejections and the run's counts: what was stored stays
    stored, whatever comes after. Raises StoreError.
    """
    started = time.perf_counter()
    with database.writing() as connection:
        run_id = runs.start_run(connection, [input.file for input in inputs])
    run = _Run(database, Summary(run_id), given)
    with Apart() as apart:
        for batch in _batches(_read_all(inputs, apart, follow)):
            run.store([one for _, one in batch])
            if progress is not None:
                progress(run.summary.counts, batch[-1][0])
    with database.writing() as connection:
        runs.finish_run(connection, run_id)
    run.summary.seconds = time.perf_counter() - started
    return run.summary


class _Run:
    def __init__(self, database: Database, summary: Summary, given: Given) -> None:
        self._database = database
        self.summary = summary
        self._given = given
        self._now = datetime.now(UTC)

    def store(self, batch: Sequence[Draft | Unread]) -> None:
        pairs: list[tuple[Draft, Record]] = []
        rejected: list[Unread] = []
        for one in batch:
            if isinstance(one, Unread):
                rejected.append(one)
                continue
            try:
                pairs.append((one, compose(one, self._given, self._now)))
            except Unstorable as error:
                rejected.append(_rejection(one, str(error)))
        try:
            counts = self._commit([record for _, record in pairs], rejected)
        except _Unkeepable:
            counts = self._commit_singly(pairs, rejected)
        self.summary.counts = counts
        for unread in rejected:
            self.summary.reasons[unread.reason] += 1
            self.summary.tell(f"{unread.place}: rejected: {unread.reason}.")
        for _, record in pairs:
            for refused in record.refused:
                self.summary.tell(f"{record.place}: stored without its {refused.field}: {refused.reason}.")

    def _commit(self, records: Sequence[Record], rejected: Sequence[Unread]) -> Counts:
        with self._database.writing() as connection:
            tally = Counter(saved.outcome for saved in _save(connection, self.summary.run, records))
            runs.reject(connection, self.summary.run, rejected)
            counts = self.summary.counts + Counts(
                read=len(records) + len(rejected),
                added=tally[Outcome.ADDED],
                revised=tally[Outcome.REVISED],
                unchanged=tally[Outcome.UNCHANGED],
                duplicates=tally[Outcome.DUPLICATE],
                rejected=len(rejected),
            )
            runs.count(connection, self.summary.run, counts)
        return counts

    def _commit_singly(self, pairs: list[tuple[Draft, Record]], rejected: list[Unread]) -> Counts:
        """A record in the batch is one that the database will not take: find it, and store the others."""
        for draft, record in list(pairs):
            try:
                self.summary.counts = self._commit([record], [])
            except _Unkeepable as error:
                pairs.remove((draft, record))
                rejected.append(_rejection(draft, f"the database does not take it: {error}"))
        return self._commit([], rejected)


class _Unkeepable(Exception):
    """The database refuses a record's values."""


def _save(connection: Connection, run_id: int, records: Sequence[Record]) -> list[Saved]:
    try:
        return save(connection, run_id, records)
    except (DataError, IntegrityError, UnicodeEncodeError, OverflowError, ValueError) as error:
        raise _Unkeepable(str(getattr(error, "orig", error))) from error
    except StatementError as error:
        if isinstance(error.orig, UnicodeEncodeError | OverflowError | ValueError | TypeError):
            raise _Unkeepable(str(error.orig)) from error
        raise


def _rejection(draft: Draft, reason: str) -> Unread:
    return Unread(draft.place, reason, draft.raw, draft.size, draft.reader)


def _read_all(inputs: Iterable[Input], apart: Apart, follow: Follow | None) -> Iterator[tuple[Input, Draft | Unread]]:
    """Everything in the inputs, in order."""
    for input, one in read_in_order(inputs, apart):
        if not isinstance(one, Link):
            yield input, one
        elif follow is not None:
            yield from ((input, found) for found in follow(one))
        else:
            yield input, one.stand_in or _unfollowed(one)


def _unfollowed(link: Link) -> Unread:
    reason = f"it is only a link, to {link.address[:500]}; give that address to have it fetched"
    return Unread(link.place, reason, link.address.encode(), len(link.address.encode()), link.reader)


def _batches(records: Iterable[tuple[Input, Draft | Unread]]) -> Iterator[list[tuple[Input, Draft | Unread]]]:
    batch: list[tuple[Input, Draft | Unread]] = []
    size = 0
    for input, record in records:
        batch.append((input, record))
        size += record.size
        if len(batch) >= RECORDS_A_BATCH or size >= BYTES_A_BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
