"""Tries rejections again: from the bytes that were kept, from the file where it still lies, or from the address.

What can be stored now is stored and is no rejection any more, in one transaction. What fails again keeps its place and
gets the reason of today.
"""

from __future__ import annotations

import io
import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.domain.record import Place, Unread
from app.ingest.apart import Apart
from app.ingest.compose import Given
from app.ingest.draft import Draft, Hints, Link, List
from app.ingest.inputs import STDIN, Input, WrongInput, find_inputs
from app.ingest.read import AnyInput, read
from app.ingest.readers import FORMATS, reader
from app.ingest.run import Summary, Unkeepable, composed, counts_of, everything_in, store
from app.store import rejections, runs
from app.store.database import Database
from app.store.rejections import Rejection
from app.store.runs import Counts

Fetch = Callable[[str], AnyInput]
"""The input that an address is."""


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of one rejection. reason: why it is one still; None where it was stored."""

    id: int
    place: Place
    reason: str | None


def retry(database: Database, ids: Sequence[int], fetch: Fetch, tell: Callable[[Retried], None]) -> Summary:
    """The run that did it; its `rejected` are those that failed again. Raises StoreError."""
    started = time.perf_counter()
    with database.writing() as connection:
        run_id = runs.start_run(connection, [f"retry of {len(ids):,} rejection{'' if len(ids) == 1 else 's'}"])
    with Apart() as apart:
        retrying = _Retry(database, Summary(run_id), fetch, apart)
        try:
            for id in ids:
                done = retrying.one(id)
                if done is not None:
                    tell(done)
        except KeyboardInterrupt:
            retrying.finish("interrupted")
            raise
        retrying.finish(None)
    retrying.summary.seconds = time.perf_counter() - started
    return retrying.summary


class _Retry:
    def __init__(self, database: Database, summary: Summary, fetch: Fetch, apart: Apart) -> None:
        self._apart = apart
        self._database = database
        self.summary = summary
        self._fetch = fetch
        self._now = datetime.now(UTC)
        self._file: tuple[str, dict[int, Draft | Unread]] = ("", {})

    def finish(self, stopped: str | None) -> None:
        with self._database.writing() as connection:
            runs.finish_run(connection, self.summary.run, stopped)

    def one(self, id: int) -> Retried | None:
        """None where somebody took the rejection away meanwhile."""
        with self._database.reading() as connection:
            rejection = rejections.rejection(connection, id)
            run = None if rejection is None else runs.run(connection, rejection.run_id)
        if rejection is None:
            return None
        given = Given() if run is None else Given(run.given.get("source"), tuple(run.given.get("topics", ())))
        reason = rejection.reason
        for found in self._attempts(rejection):
            failed = self._store(rejection, found, given)
            if failed is None:
                return Retried(id, rejection.place, None)
            reason = failed
        self._keep(rejection, reason)
        return Retried(id, rejection.place, reason)

    def _attempts(self, rejection: Rejection) -> Iterator[list[Draft | Unread]]:
        """What can be read of it, in the order in which it is worth trying."""
        place = rejection.place
        if place.number is None and place.file.startswith(("http://", "https://")):
            yield everything_in(self._fetch(place.file), self._apart)
            return
        if place.number is None:
            # A whole file that lies there still is what its owner may have mended.
            lying = _lying(place.file, rejection.reader)
            if lying is not None:
                yield everything_in(lying, self._apart)
                return
        if rejection.whole and rejection.size and rejection.reader in FORMATS:
            named, hints = reader(rejection.reader), Hints(Place(place.file), place.file)
            found = read(io.BytesIO(rejection.raw), hints, self._apart, named)
            yield [replace(one, place=place) for one in found if not isinstance(one, Link | List)]
        if place.number is not None:
            one = self._at(place, rejection.reader)
            if one is not None and (one.raw != rejection.raw or not rejection.whole):
                yield [one]

    def _at(self, place: Place, reader: str) -> Draft | Unread | None:
        """The record at a place in its file, if it lies there still. A file is read once for all of its rejections."""
        if self._file[0] != place.file:
            lying = _lying(place.file, reader)
            wanted: dict[int, Draft | Unread] = {}
            if lying is not None:
                with self._database.reading() as connection:
                    numbers = rejections.numbers_in(connection, place.file)
                for one in everything_in(lying, self._apart):
                    if one.place.number is not None and one.place.number in numbers:
                        wanted[one.place.number] = one
            self._file = (place.file, wanted)
        return self._file[1].get(place.number or 0)

    def _store(self, rejection: Rejection, found: list[Draft | Unread], given: Given) -> str | None:
        """Store what was found. The reason, where it is a rejection still."""
        pairs, rejected = composed(found, given, self._now)
        same = [one for one in rejected if one.place == rejection.place]
        if same or not pairs:
            return (same or rejected)[0].reason if rejected else "it is empty"
        records = [record for _, record in pairs]
        try:
            with self._database.writing() as connection:
                tally = store(connection, self.summary.run, records)
                rejections.drop(connection, [rejection.id])
                rejections.reject(connection, self.summary.run, rejected)
                counts = self.summary.counts + counts_of(tally, len(rejected))
                runs.count(connection, self.summary.run, counts)
        except Unkeepable as error:
            return f"the database does not take it: {error}"
        self.summary.counts = counts
        self.summary.tell_of(records, rejected)
        return None

    def _keep(self, rejection: Rejection, reason: str) -> None:
        counts = self.summary.counts + Counts(read=1, rejected=1)
        with self._database.writing() as connection:
            rejections.still(connection, rejection, reason)
            runs.count(connection, self.summary.run, counts)
        self.summary.counts = counts
        again = Unread(rejection.place, reason, b"", 0, rejection.reader)
        self.summary.tell_of((), [again])


def _lying(file: str, reader: str) -> Input | None:
    """The file as an input, where it lies there still."""
    if file == STDIN:
        return None
    try:
        # A link may lead out of the folder that it was refused in; what else is no file may never end.
        if not stat.S_ISREG(os.lstat(file).st_mode):
            return None
        inputs, _ = find_inputs([file], None)
        inputs = inputs or (find_inputs([file], reader)[0] if reader in FORMATS else [])
    except (WrongInput, OSError, ValueError):
        return None
    return inputs[0] if len(inputs) == 1 and inputs[0].file == file else None
