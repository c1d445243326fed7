"""Writes the index. One writer at a time, held by a lock of the operating system that ends with the process."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from whoosh.index import FileIndex, LockError
from whoosh.reading import SegmentReader

from app.search.engine import IndexBusy, IndexDocument, IndexUnavailable
from app.search.whoosh.document import prepare, to_bytes
from app.search.whoosh.schema import INDEX_NAME, schema
from app.search.whoosh.storage import DurableStorage
from app.search.whoosh.vocabulary import has_vocabulary, write_vocabulary

MEMORY_MB = 256
"""Postings kept in memory before they are sorted to disk; a larger bulk load is sorted in several runs."""

_SEGMENTS_OF_A_SIZE = 16
"""So many segments of about one size are merged into one of the next size. A commit then costs about as much as it
brings, and each article is merged again only log16(articles) times."""

_SMALLEST_SIZE = 16
_LEFTOVER = re.compile(rf"_{INDEX_NAME}_\d+\.toc\..+")


def create(directory: Path) -> None:
    """Make an empty index in a directory; what index was there before is gone."""
    directory.mkdir(parents=True, exist_ok=True)
    storage = DurableStorage(directory)
    for name in storage.list():
        if name.startswith((f"_{INDEX_NAME}_", f"{INDEX_NAME}_")) and not name.endswith("LOCK"):
            storage.delete_file(name)
    FileIndex.create(storage, schema(), INDEX_NAME)


def exists(directory: Path) -> bool:
    """Whether a directory holds an index of the form, and by the analyzer, that this program reads."""
    return directory.is_dir() and bool(DurableStorage(directory).index_exists(INDEX_NAME))


def open_writer(directory: Path) -> WhooshWriter:
    """A writer on the index of a directory.

    Raises IndexUnavailable where there is none, IndexBusy while another process (or object) writes it.
    """
    return WhooshWriter(directory)


class WhooshWriter:
    """EngineWriter over a directory. Holds the index's lock from the first change (or the opening) to the commit."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        storage = DurableStorage(directory)
        try:
            self._index = FileIndex(storage, schema(), INDEX_NAME)
        except Exception as error:
            raise IndexUnavailable(
                f"There is no index that can be written in {directory} ({error}). Run: policy-archive reindex"
            ) from error
        self._writing: Any = None
        self._begin()
        for name in storage.list():
            # A process that was killed while it wrote the table of contents leaves this behind.
            if _LEFTOVER.fullmatch(name):
                storage.delete_file(name)

    def put(self, document: IndexDocument) -> None:
        prepared = prepare(document)
        self.remove(document.id)
        writing = self._begin()
        self._uncommitted[document.id] = writing.docnum
        writing.add_document(
            id=[(to_bytes(document.id), 1, 1.0, b"")],
            words=prepared.words,
            stems=prepared.stems,
            facts=prepared.facts,
            terms=prepared.terms,
            meaning=prepared.meaning,
        )
        self._changed = True

    def remove(self, id: str) -> None:
        writing = self._begin()
        fresh = self._uncommitted.pop(id, None)
        if fresh is not None:
            writing.newsegment.delete_document(fresh)
            self._changed = True
        term = to_bytes(id)
        if ("id", term) in self._reader:
            matcher = self._reader.postings("id", term)
            while matcher.is_active():
                writing.delete_document(matcher.id())
                self._changed = True
                matcher.next()

    def commit(self) -> None:
        if self._writing is None:
            return
        if not self._changed:
            self.cancel()
            return
        writing = self._end()
        try:
            writing.commit(mergetype=merge_same_sizes)
        except BaseException:
            _let_go(writing)
            raise
        self._keep_vocabularies()

    def _keep_vocabularies(self) -> None:
        with self._index.reader() as reader:
            for leaf, _ in reader.leaf_readers():
                if reader.doc_count_all() and not has_vocabulary(self._directory, leaf):
                    write_vocabulary(self._directory, leaf)

    def cancel(self) -> None:
        if self._writing is not None:
            self._end().cancel()

    def close(self) -> None:
        """Drop what was not committed and let go of the lock."""
        self.cancel()

    def __enter__(self) -> WhooshWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _begin(self) -> Any:
        if self._writing is None:
            try:
                self._writing = self._index.writer(limitmb=MEMORY_MB)
            except LockError as error:
                raise IndexBusy(
                    f"Another process is writing the index in {self._directory}; wait until it has finished."
                ) from error
            self._reader = self._writing.reader()
            self._uncommitted: dict[str, int] = {}
            self._changed = False
        return self._writing

    def _end(self) -> Any:
        writing, self._writing = self._writing, None
        self._reader.close()
        self._uncommitted = {}
        return writing


def _let_go(writing: Any) -> None:
    """Release the lock of a writer whose commit failed; not every version of Whoosh does so itself."""
    lock = writing.writelock
    if lock is not None and getattr(lock, "fd", None) is not None:
        lock.release()


def merge_same_sizes(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's merge policy: merges what it should into the writer, and returns the segments that stay.

    Segments fall into sizes by powers of sixteen of the articles they still hold. A size that is full is merged, and so
    is a segment of which more than half is deleted.
    """
    sizes: dict[int, list[Any]] = {}
    staying: list[Any] = []
    merging: list[Any] = []
    for segment in segments:
        live = segment.doc_count_all() - segment.deleted_count()
        if live == 0:
            continue
        if live < segment.deleted_count():
            merging.append(segment)
        else:
            sizes.setdefault(_size(live), []).append(segment)
    for same in sizes.values():
        (merging if len(same) >= _SEGMENTS_OF_A_SIZE else staying).extend(same)
    for segment in merging:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return staying


def _size(articles: int) -> int:
    size, most = 0, _SMALLEST_SIZE
    while articles > most:
        size, most = size + 1, most * _SEGMENTS_OF_A_SIZE
    return size
