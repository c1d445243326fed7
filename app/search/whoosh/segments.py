"""The segments of one generation as arrays, and their articles numbered through."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ContextDecorator
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from app.search.engine import IndexUnavailable
from app.search.whoosh.codec import BytesReader, FieldPostings, Relation
from app.search.whoosh.codec.format import Array
from app.search.whoosh.schema import FOREVER, LENGTHS, NAME_FIELDS


class reading(ContextDecorator):  # noqa: N801  # used as a word of the language is: `with reading():`
    """While the arrays of an index are read: whatever goes wrong then is damage. Raises IndexUnavailable."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> None:
        if isinstance(error, Exception) and not isinstance(error, IndexUnavailable):
            raise IndexUnavailable(
                f"The index is damaged ({type(error).__name__}: {error}). Run: policy-archive reindex"
            ) from error


class Segment:
    """One segment, its articles numbered from 0; `first` is the number that its first has among all.

    live: which articles stand, at the moment that is searched, and are not deleted. whole: all do.
    """

    def __init__(self, leaf: Any, first: int, live: npt.NDArray[np.bool_]) -> None:
        """leaf: Whoosh's reader of the segment."""
        self._leaf = leaf
        self.first = first
        self.size = len(live)
        self.live = live
        self.whole = bool(live.all())
        self._bytes: dict[str, BytesReader] = {}

    @cached_property
    def words(self) -> FieldPostings:
        return self.postings("words")

    @cached_property
    def stems(self) -> FieldPostings:
        return self.postings("stems")

    @cached_property
    def words_of_stems(self) -> Relation | None:
        """Which words each stem stands for; None where the segment does not say."""
        found: Relation | None = self._leaf.cursor("stems").relation("words")
        return found

    @cached_property
    def names(self) -> dict[str, FieldPostings]:
        return {name: self.postings(name) for name in NAME_FIELDS}

    @cached_property
    def permalinks(self) -> BytesReader:
        return self.bytes("permalink")

    @property
    def versions(self) -> Array:
        return self._numbers("version")

    @property
    def dates(self) -> Array:
        return self._numbers("date")

    @property
    def lengths(self) -> npt.NDArray[np.uint32]:
        """Shape (articles, 3), words in title, summary and text."""
        return np.stack([self._numbers(name) for name in LENGTHS], axis=1)

    def postings(self, field: str) -> FieldPostings:
        found: FieldPostings = self._leaf.cursor(field).postings
        return found

    def bytes(self, column: str) -> BytesReader:
        found = self._bytes.get(column)
        if found is None:
            found = self._bytes[column] = self._leaf.column_reader(column, translate=False)
        return found

    def _numbers(self, column: str) -> Array:
        found: Array = self._leaf.column_reader(column, translate=False).values
        return found


def read_segments(reader: Any, as_of: int | None = None) -> Sequence[Segment]:
    """The segments that Whoosh's reader of an index has open, without those of which nothing stands now, or stood at a
    moment (microseconds since 1970, UTC)."""
    found: list[Segment] = []
    first = 0
    for leaf, _ in reader.leaf_readers() if reader.doc_count_all() else ():
        live = _standing(leaf, as_of)
        if live.any():
            found.append(Segment(leaf, first, live))
            first += len(live)
    return found


def _standing(leaf: Any, as_of: int | None) -> npt.NDArray[np.bool_]:
    until = leaf.column_reader("until", translate=False).values
    live: npt.NDArray[np.bool_]
    if as_of is None:
        # A segment is of current versions, or of earlier ones.
        live = np.full(len(until), until[0] == FOREVER)
    else:
        live = (leaf.column_reader("since", translate=False).values <= as_of) & (as_of < until)
    live[np.fromiter(leaf.segment().deleted_docs(), np.int64)] = False
    return live
