"""The live index: follows the generation that the database names, and opens what it finds there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.search.engine import IndexUnavailable, SearchEngine
from app.search.whoosh import open_engine
from app.store import index_state
from app.store.database import Database
from app.store.index_state import IndexState


class LiveIndex:
    """Hands out the engine of the newest generation. Threads may share it; engines still in use stay open."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._lock = threading.Lock()
        self._engine: SearchEngine | None = None
        self._stands_at: tuple[str, int] | None = None

    @contextmanager
    def engine(self) -> Iterator[SearchEngine]:
        """Raises IndexUnavailable where there is no index yet."""
        yield self._newest()

    def generation(self) -> int:
        return self._state().generation

    def close(self) -> None:
        with self._lock:
            if self._engine is not None:
                self._engine.close()
            self._engine = self._stands_at = None

    def _newest(self) -> SearchEngine:
        try:
            return self._at(self._state())
        except IndexUnavailable:
            # Between reading the state and opening the index a rebuild may have put another in its place.
            return self._at(self._state())

    def _state(self) -> IndexState:
        with self._database.reading() as connection:
            return index_state.read(connection)

    def _at(self, state: IndexState) -> SearchEngine:
        if state.directory is None:
            raise IndexUnavailable("There is no search index yet. Run `policy-archive reindex`.")
        with self._lock:
            if self._engine is None or self._stands_at != (state.directory, state.generation):
                # The old engine is left to the requests that still hold it; it closes when the last one lets go.
                self._engine = open_engine(self._folder / state.directory, state.generation)
                self._stands_at = (state.directory, state.generation)
            return self._engine
