"""Walks the postings of a term one by one, for Whoosh's own queries. Our engine reads the arrays instead."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import Any

from whoosh.matching import LeafMatcher, ReadTooFar

from app.search.whoosh.codec.postings import TermPostings, Values

LengthBounds = Callable[[], tuple[int, int]]
"""Tells how long the field is in the documents of a term, at least and at most."""


class PostingsMatcher(LeafMatcher):  # type: ignore[misc]  # Whoosh is not typed in every version
    """Whoosh's matcher. All postings count as one block: an array is searched quicker than blocks are skipped."""

    def __init__(
        self,
        postings: TermPostings,
        kind: Values,
        format: Any,
        term: tuple[str, bytes],
        bounds: LengthBounds,
        scorer: Any = None,
    ) -> None:
        self._postings = postings
        self._kind = kind
        self.format = format
        self._term = term
        self._bounds = bounds
        self.scorer = scorer
        self._docs: list[int] = postings.docs.tolist()
        self._weights: list[float] = [float(weight) for weight in postings.weights.tolist()]
        self._at = 0

    def copy(self) -> PostingsMatcher:
        copied = PostingsMatcher(self._postings, self._kind, self.format, self._term, self._bounds, self.scorer)
        copied._at = self._at
        return copied

    def reset(self) -> None:
        self._at = 0

    def is_active(self) -> bool:
        return self._at < len(self._docs)

    def id(self) -> int:
        """The current document; the last one where all are passed, as from Whoosh's own: AndNotMatcher asks then."""
        return self._docs[min(self._at, len(self._docs) - 1)]

    def all_ids(self) -> Iterator[int]:
        return iter(self._docs)

    def weight(self) -> float:
        return self._weights[self._at]

    def value(self) -> bytes:
        """The value in the bytes that the field's format reads."""
        match self._kind:
            case Values.NONE:
                return b""
            case Values.FIXED:
                return bytes(self._postings.fixed[self._at])
            case Values.POSITIONS:
                encoded: bytes = self.format.encode(self._positions())
                return encoded
            case Values.BYTES:
                return bytes(self._values())

    def value_as(self, astype: str) -> Any:
        if self._kind is Values.POSITIONS and astype == "positions":
            return self._positions()
        return super().value_as(astype)

    def next(self) -> bool:
        if not self.is_active():
            raise ReadTooFar
        self._at += 1
        return not self.is_active()

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise ReadTooFar
        self._at = bisect_left(self._docs, id, self._at)

    def skip_to_quality(self, minquality: float) -> int:
        if self.is_active() and self.block_quality() <= minquality:
            self._at = len(self._docs)
            return 1
        return 0

    def block_min_id(self) -> int:
        return self._docs[0]

    def block_max_id(self) -> int:
        return self._docs[-1]

    def block_min_length(self) -> int:
        return self._bounds()[0]

    def block_max_length(self) -> int:
        return self._bounds()[1]

    def block_max_weight(self) -> float:
        return max(self._weights)

    def _positions(self) -> list[int]:
        found: list[int] = self._values().tolist()
        return found

    def _values(self) -> Any:
        start, end = self._postings.value_starts[self._at : self._at + 2].tolist()
        return self._postings.value_items(start, end)
