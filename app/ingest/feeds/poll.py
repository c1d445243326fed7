"""Polls feeds: asks whether they have changed, stores what is new, and decides when to ask again.

One process polls at a time, under a lease. What a poll stores it stores before it notes the entries as dealt with:
after a crash they are read again, and are unchanged.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from app.ingest.apart import Apart
from app.ingest.compose import Given
from app.ingest.feeds.entries import FeedEntries
from app.ingest.feeds.parse import NoFeed
from app.ingest.feeds.read import Entry, read_feed
from app.ingest.feeds.read import Feed as Parsed
from app.ingest.fetch.failure import FetchFailed, Why
from app.ingest.fetch.fetch import Fetched, Fetcher, Known
from app.ingest.run import ingest
from app.store import feeds, leases
from app.store.database import Database
from app.store.feeds import Feed
from app.store.runs import Counts

LEASE: Final = "polling feeds"
LEAST_INTERVAL: Final = 1800
MOST_INTERVAL: Final = 86_400
LONGEST_WAIT: Final = 7 * 86_400
"""Seconds; a feed that fails is asked ever less often, but once a week."""
JITTER: Final = 0.1
"""Polls come this much earlier or later than planned, so that feeds that were added together do not stay together."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll of a feed found. counts: of what it stored, None where nothing was new. problem: why it failed."""

    feed: Feed
    counts: Counts | None = None
    problem: str | None = None
    gone: bool = False
    moved_to: str | None = None


def poll_due(database: Database, fetcher: Fetcher, tell: Callable[[Polled], None]) -> int:
    """Poll the feeds whose time has come; how many there were. Raises leases.Held, StoreError."""
    with database.reading() as connection:
        due = feeds.due(connection, datetime.now(UTC))
    return poll(database, fetcher, due, tell) if due else 0


def poll(database: Database, fetcher: Fetcher, wanted: Sequence[Feed], tell: Callable[[Polled], None]) -> int:
    """Poll these feeds, whenever they are due; how many were polled. Raises leases.Held, StoreError."""
    polled = 0
    with _lease(database) as still_held, Apart(processes=1) as apart:
        for feed in wanted:
            if fetcher.stop.is_set() or not still_held():
                break
            with database.reading() as connection:
                now = feeds.find(connection, feed.id)
            if now is not None:
                done = _Poll(database, fetcher, now, still_held, apart).run()
                if done is not None:
                    tell(done)
                    polled += 1
    return polled


@contextmanager
def _lease(database: Database) -> Iterator[Callable[[], bool]]:
    leases.take(database, LEASE)
    try:
        yield lambda: leases.renew(database, LEASE)
    finally:
        leases.release(database, LEASE)


class _Poll:
    def __init__(
        self, database: Database, fetcher: Fetcher, feed: Feed, still_held: Callable[[], bool], apart: Apart
    ) -> None:
        self._apart = apart
        self._database = database
        self._fetcher = fetcher
        self._feed = feed
        self._still_held = still_held
        self._now = datetime.now(UTC)

    def run(self) -> Polled | None:
        """None where polling was stopped before the feed answered."""
        try:
            fetched = self._fetcher.fetch(
                self._feed.address, Known(self._feed.etag, self._feed.last_modified), patience=0
            )
            if fetched.body is None:
                return self._succeeded(fetched, None, changed=False)
            parsed = read_feed(fetched, self._feed.address, self._apart)
        except FetchFailed as failed:
            if failed.why is Why.STOPPED:
                return None
            return self._gone(str(failed)) if failed.why is Why.GONE else self._failed(str(failed), failed.not_before)
        except NoFeed as failed:
            return self._failed(str(failed), None)
        new = self._new(parsed.entries)
        counts, later = self._store(new)
        settled = {entry.key: entry.digest for entry in parsed.entries if entry.key not in later}
        with self._database.writing() as connection:
            feeds.settle_entries(connection, self._feed.id, settled, self._now)
        return self._succeeded(fetched, parsed, changed=bool(new), counts=counts, later=bool(later))

    def _new(self, entries: Sequence[Entry]) -> list[Entry]:
        """Oldest first: feeds have the newest on top."""
        with self._database.reading() as connection:
            known = feeds.known_entries(connection, self._feed.id, [entry.key for entry in entries])
        return [entry for entry in reversed(entries) if known.get(entry.key) != entry.digest]

    def _store(self, new: list[Entry]) -> tuple[Counts | None, set[str]]:
        if not new:
            return None, set()
        given = Given(self._feed.source, self._feed.topics)
        sourced = given.source is None
        input = FeedEntries(self._feed.address, new, self._fetcher, sourced, self._go_on)
        return ingest(self._database, [input], given, apart=self._apart).counts, input.later

    def _go_on(self) -> bool:
        return not self._fetcher.stop.is_set() and self._still_held()

    def _succeeded(
        self,
        fetched: Fetched,
        parsed: Parsed | None,
        *,
        changed: bool,
        counts: Counts | None = None,
        later: bool = False,
    ) -> Polled:
        feed = self._feed
        interval = max(LEAST_INTERVAL, feed.interval // 2) if changed else min(MOST_INTERVAL, feed.interval * 3 // 2)
        asked = max(parsed.every if parsed else 0, fetched.lasts or 0)
        values: dict[str, Any] = {
            "polled_at": self._now,
            "failures": 0,
            "problem": None,
            "interval": interval,
            "next_poll_at": self._in(LEAST_INTERVAL if later else max(interval, min(asked, MOST_INTERVAL))),
            # With something left to do the feed is asked for whole the next time, too.
            "etag": None if later else fetched.known.etag or (feed.etag if parsed is None else None),
            "last_modified": None
            if later
            else fetched.known.last_modified or (feed.last_modified if parsed is None else None),
        }
        if changed:
            values["changed_at"] = self._now
        if parsed is not None and parsed.title:
            values["title"] = parsed.title
        moved_to = fetched.moved_to if fetched.moved_to != feed.address else None
        with self._database.writing() as connection:
            other = feeds.at(connection, moved_to) if moved_to else None
            if other is not None and other.id != feed.id:
                values["gone_at"] = self._now
                values["problem"] = f"it has moved to {moved_to}, which is feed {other.id} already"
            elif moved_to:
                values["address"] = moved_to
            feeds.note(connection, feed.id, **values)
        return Polled(feed, counts, values["problem"], "gone_at" in values, moved_to)

    def _failed(self, problem: str, not_before: datetime | None) -> Polled:
        failures = self._feed.failures + 1
        # 2 to the 12th hours are half a year; beyond, the power only grows.
        wait = min(LONGEST_WAIT, self._feed.interval * 2 ** min(failures, 12))
        next_poll_at = max(self._in(wait), not_before or self._now)
        with self._database.writing() as connection:
            feeds.note(
                connection,
                self._feed.id,
                polled_at=self._now,
                failures=failures,
                problem=problem,
                next_poll_at=next_poll_at,
            )
        return Polled(self._feed, problem=problem)

    def _gone(self, problem: str) -> Polled:
        with self._database.writing() as connection:
            feeds.note(connection, self._feed.id, polled_at=self._now, gone_at=self._now, problem=problem)
        return Polled(self._feed, problem=problem, gone=True)

    def _in(self, seconds: float) -> datetime:
        return self._now + timedelta(seconds=seconds * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311
