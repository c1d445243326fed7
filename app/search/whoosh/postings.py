"""Reads from the index which articles hold a word, a row of words, words of a shape or words near each other, and
how often.

All of it is done on whole arrays. A place in the archive is one number (see Keys), so that words in a row are what
several rising arrays have in common. What was read is kept, most recently used first, up to a bound.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any, Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from app.search.analysis.lookups import Close, Forms, InPart, Lookup, Names, Part, Readings, Row, Shape, Spelt
from app.search.engine import IndexUnavailable
from app.search.whoosh.codec import DamagedFile, TermPostings
from app.search.whoosh.document import SUMMARY_START, TITLE_START, to_bytes
from app.search.whoosh.segments import Segment, reading
from app.search.whoosh.vocabulary import Known, Vocabulary

MOST_KEPT: Final = 4_000_000
"""Postings kept in memory per generation; one takes 8 bytes."""

MOST_LIKE: Final = 512
"""Words that a pattern or a misspelt word stands for at most."""

MOST_READ: Final = 200_000
"""Postings read for one pattern, about: the most frequent words' first."""

_MOST_COUNTED: Final = 255
_MUCH_LONGER: Final = 16

Read = TypeVar("Read")

Positions = dict[int, list[int]]
"""Article -> rising positions."""

Keys = npt.NDArray[np.int64]
"""Places in the archive, rising: the article's number times 2**32, plus the position."""

_POSITION_BITS: Final = 32
_POSITION: Final = (1 << _POSITION_BITS) - 1


class Stretches(NamedTuple):
    """Where something stands: its first and its last word, in the order of the first."""

    firsts: Keys
    lasts: Keys


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
                self._size += len(found)
            while self._size > MOST_KEPT and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])
        return found

    def positions(self, word: str, articles: Sequence[int]) -> Positions:
        """Where an exact word stands in some articles (rising numbers), title and summary at their high positions."""
        return self._checked(lambda: self._positions_among(to_bytes(word), np.array(articles, np.int64)))

    def column(self, name: str, articles: npt.NDArray[np.intp]) -> list[bytes]:
        """What a column of bytes holds of some articles, given in rising order."""

        def read() -> list[bytes]:
            found: list[bytes] = []
            for segment in self._segments:
                first, last = np.searchsorted(articles, [segment.first, segment.first + segment.size])
                if first < last:
                    values = segment.bytes(name)
                    found += [values[number] for number in (articles[first:last] - segment.first).tolist()]
            return found

        return self._checked(read)

    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                for segment in self._segments:
                    segment.close()

    def _checked(self, read: Callable[[], Read]) -> Read:
        if self._closed:
            raise IndexUnavailable("This generation of the index was closed; open the index again.")
        with reading():
            return read()

    def _sound(self, found: Occurrences) -> Occurrences:
        last = self._segments[-1].first + self._segments[-1].size - 1 if self._segments else -1
        if len(found) and not 0 <= int(found.articles.min()) <= int(found.articles.max()) <= last:
            raise DamagedFile("a posting names an article that there is not.")
        return found

    def _read(self, lookup: Lookup) -> Occurrences:
        match lookup:
            case Forms():
                return self._forms(lookup)
            case Row(slots):
                return _counted(self._rows(slots).firsts)
            case Shape() | Spelt():
                return self._like(lookup)
            case Close(operands, distance):
                return _counted(self._close(operands, distance))
            case Readings(ways):
                return _united([self.find(way) for way in ways], np.maximum)
            case Names(ways):
                found = [self.find(way) for way in ways]
                # Only the name that was asked for is the exact form.
                others = [replace(other, exact=np.zeros_like(other.exact)) for other in found[1:]]
                return _united([*found[:1], *others], _added)
            case InPart(part, Shape() | Spelt() as like):
                words, left_out = self._words_like(like)
                row = _counted(self._rows(((0, tuple(known.word for known in words)),)).firsts) if words else NONE
                return replace(_only_in(part, row), words=tuple(known.word for known in words), left_out=left_out)
            case InPart(part, inner):
                return _only_in(part, self.find(inner))

    def _forms(self, lookup: Forms) -> Occurrences:
        stem, word = to_bytes(lookup.stem), to_bytes(lookup.exact)
        parts: list[Occurrences] = []
        for segment in self._segments:
            stems = segment.stems.find(stem)
            if stems is None:
                continue
            numbers, counts = stems.docs, stems.fixed
            exact = np.zeros(len(numbers), np.uint8)
            words = segment.words.find(word)
            if words is not None:
                places = np.minimum(np.searchsorted(numbers, words.docs), len(numbers) - 1)
                # A word may, in capitals, have had another stem.
                same = numbers[places] == words.docs
                exact[places[same]] = _capped(words.weights)[same]
            parts.append(_living(segment, numbers, counts, exact))
        return _joined(parts)

    def _rows(self, slots: Sequence[tuple[int, tuple[str, ...]]]) -> Stretches:
        """Where words stand in a row."""
        in_bytes = [(offset, [to_bytes(word) for word in words]) for offset, words in slots]
        starts = [_starts(segment, in_bytes) + (segment.first << _POSITION_BITS) for segment in self._segments]
        firsts = np.concatenate(starts) if starts else np.zeros(0, np.int64)
        return Stretches(firsts, firsts + slots[-1][0])

    def _like(self, lookup: Shape | Spelt) -> Occurrences:
        words, left_out = self._words_like(lookup)
        found = []
        for known in words:
            parts = []
            for segment in self._segments:
                postings = segment.words.find(to_bytes(known.word))
                if postings is not None:
                    often = _capped(postings.weights)
                    # Where in the article the word stands would take its positions, which a pattern is not worth.
                    counts = np.zeros((len(often), 3), np.uint8)
                    counts[:, Part.TEXT] = often
                    as_asked = isinstance(lookup, Spelt) and known.word == lookup.word
                    parts.append(_living(segment, postings.docs, counts, often if as_asked else np.zeros_like(often)))
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

    def _close(self, operands: Sequence[Sequence[Row | Shape | Spelt]], distance: int) -> Keys:
        """The places where one way of every operand stands near the others: where the first of them begins.

        As `nearness.near`, for all articles at once: every stretch is tried as the first, with the nearest of each
        other operand after it.
        """
        standing: list[Stretches] = []
        for ways in operands:
            rows = [
                row
                for way in ways
                for row in (
                    [way.slots]
                    if isinstance(way, Row)
                    else [((0, (known.word,)),) for known in self._words_like(way)[0]]
                )
            ]
            own = _all_of([self._rows(row) for row in rows])
            if not len(own.firsts):
                return own.firsts
            standing.append(own)
        found = [_led_by(leading, standing, distance) for leading in range(len(standing))]
        return np.concatenate(found)

    def _positions_among(self, word: bytes, articles: npt.NDArray[np.int64]) -> Positions:
        found: Positions = {}
        for segment in self._segments:
            own = articles[(articles >= segment.first) & (articles < segment.first + segment.size)] - segment.first
            postings = segment.words.find(word) if len(own) else None
            if postings is None:
                continue
            places = _places_of(postings.docs, own)
            positions, widths = postings.positions_of(places)
            ends = np.cumsum(widths).tolist()
            for number, start, end in zip(postings.docs[places].tolist(), [0, *ends], ends, strict=False):
                found[number + segment.first] = positions[start:end].tolist()
        return found


def _living(
    segment: Segment, numbers: npt.NDArray[Any], counts: npt.NDArray[np.uint8], exact: npt.NDArray[np.uint8]
) -> Occurrences:
    """What occurs in a segment, without the articles that are deleted."""
    if not segment.whole:
        living = segment.live[numbers]
        numbers, counts, exact = numbers[living], counts[living], exact[living]
    return Occurrences(numbers.astype(np.int32) + np.int32(segment.first), counts, exact)


def _capped(often: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    capped: npt.NDArray[np.uint8] = np.minimum(often, _MOST_COUNTED).astype(np.uint8)
    return capped


def _places_of(docs: npt.NDArray[Any], wanted: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Where those of the wanted documents that are there stand among others; both rise."""
    if len(docs) <= _MUCH_LONGER * len(wanted):
        return np.flatnonzero(np.isin(docs, wanted))
    # As few are wanted, each is looked for.
    places = np.searchsorted(docs, wanted.astype(docs.dtype))
    there: npt.NDArray[np.bool_] = docs[np.minimum(places, len(docs) - 1)] == wanted
    return places[there]


def _starts(segment: Segment, slots: Iterable[tuple[int, list[bytes]]]) -> Keys:
    """The places of a segment, counted from its first article, where rows begin that have the slots' words."""
    present = [
        (offset, [postings for word in words if (postings := segment.words.find(word)) is not None])
        for offset, words in slots
    ]
    if not all(words for _, words in present):
        return np.zeros(0, np.int64)
    # The rarest word first: the others are then looked at only where it stands.
    present.sort(key=lambda slot: sum(map(len, slot[1])))
    (offset, words), *others = present
    found = _keys(words, offset, None, None if segment.whole else segment.live)
    for offset, words in others:
        if not len(found):
            break
        found = _common(found, _keys(words, offset, _distinct(found >> _POSITION_BITS), None))
    return found


def _keys(
    words: Sequence[TermPostings],
    offset: int,
    among: npt.NDArray[np.int64] | None,
    live: npt.NDArray[np.bool_] | None,
) -> Keys:
    """The places so many words before any of some words, each once.

    among: the only documents that matter, rising. live: or whether each document does.
    """
    parts = []
    for postings in words:
        docs = postings.docs
        places = (
            _places_of(docs, among) if among is not None else np.flatnonzero(live[docs]) if live is not None else None
        )
        if places is None:
            positions, widths = postings.positions()
        else:
            positions, widths = postings.positions_of(places)
            docs = docs[places]
        starts = positions.astype(np.int64) - offset
        keys = np.repeat(docs.astype(np.int64) << _POSITION_BITS, widths) + starts
        parts.append(keys if not offset else keys[starts >= 0])
    return _distinct(parts[0]) if len(parts) == 1 else np.unique(np.concatenate(parts))


def _distinct(rising: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    return rising[np.r_[True, rising[1:] != rising[:-1]]] if len(rising) else rising


def _common(some: Keys, others: Keys) -> Keys:
    """What two arrays, both rising, have in common."""
    if len(some) > len(others):
        some, others = others, some
    if not len(some):
        return some
    found: Keys = some[others[np.minimum(np.searchsorted(others, some), len(others) - 1)] == some]
    return found


def _all_of(ways: Sequence[Stretches]) -> Stretches:
    """Several ways as one, each stretch once."""
    if not ways:
        return Stretches(np.zeros(0, np.int64), np.zeros(0, np.int64))
    firsts = np.concatenate([way.firsts for way in ways])
    lasts = np.concatenate([way.lasts for way in ways])
    if len(ways) > 1:
        order = np.lexsort((lasts, firsts))
        firsts, lasts = firsts[order], lasts[order]
        new = np.r_[True, (firsts[1:] != firsts[:-1]) | (lasts[1:] != lasts[:-1])][: len(firsts)]
        firsts, lasts = firsts[new], lasts[new]
    return Stretches(firsts, lasts)


def _led_by(leading: int, standing: Sequence[Stretches], distance: int) -> Keys:
    """Where the stretches of one operand begin that have one of every other operand near after them."""
    firsts, lasts = standing[leading]
    for other, stretches in enumerate(standing):
        if other == leading:
            continue
        at = np.searchsorted(stretches.firsts, lasts, "right")
        inside = at < len(stretches.firsts)
        firsts, lasts, at = firsts[inside], lasts[inside], at[inside]
        after = stretches.firsts[at]
        near = (after - lasts <= distance) & (after >> _POSITION_BITS == lasts >> _POSITION_BITS)
        firsts, lasts = firsts[near], lasts[near]
    return firsts


def _counted(keys: Keys) -> Occurrences:
    """How often something stands in each part of the articles that hold it, where the exact form is the only one."""
    articles, at = np.unique(keys >> _POSITION_BITS, return_inverse=True)
    positions = keys & _POSITION
    part = np.where(positions >= TITLE_START, Part.TITLE, np.where(positions >= SUMMARY_START, Part.SUMMARY, Part.TEXT))
    counts = np.bincount(at * len(Part) + part, minlength=len(articles) * len(Part)).reshape(-1, len(Part))
    return Occurrences(articles.astype(np.int32), _capped(counts), _capped(counts.sum(axis=1)))


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
