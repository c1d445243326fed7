"""Reads from the index which articles hold a word or a row of words, and how often.

Reading is one thread at a time (Whoosh's files have one position each); what was read is kept, most recently used
first, up to a bound, and needs no lock to use.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

from app.search.analysis.lookups import Forms, Lookup, Readings, Row
from app.search.engine import IndexUnavailable
from app.search.whoosh.document import SUMMARY_START, TITLE_START, to_bytes, unpack_positions

MOST_KEPT = 3_000_000
"""Postings kept in memory per generation; one takes 8 bytes."""

_MOST_COUNTED = 255


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where something occurs.

    articles: their numbers, rising. counts: three bytes an article, occurrences in title, summary and text.
    exact: one byte an article, occurrences in the very form asked for. More than 255 count as 255.
    """

    articles: Sequence[int]
    counts: bytes
    exact: bytes

    def __len__(self) -> int:
        return len(self.articles)


class Postings:
    """The postings of one generation. leaves: Whoosh's readers of segments with their first article's number."""

    def __init__(self, leaves: Sequence[tuple[Any, int]]) -> None:
        self._leaves = leaves
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
            if self._closed:
                raise IndexUnavailable("This generation of the index was closed; open the index again.")
            try:
                found = self._read(lookup)
            except Exception as error:
                raise IndexUnavailable(
                    f"The index is damaged ({type(error).__name__}: {error}). Run: policy-archive reindex"
                ) from error
            self._kept[lookup] = found
            self._size += len(found)
            while self._size > MOST_KEPT and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])
            return found

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                for leaf, _ in self._leaves:
                    leaf.close()

    def _read(self, lookup: Lookup) -> Occurrences:
        match lookup:
            case Forms():
                return self._forms(lookup)
            case Row(((_, (word,)),)):
                return self._rows(Row(((0, (word,)),)))
            case Row():
                return self._rows(lookup)
            case Readings(ways):
                return _merged([self.find(way) for way in ways])

    def _forms(self, lookup: Forms) -> Occurrences:
        stem, word = to_bytes(lookup.stem), to_bytes(lookup.exact)
        articles = array("I")
        counts = bytearray()
        exact = bytearray()
        for leaf, offset in self._leaves:
            if ("stems", stem) not in leaf:
                continue
            as_written = dict(_weights(leaf, word))
            matcher = leaf.postings("stems", stem)
            while matcher.is_active():
                number = matcher.id()
                articles.append(number + offset)
                counts += matcher.value()
                exact.append(min(as_written.get(number, 0), _MOST_COUNTED))
                matcher.next()
        return Occurrences(articles, bytes(counts), bytes(exact))

    def _rows(self, row: Row) -> Occurrences:
        articles = array("I")
        counts = bytearray()
        exact = bytearray()
        slots = [(offset, [to_bytes(word) for word in words]) for offset, words in row.slots]
        for leaf, first in self._leaves:
            for number, starts in _starts(leaf, slots):
                title = sum(start >= TITLE_START for start in starts)
                summary = sum(start >= SUMMARY_START for start in starts) - title
                text = len(starts) - title - summary
                articles.append(number + first)
                counts += bytes(min(count, _MOST_COUNTED) for count in (title, summary, text))
                exact.append(min(len(starts), _MOST_COUNTED))
        return Occurrences(articles, bytes(counts), bytes(exact))


def _weights(leaf: Any, word: bytes) -> Iterator[tuple[int, int]]:
    """The articles with an exact word, and how often."""
    if ("words", word) not in leaf:
        return
    matcher = leaf.postings("words", word)
    while matcher.is_active():
        yield matcher.id(), int(matcher.weight())
        matcher.next()


def _starts(leaf: Any, slots: list[tuple[int, list[bytes]]]) -> Iterable[tuple[int, set[int]]]:
    """The articles of a segment in which the slots stand in a row, and the positions where the rows begin."""
    present = [(offset, [word for word in words if ("words", word) in leaf]) for offset, words in slots]
    if not all(words for _, words in present):
        return ()
    # The rarest word first: the others are then looked at only where it stands.
    present.sort(key=lambda slot: sum(leaf.doc_frequency("words", word) for word in slot[1]))
    found: dict[int, set[int]] | None = None
    for offset, words in present:
        here = _positions(leaf, words, None if found is None else sorted(found))
        begun = {number: {position - offset for position in positions} for number, positions in here.items()}
        if found is None:
            found = begun
        else:
            found = {number: both for number, starts in begun.items() if (both := found[number] & starts)}
        if not found:
            return ()
    return sorted((found or {}).items())


def _positions(leaf: Any, words: list[bytes], among: list[int] | None) -> dict[int, set[int]]:
    """The positions of any of the words, by article; among: the only articles that matter, rising."""
    found: dict[int, set[int]] = {}
    for word in words:
        matcher = leaf.postings("words", word)
        if among is None:
            while matcher.is_active():
                found.setdefault(matcher.id(), set()).update(unpack_positions(matcher.value()))
                matcher.next()
            continue
        for number in among:
            if not matcher.is_active():
                break
            matcher.skip_to(number)
            if matcher.is_active() and matcher.id() == number:
                found.setdefault(number, set()).update(unpack_positions(matcher.value()))
    return found


def _merged(ways: list[Occurrences]) -> Occurrences:
    """Several writings of one thing as one: an article counts by the writing it has most."""
    found: dict[int, tuple[bytes, int]] = {}
    for way in ways:
        for index, number in enumerate(way.articles):
            counts = way.counts[3 * index : 3 * index + 3]
            before, exact = found.get(number, (b"\0\0\0", 0))
            found[number] = (bytes(map(max, before, counts)), max(exact, way.exact[index]))
    numbers = array("I", sorted(found))
    return Occurrences(
        numbers, b"".join(found[number][0] for number in numbers), bytes(found[number][1] for number in numbers)
    )
