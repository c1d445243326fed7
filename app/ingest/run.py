"""An ingest run: reads inputs, stores their records batch by batch, and says what became of each."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO, Final

from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from app.domain.record import Record, Unread, Unstorable
from app.ingest.apart import Apart
from app.ingest.compose import Given, compose
from app.ingest.draft import Draft, Found, Link, List
from app.ingest.inputs import Input
from app.ingest.read import AnyInput, read_in_order
from app.store import addresses, rejections, runs
from app.store.database import Database
from app.store.rejections import kind_of
from app.store.runs import Counts
from app.store.save import Outcome, Saved, save

RECORDS_A_BATCH: Final = 500
"""As many as keep the cost of a transaction small, and others waiting for it well under a second."""
BYTES_A_BATCH: Final = 4 * 1024 * 1024
SECONDS_A_BATCH: Final = 5.0
"""What was slow to come, as pages of one site are, is not kept waiting for the rest of a batch."""
SENTENCES_KEPT: Final = 1_000
"""How many problems a summary tells one by one; further ones are counted."""


FETCHED: Final = "fetch"
"""The reader of what stands at an address of the web, in rejections."""
AT_THE_FIRST: Final = "stopped at the first rejection (--strict)"
INTERRUPTED: Final = "interrupted"


Follow = Callable[[Link, Apart], Iterator[Draft | Unread]]
"""Fetches what a link leads to, and reads it."""


@dataclass(slots=True)
class Summary:
    """What a run did. reasons: how many records each kind of reason kept out. problems: a sentence for each record that
    was not stored, or not as it came; the first of them, `untold` more. stopped: why it ended before its inputs did."""

    run: int
    counts: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    untold: int = 0
    stopped: str | None = None

    def tell(self, sentence: str) -> None:
        if len(self.problems) < SENTENCES_KEPT:
            self.problems.append(sentence)
        else:
            self.untold += 1

    def tell_of(self, records: Iterable[Record], rejected: Iterable[Unread]) -> None:
        for unread in rejected:
            self.reasons[kind_of(unread.reason)] += 1
            self.tell(f"{unread.place}: rejected: {unread.reason}.")
        for record in records:
            for refused in record.refused:
                self.tell(f"{record.place}: stored without its {refused.field}: {refused.reason}.")


@dataclass(frozen=True, slots=True)
class Far:
    """How far a run has come. done, total: bytes of its inputs as they lie on the disk; total is None where nobody
    knows."""

    counts: Counts
    file: str
    done: int
    total: int | None


Progress = Callable[[Far], None]
"""Told after each batch how far the run has come, and in which input it is."""


def ingest(
    database: Database,
    inputs: Sequence[AnyInput],
    given: Given,
    progress: Progress | None = None,
    *,
    follow: Follow | None = None,
    strict: bool = False,
    stop: Callable[[], str | None] = lambda: None,
    apart: Apart | None = None,
) -> Summary:
    """Read all inputs in order and store their records.

    follow: what to do with links that feeds and sitemaps hold instead of articles. Without it, what the list itself
    says of an article is stored, and where that is nothing, the link is rejected.

    Each batch is stored whole or not at all, together with its rejections and the run's counts: what was stored stays
    stored, whatever comes after. strict: end with the first record that is rejected. stop: asked after each batch, it
    may say why the run is to end. apart: the reading processes to use, of a caller that has some. Raises StoreError.
    """
    started = time.perf_counter()
    with database.writing() as connection:
        run_id = runs.start_run(connection, [input.file for input in inputs], _said(given))
    run = _Run(database, Summary(run_id), given, strict=strict)
    interrupted = False
    try:
        with Apart() if apart is None else nullcontext(apart) as reading:
            for batch, input, done, total in batches_of(inputs, reading, follow):
                run.store(batch)
                if progress is not None:
                    progress(Far(run.summary.counts, input.file, done, total))
                run.summary.stopped = AT_THE_FIRST if strict and run.summary.counts.rejected else stop()
                if run.summary.stopped is not None:
                    break
    except KeyboardInterrupt:
        interrupted = True
    # Not while the interrupt is at hand: it may still refer to a transaction that it broke off.
    run.finish(INTERRUPTED if interrupted else run.summary.stopped)
    if interrupted:
        raise KeyboardInterrupt
    run.summary.seconds = time.perf_counter() - started
    return run.summary


def batches_of(
    inputs: Sequence[AnyInput], apart: Apart, follow: Follow | None = None
) -> Iterator[tuple[list[Draft | Unread], AnyInput, int, int | None]]:
    """The records of all inputs, batch by batch, with the input that the last is of and the bytes of all that were
    read."""
    position = _Position(inputs)
    for batch in _batches(_followed(read_in_order(inputs, apart, position.follow), apart, follow)):
        yield [one for _, one in batch], batch[-1][0], position.now(), position.total


def everything_in(input: AnyInput, apart: Apart, follow: Follow | None = None) -> list[Draft | Unread]:
    """Everything in an input; one that can't be read to its end says so as its last record."""
    return [one for _, one in _followed(read_in_order([input], apart), apart, follow)]


def _followed(
    found: Iterable[tuple[AnyInput, Found]], apart: Apart, follow: Follow | None
) -> Iterator[tuple[AnyInput, Draft | Unread]]:
    for input, one in found:
        if isinstance(one, List):
            continue
        if not isinstance(one, Link):
            yield input, one
        elif follow is not None:
            yield from ((input, behind) for behind in follow(one, apart))
        else:
            yield input, one.stand_in or _unfollowed(one)


def _unfollowed(link: Link) -> Unread:
    reason = f"it is only a link, to {link.address[:500]}; give that address, or --follow, to have it fetched"
    return Unread(link.place, reason, link.address.encode(), len(link.address.encode()), FETCHED)


def composed(
    batch: Iterable[Draft | Unread], given: Given, now: datetime, *, strict: bool = False
) -> tuple[list[tuple[Draft, Record]], list[Unread]]:
    """The records of a batch, and what can't be one. strict: nothing after the first that can't."""
    pairs: list[tuple[Draft, Record]] = []
    rejected: list[Unread] = []
    for one in batch:
        if isinstance(one, Unread):
            rejected.append(one)
        else:
            try:
                pairs.append((one, compose(one, given, now)))
            except Unstorable as error:
                rejected.append(rejection_of(one, str(error)))
        if strict and rejected:
            break
    return pairs, rejected


class _Run:
    def __init__(self, database: Database, summary: Summary, given: Given, *, strict: bool) -> None:
        self._database = database
        self.summary = summary
        self._given = given
        self._strict = strict
        self._now = datetime.now(UTC)

    def store(self, batch: Sequence[Draft | Unread]) -> None:
        pairs, rejected = composed(batch, self._given, self._now, strict=self._strict)
        try:
            counts = self._commit([record for _, record in pairs], rejected)
        except Unkeepable:
            counts = self._commit_singly(pairs, rejected)
        self.summary.counts = counts
        self.summary.tell_of((record for _, record in pairs), rejected)

    def finish(self, stopped: str | None) -> None:
        with self._database.writing() as connection:
            runs.finish_run(connection, self.summary.run, stopped)

    def _commit(self, records: Sequence[Record], rejected: Sequence[Unread]) -> Counts:
        with self._database.writing() as connection:
            tally = store(connection, self.summary.run, records)
            rejections.reject(connection, self.summary.run, rejected)
            counts = self.summary.counts + counts_of(tally, len(rejected))
            runs.count(connection, self.summary.run, counts)
        return counts

    def _commit_singly(self, pairs: list[tuple[Draft, Record]], rejected: list[Unread]) -> Counts:
        """A record in the batch is one that the database will not take: find it, and store the others."""
        for draft, record in list(pairs):
            try:
                self.summary.counts = self._commit([record], [])
            except Unkeepable as error:
                pairs.remove((draft, record))
                rejected.append(rejection_of(draft, f"the database does not take it: {error}"))
        return self._commit([], rejected)


def counts_of(tally: Counter[Outcome], rejected: int) -> Counts:
    """What became of some records, and of so many that were rejected."""
    return Counts(
        read=tally.total() + rejected,
        added=tally[Outcome.ADDED],
        revised=tally[Outcome.REVISED],
        unchanged=tally[Outcome.UNCHANGED],
        duplicates=tally[Outcome.DUPLICATE],
        rejected=rejected,
    )


class Unkeepable(Exception):
    """The database refuses a record's values."""


def store(connection: Connection, run_id: int, records: Sequence[Record]) -> Counter[Outcome]:
    """Save records with their further addresses, in the caller's transaction. What an address could not give before,
    and gives now, is no rejection any more. Raises Unkeepable."""
    saved = _save(connection, run_id, records)
    met = [
        (one.id, record.further_addresses)
        for one, record in zip(saved, records, strict=True)
        if record.further_addresses
    ]
    addresses.remember(connection, met)
    fetched = {record.place.file for record in records if record.place.file.startswith(("http://", "https://"))}
    rejections.drop_at(connection, sorted(fetched), FETCHED)
    return Counter(one.outcome for one in saved)


def _save(connection: Connection, run_id: int, records: Sequence[Record]) -> list[Saved]:
    try:
        return save(connection, run_id, records)
    except (DataError, IntegrityError, UnicodeEncodeError, OverflowError, ValueError) as error:
        raise Unkeepable(str(getattr(error, "orig", error))) from error
    except StatementError as error:
        if isinstance(error.orig, UnicodeEncodeError | OverflowError | ValueError | TypeError):
            raise Unkeepable(str(error.orig)) from error
        raise


def rejection_of(draft: Draft, reason: str) -> Unread:
    return Unread(draft.place, reason, draft.raw, draft.size, draft.reader)


class _Position:
    """How many bytes of the inputs were read, as they lie on the disk; total is None where nobody knows."""

    def __init__(self, inputs: Sequence[AnyInput]) -> None:
        sizes = [input.size if isinstance(input, Input) else None for input in inputs]
        self.total = None if None in sizes else sum(size or 0 for size in sizes)
        self._before = 0
        self._size = 0
        self._stream: BinaryIO | None = None

    def follow(self, input: Input, stream: BinaryIO) -> None:
        self._before += self._size
        self._size = input.size or 0
        self._stream = stream

    def now(self) -> int:
        try:
            return self._before + (self._size if self._stream is None or self._stream.closed else self._stream.tell())
        except OSError:
            return self._before


def _said(given: Given) -> dict[str, object]:
    """What a run was given, as it is written down with it."""
    said = {"source": given.source, "topics": list(given.topics)}
    return {name: value for name, value in said.items() if value}


def _batches(
    records: Iterable[tuple[AnyInput, Draft | Unread]],
) -> Iterator[list[tuple[AnyInput, Draft | Unread]]]:
    batch: list[tuple[AnyInput, Draft | Unread]] = []
    size = 0
    by = time.monotonic() + SECONDS_A_BATCH
    for input, record in records:
        batch.append((input, record))
        size += record.size
        if len(batch) >= RECORDS_A_BATCH or size >= BYTES_A_BATCH or time.monotonic() >= by:
            yield batch
            batch, size = [], 0
            by = time.monotonic() + SECONDS_A_BATCH
    if batch:
        yield batch
