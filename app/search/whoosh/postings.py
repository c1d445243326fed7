"""Reads from the index which articles hold a word, a row of words, words of a shape or words near each other, and
how often.

Reading is one thread at a time (Whoosh's files have one position each); what was read is kept, most recently used
first, up to a bound, and needs no lock to use.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Close, Forms, InPart, Lookup, Names, Part, Readings, Row, Shape, Spelt
from app.search.engine import IndexUnavailable
from app.search.whoosh.document import to_bytes
from app.search.whoosh.places import Places, Stretches, counted, in_row, near, places_of, united
from app.search.whoosh.vocabulary import Known, Vocabulary

MOST_KEPT: Final = 4_000_000
"""Postings kept in memory per generation; one takes 8 bytes."""

MOST_LIKE: Final = 512
"""Words that a pattern or a misspelt word stands for at most."""

MOST_READ: Final = 60_000
"""Postings read for one pattern, about: the most frequent words' first."""

_MOST_COUNTED: Final = 255

Read = TypeVar("Read")

Positions = dict[int, list[int]]
"""Article -> rising positions."""


@dataclass(frozen=True, slots=True, eq=False)
class Occurrences:
    """Where something occurs.

    articles: their numbers, rising. counts: shape (articles, 3), occurrences in title, summary and text; more than 255
    count as 255. exact: occurrences in the very form asked for. words: what a pattern stands for; left_out: how many
    more words it stands for, which were not looked for.
    """

    articles: npt.NDArray[np.int32]
    counts: npt.NDArray[np.uint8]
    exact: npt.NDArray[np.uint8]
    words: tuple[str, ...] = ()
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.articles)


NONE: Final = Occurrences(np.zeros(0, np.int32), np.zeros((0, 3), np.uint8), np.zeros(0, np.uint8))


class Postings:
    """The postings of one generation. leaves: Whoosh's readers of segments with their first article's number."""

    def __init__(self, leaves: Sequence[tuple[Any, int]], vocabulary: Callable[[], Vocabulary]) -> None:
        self._leaves = leaves
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
            found = self._checked(lambda: self._read(lookup))
            self._kept[lookup] = found
            self._size += len(found)
            while self._size > MOST_KEPT and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])
            return found

    def positions(self, word: str, articles: Sequence[int]) -> Positions:
        """Where an exact word stands in some articles (rising numbers), title and summary at their high positions."""
        with self._lock:
            return self._checked(lambda: self._positions_among(to_bytes(word), articles))

    def column(self, leaf: Any, name: str, numbers: Sequence[int]) -> list[bytes]:
        """What a segment's column holds for some of its articles."""

        def read() -> list[bytes]:
            values = leaf.column_reader(name)
            return [bytes(values[number]) for number in numbers]

        with self._lock:
            return self._checked(read)

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                for leaf, _ in self._leaves:
                    leaf.close()

    def _checked(self, read: Callable[[], Read]) -> Read:
        if self._closed:
            raise IndexUnavailable("This generation of the index was closed; open the index again.")
        try:
            return read()
        except Exception as error:
            raise IndexUnavailable(
                f"The index is damaged ({type(error).__name__}: {error}). Run: policy-archive reindex"
            ) from error

    def _read(self, lookup: Lookup) -> Occurrences:
        match lookup:
            case Forms():
                return self._forms(lookup)
            case Row(slots):
                return self._rows(slots)
            case Shape() | Spelt():
                return self._like(lookup)
            case Close(operands, distance):
                return self._close(operands, distance)
            case Readings(ways):
                return _united([self.find(way) for way in ways], np.maximum)
            case Names(ways):
                found = [self.find(way) for way in ways]
                # Only the name that was asked for is the exact form.
                others = [replace(other, exact=np.zeros_like(other.exact)) for other in found[1:]]
                return _united([*found[:1], *others], _added)
            case InPart(part, Shape() | Spelt() as like):
                words, left_out = self._words_like(like)
                row = self._rows(((0, tuple(known.word for known in words)),)) if words else NONE
                return replace(_only_in(part, row), words=tuple(known.word for known in words), left_out=left_out)
            case InPart(part, inner):
                return _only_in(part, self.find(inner))

    def _forms(self, lookup: Forms) -> Occurrences:
        stem, word = to_bytes(lookup.stem), to_bytes(lookup.exact)
        parts: list[Occurrences] = []
        for leaf, offset in self._leaves:
            if ("stems", stem) not in leaf:
                continue
            numbers, counts = _stem_postings(leaf, stem)
            exact = np.zeros(len(numbers), np.uint8)
            if ("words", word) in leaf:
                having, often = _word_postings(leaf, word)
                exact[np.searchsorted(numbers, having)] = often
            parts.append(Occurrences(numbers + offset, counts, exact))
        return _joined(parts)

    def _rows(self, slots: Sequence[tuple[int, tuple[str, ...]]]) -> Occurrences:
        """The articles in which words stand in a row."""
        in_bytes = [(offset, [to_bytes(word) for word in words]) for offset, words in slots]
        return _joined([_counted(in_row(leaf, in_bytes), offset) for leaf, offset in self._leaves])

    def _like(self, lookup: Shape | Spelt) -> Occurrences:
        words, left_out = self._words_like(lookup)
        found = []
        for known in words:
            parts = []
            for leaf, offset in self._leaves:
                if ("words", to_bytes(known.word)) in leaf:
                    numbers, often = _word_postings(leaf, to_bytes(known.word))
                    # Where in the article the word stands would take its positions, which a pattern is not worth.
                    counts = np.zeros((len(numbers), 3), np.uint8)
                    counts[:, Part.TEXT] = often
                    as_asked = isinstance(lookup, Spelt) and known.word == lookup.word
                    exact = often if as_asked else np.zeros_like(often)
                    parts.append(Occurrences(numbers + offset, counts, exact))
            found.append(_joined(parts))
        united = _united(found, _added) if found else NONE
        return replace(united, words=tuple(known.word for known in words), left_out=left_out)

    def _words_like(self, lookup: Shape | Spelt) -> tuple[list[Known], int]:
        words = self._vocabulary().like(lookup)
        taken: list[Known] = []
        read = 0
        for known in words[:MOST_LIKE]:
            read += known.articles
            if taken and read > MOST_READ:
                break
            taken.append(known)
        return taken, len(words) - len(taken)

    def _close(self, operands: Sequence[Sequence[Row | Shape | Spelt]], distance: int) -> Occurrences:
        """The articles in which operands stand near each other."""
        slots = [[self._slots(way) for way in ways] for ways in operands]
        return _joined(
            [
                _counted(near([united([_stretches(leaf, way) for way in ways]) for ways in slots], distance), offset)
                for leaf, offset in self._leaves
            ]
        )

    def _slots(self, way: Row | Shape | Spelt) -> list[tuple[int, list[bytes]]]:
        if isinstance(way, Row):
            return [(offset, [to_bytes(word) for word in words]) for offset, words in way.slots]
        return [(0, [to_bytes(known.word) for known in self._words_like(way)[0]])]

    def _positions_among(self, word: bytes, articles: Sequence[int]) -> Positions:
        found: Positions = {}
        for leaf, offset in self._leaves:
            own = [number - offset for number in articles if 0 <= number - offset < leaf.doc_count_all()]
            if own and ("words", word) in leaf:
                for place in places_of(leaf, [word], own).tolist():
                    found.setdefault((place >> 32) + offset, []).append(place & 0xFFFF_FFFF)
        return found


def _stretches(leaf: Any, slots: Sequence[tuple[int, list[bytes]]]) -> Stretches:
    first = in_row(leaf, slots)
    return Stretches(first, first + slots[-1][0])


def _stem_postings(leaf: Any, stem: bytes) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """The articles with a stem, and its counts by part."""
    matcher = leaf.postings("stems", stem)
    numbers: list[int] = []
    counts = bytearray()
    while matcher.is_active():
        numbers.append(matcher.id())
        counts += matcher.value()
        matcher.next()
    return np.array(numbers, np.int32), np.frombuffer(bytes(counts), np.uint8).reshape(-1, 3)


def _word_postings(leaf: Any, word: bytes) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """The articles with an exact word, and how often it stands there."""
    matcher = leaf.postings("words", word)
    numbers: list[int] = []
    often: list[float] = []
    while matcher.is_active():
        numbers.append(matcher.id())
        often.append(matcher.weight())
        matcher.next()
    return np.array(numbers, np.int32), np.minimum(np.array(often), _MOST_COUNTED).astype(np.uint8)


def _counted(places: Places, offset: int) -> Occurrences:
    """How often something stands in each part of the articles that hold it, where the exact form is the only one."""
    articles, counts = counted(places)
    exact = np.minimum(counts.sum(axis=1), _MOST_COUNTED).astype(np.uint8)
    return Occurrences(articles + offset, np.minimum(counts, _MOST_COUNTED).astype(np.uint8), exact)


def _joined(segments: Sequence[Occurrences]) -> Occurrences:
    """Of one thing in several segments, in the segments' order."""
    if not segments:
        return NONE
    return Occurrences(
        np.concatenate([one.articles for one in segments]).astype(np.int32),
        np.concatenate([one.counts for one in segments]),
        np.concatenate([one.exact for one in segments]),
    )


def _united(ways: Sequence[Occurrences], put: Callable[..., Any]) -> Occurrences:
    """Several ways to write one thing as one. put: how counts of an article that holds several come together."""
    articles = np.unique(np.concatenate([way.articles for way in ways])).astype(np.int32)
    counts = np.zeros((len(articles), 3), np.uint8)
    exact = np.zeros(len(articles), np.uint8)
    for way in ways:
        places = np.searchsorted(articles, way.articles)
        counts[places] = put(counts[places], way.counts)
        exact[places] = np.maximum(exact[places], way.exact)
    return Occurrences(articles, counts, exact)


def _added(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    added: npt.NDArray[np.uint8] = np.minimum(one.astype(np.uint16) + other, _MOST_COUNTED).astype(np.uint8)
    return added


def _only_in(part: Part, found: Occurrences) -> Occurrences:
    held = found.counts[:, part] > 0
    counts = np.zeros((int(held.sum()), 3), np.uint8)
    counts[:, part] = found.counts[held, part]
    # How often the exact form stands in this part is not known; what is left can't be more than all.
    exact = np.minimum(found.exact[held], counts[:, part])
    return Occurrences(found.articles[held], counts, exact, found.words, found.left_out)
