"""Polls the feeds that are due while the site serves (`serve --poll`). Of several processes, one does."""

from __future__ import annotations

import logging
import threading
from typing import Final

from app.ingest.feeds.poll import Polled, poll_due
from app.ingest.fetch.fetch import Fetcher
from app.settings import Settings
from app.store import leases
from app.store.database import Database, StoreError

SECONDS_BETWEEN: Final = 20.0
SECONDS_TO_END: Final = 5.0

log = logging.getLogger(__name__)


class Polling:
    """A thread that looks every few seconds whether a feed is due. What it stores, the upkeep indexes."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._stop = threading.Event()
        self._fetcher = Fetcher(settings.fetching, f"{settings.base_url.rstrip('/')}/about", stop=self._stop)
        self._thread = threading.Thread(target=self._run, name="polling", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No further request is made; one that is under way is not waited for long."""
        self._stop.set()
        self._thread.join(SECONDS_TO_END)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                poll_due(self._database, self._fetcher, _note)
            except leases.Held:
                pass  # whoever holds the lease does it
            except (StoreError, OSError) as error:
                log.warning("Feeds could not be polled: %s", error)
            except Exception:
                log.exception("Feeds could not be polled")
            self._stop.wait(SECONDS_BETWEEN)


def _note(one: Polled) -> None:
    if one.problem is not None:
        log.warning("Feed %d (%s): %s", one.feed.id, one.feed.address, one.problem)
