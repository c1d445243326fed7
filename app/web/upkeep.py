"""Indexes what is owed while the site serves: what an interrupted ingest left, or what other processes stored
meanwhile."""

from __future__ import annotations

import logging
import threading
from typing import Final

from app.search.engine import IndexUnavailable
from app.search.indexer import Indexer
from app.search.live import LiveIndex
from app.store.database import StoreError
from app.store.index_state import LeaseLost, LeaseTaken

SECONDS_BETWEEN: Final = 5.0
MOST_TIDIED: Final = 1_000
"""Articles of the index that are put together beside requests: a tenth of a second."""

log = logging.getLogger(__name__)


class Upkeep:
    """A thread that looks every few seconds whether the index owes anything. Of several processes, one does the
    work."""

    def __init__(self, indexer: Indexer, index: LiveIndex) -> None:
        self._indexer = indexer
        self._index = index
        self._warm_at: int | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="upkeep", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                if self._indexer.catch_up():
                    self._indexer.tidy(MOST_TIDIED)
                self._warm()
            except (LeaseTaken, LeaseLost):
                pass  # whoever holds the lease does it
            except (StoreError, IndexUnavailable, OSError) as error:
                log.warning("The index could not be brought up to date: %s", error)
            if self._stop.wait(SECONDS_BETWEEN):
                return

    def _warm(self) -> None:
        """No reader waits for what is only read once a generation."""
        generation = self._index.generation()
        if generation != self._warm_at:
            self._index.warm()
            self._warm_at = generation
