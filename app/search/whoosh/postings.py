"""Reads from the index which articles hold a word, a row of words, words of a shape or words near each other, and
how often.

All of it is done on whole arrays. What was read is kept, most recently used first, up to a bound.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import RLock
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Close, Forms, InPart, Lookup, Names, Part, Readings, Row, Shape, Spelt
from app.search.engine import IndexUnavailable
from app.search.whoosh import occurrences, places
from app.search.whoosh.codec import DamagedFile, spread
from app.search.whoosh.document import to_bytes
from app.search.whoosh.kept_terms import read_terms
from app.search.whoosh.occurrences import NONE, Occurrences, Often, capped, only_in
from app.search.whoosh.places import NOWHERE, POSITION_BITS, Keys, Stretches
from app.search.whoosh.segments import Segment, reading
from app.search.whoosh.sets import NOBODY, Articles
from app.search.whoosh.vocabulary import Vocabulary

MOST_KEPT: Final = 48_000_000
"""Bytes of what was read that are kept in memory per generation."""

MOST_LIKE: Final = 512
"""Words that a pattern or a misspelt word stands for at most."""

MOST_READ: Final = 200_000
"""Postings read for one pattern, about: the most frequent words' first."""

_OVERHEAD: Final = 500  # what a kept lookup takes besides its arrays, about

Read = TypeVar("Read")


class Postings:
    """The postings of one generation."""

    def __init__(self, segments: Sequence[Segment], vocabulary: Callable[[], Vocabulary]) -> None:
        self._segments = segments
        self._vocabulary = vocabulary
        self._kept: OrderedDict[Lookup, Occurrences] = OrderedDict()
        self._size = 0
        self._lock = RLock()
        self._closed = False

    def find(self, lookup: Lookup) -> Occurrences:
        """The live articles that answer a lookup."""
        with self._lock:
            known = self._kept.get(lookup)
            if known is not None:
                self._kept.move_to_end(lookup)
                return known
        found = self._checked(lambda: self._sound(self._read(lookup)))
        with self._lock:
            if lookup not in self._kept:
                self._kept[lookup] = found
                self._size += found.bytes + _OVERHEAD
            while self._size > MOST_KEPT and len(self._kept) > 1:
                self._size -= self._kept.popitem(last=False)[1].bytes + _OVERHEAD
        return found

    def keys(self, word: str, articles: Articles) -> Keys:
        """The places where an exact word stands in some articles, title and summary at their high positions."""
        return self._checked(lambda: self._keys_among([to_bytes(word)], articles))

    def keys_of(self, lookup: Row | Shape | Spelt | Close, articles: Articles) -> Keys:
        """The places in some articles where something begins that answers a lookup."""
        match lookup:
            case Row(slots):
                return self._checked(lambda: self._rows(slots, articles).firsts)
            case Close(operands, distance):
                return self._checked(lambda: np.unique(self._close(operands, distance, articles)))
            case _:
                words = [to_bytes(word) for word in self._words_like(lookup)[0]]
                return self._checked(lambda: self._keys_among(words, articles))

    def keys_of_stem(self, stem: str, articles: Articles) -> tuple[Keys, list[int]]:
        """The places in some articles of the words with a stem; and the articles of which the index can't tell, since
        they hold a word that has this stem in some places only."""

        def read() -> tuple[Keys, list[int]]:
            found, doubtful = [NOWHERE], [NOBODY]
            for segment, own in self._by_segment(articles):
                place = segment.stems.dictionary.find(to_bytes(stem))
                if place is None:
                    continue
                relation = segment.words_of_stems
                if relation is None:
                    doubtful.append(own + segment.first)
                    continue
                words = relation.of(place)
                alone = relation.alone(words)
                sure = [segment.words.at(word) for word in words[alone].tolist()]
                found.append(places.keys_among(sure, own) + (segment.first << POSITION_BITS))
                if not alone.all():
                    unsure = [segment.words.at(word) for word in words[~alone].tolist()]
                    keys = places.keys_among(unsure, own) >> POSITION_BITS
                    doubtful.append(keys + segment.first)
            return np.concatenate(found), np.concatenate(doubtful).tolist()

        return self._checked(read)

    def column(
        self, name: str, articles: Articles, size: int = 1
    ) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
        """What a column of bytes holds of some articles, which rise: all their items of so many bytes, shape (items,
        size), and how many items each article has."""

        def read() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
            items, widths = [np.zeros((0, size), np.uint8)], [NOWHERE]
            for segment, own in self._by_segment(articles):
                values = segment.bytes(name)
                starts = values.starts[own].astype(np.int64) // size
                width = values.starts[own + 1].astype(np.int64) // size - starts
                items.append(values.letters.reshape(-1, size)[spread(starts, width)])
                widths.append(width)
            return np.concatenate(items), np.concatenate(widths)

        return self._checked(read)

    def terms(self, articles: Articles) -> list[dict[str, int]]:
        """The stems that each of some articles, which rise, has most often, and how often."""
        letters, widths = self.column("terms", articles)
        ends = np.cumsum(widths).tolist()
        with reading():
            return [read_terms(letters[start:end].tobytes()) for start, end in zip([0, *ends], ends, strict=False)]

    def close(self) -> None:
        """Read no more; the files are closed by who opened them."""
        self._closed = True

    def _checked(self, read: Callable[[], Read]) -> Read:
        if self._closed:
            raise IndexUnavailable("This generation of the index was closed; open the index again.")
        with reading():
            return read()

    def _sound(self, found: Occurrences) -> Occurrences:
        last = self._segments[-1].first + self._segments[-1].size - 1 if self._segments else -1
        for articles in (found.articles, found.exact_articles):
            if len(articles) and not 0 <= int(articles.min()) <= int(articles.max()) <= last:
                raise DamagedFile("a posting names an article that there is not.")
        return found

    def _by_segment(self, articles: Articles) -> list[tuple[Segment, Keys]]:
        """Some articles, rising, by their segments, and counted from each one's first."""
        found = []
        for segment in self._segments:
            first, last = np.searchsorted(articles, [segment.first, segment.first + segment.size])
            if first < last:
                found.append((segment, articles[first:last].astype(np.int64) - segment.first))
        return found

    def _read(self, lookup: Lookup) -> Occurrences:
        match lookup:
            case Forms():
                return self._forms(lookup)
            case Row(slots):
                return places.counted(self._rows(slots).firsts)
            case Shape() | Spelt():
                return self._like(lookup)
            case Close(operands, distance):
                return places.counted(self._close(operands, distance))
            case Readings(ways):
                return occurrences.alternatives([self.find(way) for way in ways])
            case Names(ways):
                return occurrences.names([self.find(way) for way in ways])
            case InPart(part, Shape() | Spelt() as like):
                words, left_out = self._words_like(like)
                row = places.counted(self._rows(((0, words),)).firsts) if words else NONE
                return replace(only_in(part, row), words=words, left_out=left_out)
            case InPart(part, inner):
                return only_in(part, self.find(inner))

    def _forms(self, lookup: Forms) -> Occurrences:
        stem, word = to_bytes(lookup.stem), to_bytes(lookup.exact)
        parts: list[Occurrences] = []
        for segment in self._segments:
            stems = segment.stems.find(stem)
            if stems is None:
                continue
            articles, counts = _living(segment, stems.docs, stems.fixed)
            words = segment.words.find(word) if word else None
            exact = (NOBODY, _NEVER) if words is None else _living(segment, words.docs, capped(words.weights))
            parts.append(Occurrences(articles, counts, *exact))
        return occurrences.joined(parts)

    def _rows(self, slots: Sequence[tuple[int, tuple[str, ...]]], among: Articles | None = None) -> Stretches:
        """Where words stand in a row. among: in which articles, None for all."""
        in_bytes = [(offset, [to_bytes(word) for word in words]) for offset, words in slots]
        wanted = [(segment, None) for segment in self._segments] if among is None else self._by_segment(among)
        starts = [
            places.row_starts(segment, in_bytes, own) + (segment.first << POSITION_BITS) for segment, own in wanted
        ]
        firsts = starts[0] if len(starts) == 1 else np.concatenate([NOWHERE, *starts])
        return Stretches(firsts, firsts + slots[-1][0])

    def _like(self, lookup: Shape | Spelt) -> Occurrences:
        words, left_out = self._words_like(lookup)
        wanted = [to_bytes(word) for word in words]
        asked = to_bytes(lookup.word) if isinstance(lookup, Spelt) else None
        parts = []
        for segment in self._segments:
            often = np.zeros(segment.size, np.uint32)
            exact: tuple[Articles, Often] = NOBODY, _NEVER
            for _, place in segment.words.dictionary.find_all(wanted):
                postings = segment.words.at(place)
                often[postings.docs] += postings.weights.astype(np.uint32)
            if asked in wanted and (as_asked := segment.words.find(asked)) is not None:
                exact = _living(segment, as_asked.docs, capped(as_asked.weights))
            docs = np.flatnonzero(often)
            # Where in the article the word stands would take its positions, which a pattern is not worth.
            counts = np.zeros((len(docs), len(Part)), np.uint8)
            counts[:, Part.TEXT] = capped(often[docs])
            parts.append(Occurrences(*_living(segment, docs, counts), *exact))
        return replace(occurrences.joined(parts), words=words, left_out=left_out)

    def _words_like(self, lookup: Shape | Spelt) -> tuple[tuple[str, ...], int]:
        """The most frequent words of a shape, or spelt alike, and how many more there are."""
        return self._vocabulary().like(lookup, MOST_LIKE, MOST_READ)

    def _close(
        self, operands: Sequence[Sequence[Row | Shape | Spelt]], distance: int, among: Articles | None = None
    ) -> Keys:
        """The places where one way of every operand stands near the others: where the first of them begins.

        As `nearness.near`, for all articles at once: every stretch is tried as the first, with the nearest of each
        other operand after it.
        """
        standing: list[Stretches] = []
        for ways in operands:
            rows = [
                row
                for way in ways
                for row in ([way.slots] if isinstance(way, Row) else [((0, self._words_like(way)[0]),)])
            ]
            own = places.all_of([self._rows(row, among) for row in rows if row[0][1]])
            if not len(own.firsts):
                return NOWHERE
            standing.append(own)
        found = [places.led_by(leading, standing, distance) for leading in range(len(standing))]
        return np.concatenate(found)

    def _keys_among(self, words: Sequence[bytes], articles: Articles) -> Keys:
        parts = [
            places.keys_among(places.present(segment.words, words), own) + (segment.first << POSITION_BITS)
            for segment, own in self._by_segment(articles)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate([NOWHERE, *parts])


_NEVER: Final[Often] = np.zeros(0, np.uint8)


def _living(segment: Segment, docs: npt.NDArray[Any], often: Often) -> tuple[Articles, Often]:
    """What occurs in a segment, without the articles that are deleted."""
    if not segment.whole:
        living = segment.live[docs]
        docs, often = docs[living], often[living]
    articles = docs.astype(np.int64)
    if segment.first:
        articles += segment.first
    return articles, often
