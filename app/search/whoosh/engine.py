"""Opens the embedded index and answers from it: of what stands now, and of what stood at any moment before."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Final

from whoosh.index import TOC, FileIndex

from app.domain.moments import AsOf, microseconds
from app.domain.query import Clause, Filters
from app.search.engine import EngineResult, FacetValue, IndexUnavailable, Related, SearchRequest
from app.search.whoosh.codec import DamagedFile, verify_segment
from app.search.whoosh.relevance import RERANKED
from app.search.whoosh.schema import INDEX_NAME, schema
from app.search.whoosh.segments import read_segments, reading
from app.search.whoosh.snapshot import Snapshot
from app.search.whoosh.storage import DurableStorage

MOMENTS_HELD: Final = 2
"""Moments of the past whose order, names and counts are held; putting them together takes about a second for a million
articles."""


def open_engine(directory: Path, generation: int, reranked: int = RERANKED) -> WhooshEngine:
    """An engine on the newest commit of a directory's index, to be known as `generation`.

    reranked: how many of the best articles are looked at again, 0 for none. Raises IndexUnavailable where there is no
    index, or none that can be read.
    """
    return WhooshEngine(directory, generation, reranked)


def verify(directory: Path) -> tuple[str, ...]:
    """Read every byte of a directory's index and compare the checksums: what is damaged, in sentences; none if all is
    sound. Takes as long as reading the files does. Raises IndexUnavailable where there is no index to read."""
    storage = DurableStorage(directory)
    try:
        segments = TOC.read(storage, INDEX_NAME, schema=schema()).segments
    except Exception as error:
        raise _unavailable(directory, error) from error
    found = []
    for segment in segments:
        try:
            verify_segment(storage, segment)
        except (DamagedFile, OSError) as damage:
            found.append(f"{damage} Run: policy-archive reindex")
    return tuple(found)


def _unavailable(directory: Path, error: Exception) -> IndexUnavailable:
    return IndexUnavailable(
        f"There is no readable index in {directory} ({type(error).__name__}: {error}). Run: policy-archive reindex"
    )


class WhooshEngine:
    """SearchEngine over one commit; later commits need a new engine. Any number of threads may search at once."""

    def __init__(self, directory: Path, generation: int, reranked: int = RERANKED) -> None:
        self.generation = generation
        self._reranked = reranked
        self._directory = directory
        self._past: OrderedDict[int, Snapshot] = OrderedDict()
        self._looking_back = Lock()
        self._closed = False
        try:
            if not directory.is_dir():
                raise FileNotFoundError(f"{directory} is not a directory")
            self._reader = FileIndex(DurableStorage(directory), schema(), INDEX_NAME).reader()
            self._now = Snapshot(read_segments(self._reader), generation, reranked)
        # A damaged file makes Whoosh raise anything at all.
        except Exception as error:
            raise _unavailable(directory, error) from error

    def document_count(self) -> int:
        return self._now.document_count()

    def document_ids(self) -> Iterable[str]:
        return self._now.document_ids()

    def close(self) -> None:
        """Close the files. A search still running may raise IndexUnavailable; to let it end, only drop the engine."""
        with self._looking_back:
            for snapshot in (self._now, *self._past.values()):
                snapshot.close()
            self._past.clear()
            if not self._closed:
                self._closed = True
                self._reader.close()

    def warm(self) -> None:
        self._now.warm()

    def search(self, request: SearchRequest) -> EngineResult:
        return self._at(request.as_of).search(request)

    def count(self, clause: Clause, filters: Filters | None = None, as_of: AsOf | None = None) -> int:
        return self._at(as_of).count(clause, filters)

    def spellings(self, word: str, limit: int = 5) -> tuple[str, ...]:
        return self._now.spellings(word, limit)

    def names(self, text: str, limit: int = 5) -> dict[str, tuple[FacetValue, ...]]:
        return self._now.names(text, limit)

    def related(self, id: str, limit: int = 5) -> tuple[Related, ...]:
        return self._now.related(id, limit)

    def near_duplicates(self, id: str) -> tuple[str, ...]:
        return self._now.near_duplicates(id)

    def _at(self, as_of: AsOf | None) -> Snapshot:
        if as_of is None or as_of.until is None:
            return self._now
        moment = microseconds(as_of.until)
        with self._looking_back:
            found = self._past.get(moment)
            if found is None:
                with reading():
                    segments = read_segments(self._reader, moment)
                found = self._past[moment] = Snapshot(segments, self.generation, self._reranked)
            self._past.move_to_end(moment)
            while len(self._past) > MOMENTS_HELD:
                self._past.popitem(last=False)
            return found
