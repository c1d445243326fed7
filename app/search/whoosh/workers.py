"""Makes segments of a large batch in several processes at once: reading articles is most of the work of indexing.

A worker gets articles, leaves a segment in the folder, and tells its name; only the writer makes segments seen.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Final

from app.search.engine import IndexDocument
from app.search.whoosh.batch import write_batch
from app.search.whoosh.codec import ColumnarSegment
from app.search.whoosh.storage import DurableStorage

WORTH_IT: Final = 1_000
"""Articles from which several processes are quicker than one, which need not be started."""

_SECONDS_BETWEEN_LOOKS: Final = 1.0

log = logging.getLogger(__name__)


class Workers:
    """Processes that are started when they are first needed, as many as there are processors."""

    def __init__(self, directory: Path, alone: bool = False) -> None:
        """alone: do all of it in this process."""
        self._directory = directory
        self._count = 1 if alone else _processors()
        self._pool: ProcessPoolExecutor | None = None

    def write(self, articles: Sequence[IndexDocument]) -> list[ColumnarSegment]:
        """Segments of the articles, in their order. One process does it where others can't be had."""
        if len(articles) >= WORTH_IT and self._count > 1:
            try:
                return self._write_at_once(articles)
            except (BrokenProcessPool, OSError, AssertionError) as error:
                log.warning("Indexing goes on in one process: %s", error)
                self.stop()
                self._count = 1
        return [_write(self._directory, articles)]

    def _write_at_once(self, articles: Sequence[IndexDocument]) -> list[ColumnarSegment]:
        if self._pool is None:
            # A process with threads can't be forked safely.
            self._pool = ProcessPoolExecutor(
                self._count, multiprocessing.get_context("spawn"), end_with, initargs=(os.getpid(),)
            )
        size = -(-len(articles) // self._count)
        parts = [articles[first : first + size] for first in range(0, len(articles), size)]
        return list(self._pool.map(_write, [self._directory] * len(parts), parts))

    def stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def end_with(parent: int) -> None:
    """In a process that works for another: an interrupt is the other's matter; when that is killed, this one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    os._exit(1)


def _write(directory: Path, articles: Sequence[IndexDocument]) -> ColumnarSegment:
    return write_batch(DurableStorage(directory), articles)
