"""`ingest --dry-run`: reads inputs and says what would become of each record, without writing anything."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from app.domain.record import Place
from app.ingest.apart import Apart
from app.ingest.compose import Given
from app.ingest.read import AnyInput
from app.ingest.run import AT_THE_FIRST, Far, Follow, Progress, Summary, batches_of, composed, counts_of
from app.store.database import Database
from app.store.rehearse import Rehearsal
from app.store.save import Outcome

Tell = Callable[[Place, str, str], None]
"""Told of each record: where it stands, what would become of it, and its title or the reason against it."""


def rehearse(
    database: Database,
    inputs: Sequence[AnyInput],
    given: Given,
    tell: Tell,
    progress: Progress | None = None,
    *,
    follow: Follow | None = None,
    strict: bool = False,
) -> Summary:
    """The summary that `ingest` would give; its run is 0, as there is none. Raises StoreError."""
    started = time.perf_counter()
    summary = Summary(0)
    now = datetime.now(UTC)
    with Apart() as apart, database.reading() as connection:
        rehearsal = Rehearsal(connection)
        for batch, input, done, total in batches_of(inputs, apart, follow):
            pairs, rejected = composed(batch, given, now, strict=strict)
            records = [record for _, record in pairs]
            saved = rehearsal.save(records)
            for record, one in zip(records, saved, strict=True):
                tell(record.place, _WOULD_BE[one.outcome], record.title.value)
            for unread in rejected:
                tell(unread.place, "rejected", unread.reason)
            summary.counts += counts_of(Counter(one.outcome for one in saved), len(rejected))
            summary.tell_of(records, rejected)
            if progress is not None:
                progress(Far(summary.counts, input.file, done, total))
            if strict and rejected:
                summary.stopped = AT_THE_FIRST
                break
    summary.seconds = time.perf_counter() - started
    return summary


_WOULD_BE = {
    Outcome.ADDED: "added",
    Outcome.REVISED: "revised",
    Outcome.UNCHANGED: "unchanged",
    Outcome.DUPLICATE: "duplicate",
}
