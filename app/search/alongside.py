"""Indexes in a process of its own while this one stores: a long ingest then takes as long as its slower half.

The process does what `Indexer` does, under the same lease, and only that: when it is stopped or dies, the outbox tells
the next one what is still owed.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
from pathlib import Path
from typing import Any, Final

from app.search.indexer import ARTICLES_A_COMMIT, Indexer
from app.search.whoosh.workers import end_with
from app.store.database import Database, StoreError
from app.store.index_state import LeaseLost, LeaseTaken

WORTH_IT: Final = 5_000
"""Articles from which it is quicker to index them meanwhile than afterwards: a process takes a second to start."""

_SECONDS_BETWEEN_LOOKS: Final = 0.5

log = logging.getLogger(__name__)


class Alongside:
    """The process, which is started when enough was stored and stopped at the end of the block."""

    def __init__(
        self, database_url: str, folder: Path, *, worth_it: int = WORTH_IT, at_least: int = ARTICLES_A_COMMIT
    ) -> None:
        """worth_it: articles stored from which it starts. at_least: articles that it lets gather before it indexes."""
        self._database_url = database_url
        self._folder = folder
        self._worth_it = worth_it
        self._at_least = at_least
        self._process: Any = None
        self._stop: Any = None

    def stored(self, articles: int) -> None:
        """Told how many articles were stored so far."""
        if self._process is None and articles >= self._worth_it:
            # A process with threads can't be forked safely.
            context = multiprocessing.get_context("spawn")
            # Closing its end tells the other to stop, and so does dying.
            told, self._stop = context.Pipe(duplex=False)
            self._process = context.Process(
                target=_index,
                args=(self._database_url, self._folder, self._at_least, told, os.getpid()),
                name="indexing",
            )
            try:
                self._process.start()
                told.close()
            except OSError as error:
                log.warning("Articles will be indexed when all are stored: %s", error)

    @property
    def process(self) -> int | None:
        """The number that the system gave it; None where there is none."""
        return None if self._process is None else self._process.pid

    def __enter__(self) -> Alongside:
        return self

    def __exit__(self, *exception: object) -> None:
        """Waits until the process has finished the commit that it is at."""
        if self.process is not None:
            self._stop.close()
            self._process.join()


def _index(database_url: str, folder: Path, at_least: int, told: Any, parent: int) -> None:
    end_with(parent)
    database = Database(database_url)
    indexer = Indexer(database, folder, alone=True)
    try:
        while not told.poll(_SECONDS_BETWEEN_LOOKS):
            try:
                indexer.catch_up(at_least=at_least, stopped=told.poll)
            except LeaseTaken:
                continue  # another process is at it, and may do our share
    except (StoreError, LeaseLost) as error:
        # Whoever stores will find the same in its own words when it indexes the rest.
        log.warning("Articles will be indexed when all are stored: %s", error)
    finally:
        database.close()
