"""New entries of a feed as an input of a run: those that say all are records, of the others the link is followed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from app.domain.record import Unread
from app.ingest.apart import Apart
from app.ingest.draft import Draft, Link
from app.ingest.feeds.read import Entry
from app.ingest.fetch.addressed import behind, unfetched
from app.ingest.fetch.failure import FetchFailed
from app.ingest.fetch.fetch import Fetcher

MOST_FOLLOWED: Final = 50
SECONDS_OF_FOLLOWING: Final = 600
"""Links that one poll follows, and for how long at most; the others wait for the next."""


@dataclass(slots=True)
class FeedEntries:
    """sourced: whether the feed's title is who publishes entries, and pages behind them, that do not say so.

    go_on: asked before each link is followed. later: keys of the entries that are to be looked at again with the next
    poll, as their links did not answer, or were too many.
    """

    file: str
    entries: Sequence[Entry]
    fetcher: Fetcher
    sourced: bool = True
    go_on: Callable[[], bool] = lambda: True
    later: set[str] = field(default_factory=set)

    def read(self, apart: Apart) -> Iterator[Draft | Unread]:
        followed = 0
        give_up = time.monotonic() + SECONDS_OF_FOLLOWING
        for entry in self.entries:
            found = entry.found
            if isinstance(found, Draft):
                yield self._sourced(found)
            elif isinstance(found, Unread):
                yield found
            elif followed >= MOST_FOLLOWED or time.monotonic() > give_up or not self.go_on():
                self.later.add(entry.key)
            else:
                followed += 1
                link = replace(found, said=self._sourced(found.said) if found.said else None)
                try:
                    fetched = self.fetcher.fetch(link.address, patience=0)
                    yield from (one for one in behind(link, fetched, apart) if not isinstance(one, Link))
                except FetchFailed as failed:
                    if failed.passing:
                        self.later.add(entry.key)
                    yield unfetched(link.address, str(failed))

    def _sourced(self, draft: Draft) -> Draft:
        return draft if self.sourced else replace(draft, source=None)
