"""Writes the index. One writer at a time, held by a lock of the operating system that ends with the process."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from whoosh.index import FileIndex, LockError

from app.search.engine import IndexBusy, IndexDocument, IndexUnavailable
from app.search.whoosh.codec import ColumnarCodec, ColumnarSegment, FieldPostings
from app.search.whoosh.codec.codec import TermsReader
from app.search.whoosh.codec.documents import DocumentsReader
from app.search.whoosh.codec.merge import merge_segments
from app.search.whoosh.document import to_bytes
from app.search.whoosh.schema import FOREVER, INDEX_NAME, schema
from app.search.whoosh.storage import DurableStorage
from app.search.whoosh.workers import Workers

MOST_HELD = 24_000_000
"""Letters that wait in memory; when there are more, they become a segment, which is seen at the commit."""

_SEGMENTS_OF_A_SIZE = 16
"""So many segments of about one size are merged into one of the next size. A commit then costs about as much as it
brings, and each article is merged again only log16(articles) times."""

_SMALLEST_SIZE = 16
_LARGER = 4
"""What is left in few segments is at least so many times as large as all that is smaller: each article is then read
again once or twice for every time that the archive grows by a quarter."""
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


def open_writer(directory: Path, *, alone: bool = False) -> WhooshWriter:
    """A writer on the index of a directory. alone: it starts no other processes, however much is put.

    Raises IndexUnavailable where there is none, IndexBusy while another process (or object) writes it.
    """
    return WhooshWriter(directory, alone)


class WhooshWriter:
    """EngineWriter over a directory. Holds the index's lock from the first change (or the opening) to the commit."""

    def __init__(self, directory: Path, alone: bool = False) -> None:
        self._directory = directory
        storage = DurableStorage(directory)
        try:
            self._index = FileIndex(storage, schema(), INDEX_NAME)
        except Exception as error:
            raise IndexUnavailable(
                f"There is no index that can be written in {directory} ({error}). Run: policy-archive reindex"
            ) from error
        self._writing: Any = None
        self._workers = Workers(directory, alone)
        self._ids: dict[str, FieldPostings] = {}
        self._gone: set[str] = set()
        self._waiting: dict[str, Sequence[IndexDocument]] = {}
        self._held = 0
        self._fresh: list[ColumnarSegment] = []
        self._changed = False
        self._begin()
        for name in storage.list():
            # A process that was killed while it wrote the table of contents leaves this behind.
            if _LEFTOVER.fullmatch(name):
                storage.delete_file(name)

    def put(self, document: IndexDocument, earlier: Sequence[IndexDocument] = ()) -> None:
        self._begin()
        self._gone.add(document.id)
        self._waiting[document.id] = (document, *earlier)
        self._held += sum(len(paragraph) for one in (document, *earlier) for paragraph in one.paragraphs)
        if self._held >= MOST_HELD:
            self._write_waiting()

    def remove(self, id: str) -> None:
        self._begin()
        self._gone.add(id)
        self._waiting.pop(id, None)

    def commit(self, *, whole: bool = False) -> None:
        if self._writing is None:
            if not whole:
                return
            self._begin()
        try:
            self._write_waiting()
            if not self._changed and not (whole and self._in_pieces()):
                self.cancel()
                return
            fresh, writing = self._fresh, self._end()
        except BaseException:
            self.cancel()
            raise
        if whole:
            # Nothing more is read in for now, and what they know of words is as much memory as joining takes.
            self._workers.stop()
        merge = merge_all if whole else merge_same_sizes
        _commit(writing, lambda writing, segments: merge(writing, [*segments, *fresh]))

    def tidy(self, most: int | None = None) -> bool:
        self._begin()
        kinds = [_same_sizes(own) for own in _by_kind(self._writing.storage, self._writing.segments)]
        few = [_to_few(pieces, most) for pieces in kinds]
        if self._waiting or self._gone or list(map(len, kinds)) == list(map(len, few)):
            return False
        writing = self._end()
        self._workers.stop()
        _commit(writing, lambda writing, _segments: _merged(writing, chain.from_iterable(few)))
        return True

    def _write_waiting(self) -> None:
        """Delete what was put or removed from the segments there are, and make a segment of what was put."""
        gone = sorted(map(to_bytes, self._gone))
        for segment in (*self._writing.segments, *self._fresh):
            ids = self._ids_of(segment)
            for _, place in ids.dictionary.find_all(gone):
                for number in ids.at(place).docs.tolist():
                    if not segment.is_deleted(number):
                        segment.delete_document(number)
                        self._changed = True
        if self._waiting:
            every = [one for versions in self._waiting.values() for one in versions]
            # Apart, so that searches of what stands now need not pass over what has stood before.
            for own in ([one for one in every if one.until is None], [one for one in every if one.until is not None]):
                if own:
                    self._fresh += self._workers.write(own)
            self._changed = True
        self._gone, self._waiting, self._held = set(), {}, 0

    def _in_pieces(self) -> bool:
        return any(map(_in_pieces, _by_kind(self._writing.storage, self._writing.segments)))

    def _ids_of(self, segment: Any) -> FieldPostings:
        known = self._ids.get(segment.segment_id())
        if known is None:
            known = TermsReader(self._writing.storage, segment).field("id")
            self._ids[segment.segment_id()] = known
        return known

    def cancel(self) -> None:
        if self._writing is not None:
            fresh, writing = self._fresh, self._end()
            for segment in fresh:
                for name in segment.list_files(writing.storage):
                    writing.storage.delete_file(name)
            writing.cancel()

    def close(self) -> None:
        """Drop what was not committed and let go of the lock."""
        self.cancel()
        self._workers.stop()

    def __enter__(self) -> WhooshWriter:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _begin(self) -> None:
        if self._writing is None:
            try:
                self._writing = self._index.writer(codec=ColumnarCodec())
            except LockError as error:
                raise IndexBusy(
                    f"Another process is writing the index in {self._directory}; wait until it has finished."
                ) from error
            self._gone, self._waiting, self._held = set(), {}, 0
            self._fresh, self._changed = [], False
            # Segments that were merged away are let go of.
            names = {segment.segment_id() for segment in self._writing.segments}
            self._ids = {name: ids for name, ids in self._ids.items() if name in names}

    def _end(self) -> Any:
        writing, self._writing = self._writing, None
        self._waiting, self._fresh = {}, []
        return writing


def _commit(writing: Any, merge: Callable[[Any, list[Any]], list[Any]]) -> None:
    """merge: Whoosh's merge policy. Where the commit fails, the lock is let go of: not every version of Whoosh does so
    itself."""
    try:
        writing.commit(mergetype=merge)
    except BaseException:
        lock = writing.writelock
        if lock is not None and getattr(lock, "fd", None) is not None:
            lock.release()
        raise


def merge_same_sizes(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's merge policy: merges what it should, and returns the segments that there are then.

    Segments fall into sizes by powers of sixteen of the articles they still hold. A size that is full is merged, and so
    is a segment of which more than half is deleted. Current versions and earlier ones are never merged together.
    """
    return _merged(writer, [piece for own in _by_kind(writer.storage, segments) for piece in _same_sizes(own)])


def _merged(writer: Any, pieces: Iterable[Sequence[Any]]) -> list[Any]:
    return [
        merge_segments(writer.storage, INDEX_NAME, piece) if len(piece) > 1 or _is_half_gone(piece[0]) else piece[0]
        for piece in pieces
    ]


def _same_sizes(segments: Sequence[Any]) -> list[list[Any]]:
    """What should be one segment each, by the sizes alone."""
    sizes: dict[int, list[Any]] = {}
    staying: list[list[Any]] = []
    merging: list[Any] = []
    for segment in segments:
        if _is_half_gone(segment):
            merging += [segment] if _held(segment) else []
        else:
            sizes.setdefault(_size(_held(segment)), []).append(segment)
    for same in sizes.values():
        if len(same) >= _SEGMENTS_OF_A_SIZE:
            merging += same
        else:
            staying += [[segment] for segment in same]
    return [*staying, merging] if merging else staying


def _to_few(pieces: list[list[Any]], most: int | None) -> list[list[Any]]:
    """The smallest put together as far as each would not be _LARGER times as large as all smaller ones together. most:
    articles that may be put together, None for any number."""
    rising = sorted(pieces, key=_articles)
    upto, smaller = 0, 0
    for at, piece in enumerate(rising):
        together = smaller + _articles(piece)
        if most is not None and together > most:
            break
        if at and _articles(piece) < _LARGER * smaller:
            upto = at + 1
        smaller = together
    return [[segment for piece in rising[:upto] for segment in piece], *rising[upto:]] if upto else rising


def _articles(piece: Sequence[Any]) -> int:
    return sum(map(_held, piece))


def _held(segment: Any) -> int:
    count: int = segment.doc_count_all() - segment.deleted_count()
    return count


def _is_half_gone(segment: Any) -> bool:
    gone: int = segment.deleted_count()
    return _held(segment) < gone


def merge_all(writer: Any, segments: list[Any]) -> list[Any]:
    """Whoosh's merge policy: one segment of all current versions, which is read quickest, one of all earlier ones."""
    return [merged for own in _by_kind(writer.storage, segments) for merged in _merge_whole(writer, own)]


def _merge_whole(writer: Any, segments: Sequence[Any]) -> list[Any]:
    if not _in_pieces(segments):
        return list(segments)
    held = [segment for segment in segments if _held(segment)]
    return [merge_segments(writer.storage, INDEX_NAME, held)] if held else []


def _by_kind(storage: Any, segments: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Segments of current versions, and of earlier ones."""
    kinds: tuple[list[Any], list[Any]] = [], []
    for segment in segments:
        until = DocumentsReader(storage, segment).column_reader("until", None).values
        kinds[bool(until[0] != FOREVER)].append(segment)
    return kinds


def _in_pieces(segments: Sequence[Any]) -> bool:
    return len(segments) > 1 or any(segment.deleted_count() for segment in segments)


def _size(articles: int) -> int:
    size, most = 0, _SMALLEST_SIZE
    while articles > most:
        size, most = size + 1, most * _SEGMENTS_OF_A_SIZE
    return size
