"""The live index: follows the generation that the database names, and opens what it finds there."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.search.engine import IndexUnavailable, SearchEngine
from app.search.whoosh import open_engine
from app.store import index_state
from app.store.database import Database
from app.store.index_state import LiveState

GENERATIONS_HELD: Final = 2


class LiveIndex:
    """Hands out the engine of the newest generation. Threads may share it; engines still in use stay open."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._folder = folder
        self._lock = threading.Lock()
        self._engines: OrderedDict[tuple[str, int], SearchEngine] = OrderedDict()

    @contextmanager
    def engine(self, generation: int | None = None) -> Iterator[SearchEngine]:
        """The engine of a generation, if it is still held, so that somebody can page through one answer while articles
        are added; else the newest. Raises IndexUnavailable where there is no index yet."""
        with self._lock:
            held = next((engine for engine in self._engines.values() if engine.generation == generation), None)
        yield self._newest() if held is None else held

    def warm(self) -> None:
        """Open the newest generation and read ahead what searches of it will need."""
        self._newest().warm()

    def generation(self) -> int:
        return self._state().generation

    def close(self) -> None:
        with self._lock:
            for engine in self._engines.values():
                engine.close()
            self._engines.clear()

    def _newest(self) -> SearchEngine:
        try:
            return self._at(self._state())
        except IndexUnavailable:
            # Between reading the state and opening the index a rebuild may have put another in its place.
            return self._at(self._state())

    def _state(self) -> LiveState:
        return index_state.live(self._database)

    def _at(self, state: LiveState) -> SearchEngine:
        if state.directory is None:
            raise IndexUnavailable("There is no search index yet. Run `policy-archive reindex`.")
        place = (state.directory, state.generation)
        with self._lock:
            engine = self._engines.get(place)
            if engine is None:
                engine = self._engines[place] = open_engine(self._folder / state.directory, state.generation)
                # An old engine is left to the requests that still hold it; it closes when the last one lets go.
                while len(self._engines) > GENERATIONS_HELD:
                    self._engines.popitem(last=False)
            return engine
