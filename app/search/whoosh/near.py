"""Which articles of a snapshot are near-duplicates of which, by the marks that the index holds of their texts.

It hangs on the articles alone, not on how they are spread over segments, or in which order they came. Pairs are found
by locality-sensitive hashing: texts whose signatures agree in all bytes of a band are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import ceil
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from app.search.near_duplicates import ALIKE, FIGURES_REPLACED, MOST_KEPT, SIGNATURE_SIZE, distinct
from app.search.whoosh.codec import spread
from app.search.whoosh.segments import Segment, reading
from app.search.whoosh.sets import Articles

BANDS: Final = 12
BAND_SIZE: Final = 6
"""Of two texts that share 0.8 of their shingles 97 % agree in a band, of two that share 0.85 99 %; of two that share a
quarter 1 in 340."""

MOST_COMPARED: Final = 8
"""Articles of one band's bytes, smallest ids first, with which the others of these bytes are compared: ten thousand
copies of one text take eighty thousand comparisons a band, not fifty million."""

_AT_ONCE: Final = 50_000
_BYTE_BY_CHANCE: Final = 1 / 256
_AGREEING: Final = ceil(SIGNATURE_SIZE * (ALIKE * (1 - _BYTE_BY_CHANCE) + _BYTE_BY_CHANCE))
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_BAND: Final = np.uint64(256**BAND_SIZE - 1)

KEPT: Final = np.dtype("<u2")
"""A figure or a name, as the index holds it."""

ALONE: Final = -1

Numbers = npt.NDArray[np.int64]


class Kept(NamedTuple):
    """Figures or names of articles, side by side, where each article's begin, and how many it has."""

    values: npt.NDArray[np.uint16]
    starts: Numbers
    widths: Numbers

    @classmethod
    def of(cls, values: Sequence[npt.NDArray[np.uint16]], widths: Sequence[Numbers]) -> Kept:
        every = np.concatenate([*widths, np.zeros(0, np.int64)])
        return cls(np.concatenate([*values, np.zeros(0, KEPT)]), np.cumsum(every) - every, every)


class Marked(NamedTuple):
    """The articles that can be near-duplicates, and their marks.

    articles: their numbers, rising. order: places among them, by rising id. signatures: shape (articles,
    SIGNATURE_SIZE).
    """

    articles: Numbers
    order: Numbers
    signatures: npt.NDArray[np.uint8]
    figures: Kept
    names: Kept


class NearDuplicates:
    """The pairs, and the groups that results show as one.

    An article with a smaller id than its near-duplicates gathers those that no other has gathered; what it gathers is
    all like itself, so no chain of small changes leads from an article to a stranger.
    """

    def __init__(self, marked: Marked, size: int) -> None:
        """size: how many articles the snapshot numbers."""
        first, second = _pairs(marked)
        self.groups = np.full(size, ALONE, np.int32)
        """The group of each article, by the number of the article that gathered it; ALONE where it is in none."""
        numbers = marked.articles[marked.order]
        gathered = _gathered(first, second)
        own = np.fromiter(gathered.keys(), np.int64, len(gathered))
        by = np.fromiter(gathered.values(), np.int64, len(gathered))
        self.groups[numbers[own]] = numbers[by]
        self.grouped = self.groups != ALONE
        """Which articles are in a group."""
        self._pairs = np.stack([numbers[np.concatenate([first, second])], numbers[np.concatenate([second, first])]])
        self._pairs = self._pairs[:, np.argsort(self._pairs[0], kind="stable")]

    @property
    def pairs(self) -> int:
        return len(self._pairs[0]) // 2

    def of(self, article: int) -> Numbers:
        """The numbers of an article's near-duplicates, rising."""
        start, end = np.searchsorted(self._pairs[0], [article, article + 1])
        found = self._pairs[1, start:end]
        group = self.groups[article]
        if group != ALONE:
            found = np.union1d(found, np.flatnonzero(self.groups == group))
        others: Numbers = found[found != article]
        return others


@reading()
def read_marked(segments: Sequence[Segment], id_places: npt.NDArray[np.int32]) -> Marked:
    """The marks of what is live in some segments. id_places: each article's place by rising id."""
    articles, signatures = [np.zeros(0, np.int64)], [np.zeros((0, SIGNATURE_SIZE), np.uint8)]
    kept: dict[str, tuple[list[npt.NDArray[np.uint16]], list[Numbers]]] = {"figures": ([], []), "names": ([], [])}
    for segment in segments:
        starts = segment.bytes("signature").starts.astype(np.int64)
        own = np.flatnonzero(segment.live & (np.diff(starts) > 0))
        articles.append(own + segment.first)
        # Every signature has the same size, so they lie in rows.
        rows = segment.bytes("signature").letters.reshape(-1, SIGNATURE_SIZE)
        signatures.append(rows if len(own) == len(rows) else rows[starts[own] // SIGNATURE_SIZE])
        for column, (values, widths) in kept.items():
            reader = segment.bytes(column)
            every_value = reader.letters.view(KEPT)
            starts = reader.starts.astype(np.int64) // KEPT.itemsize
            widths.append(starts[own + 1] - starts[own])
            whole = int(widths[-1].sum()) == len(every_value)
            values.append(every_value if whole else every_value[spread(starts[own], widths[-1])])
    every = np.concatenate(articles)
    return Marked(
        every,
        np.argsort(id_places[every], kind="stable"),
        np.concatenate(signatures),
        *(Kept.of(values, widths) for values, widths in kept.values()),
    )


class Collapsed:
    """The articles that answer a search, with near-duplicates among them beneath the first of each group."""

    def __init__(self, articles: Articles, near: NearDuplicates, in_order: Callable[[Articles], Articles]) -> None:
        """articles: those that answer, rising. in_order: puts some of them, which rise, in the order in which the
        search shows them."""
        self._near = near
        self._together = together = articles[near.grouped[articles]]
        self._groups = np.sort(near.groups[together])
        self.shown: Articles = articles
        """Those that have a place of their own, rising."""
        follows = self._groups[1:] == self._groups[:-1]
        if follows.any():
            together = in_order(together)
            self._together = together[np.argsort(near.groups[together], kind="stable")]
            keep = np.ones(len(articles), np.bool_)
            keep[np.searchsorted(articles, self._together[1:][follows])] = False
            self.shown = articles[keep]

    def beneath(self, shown: Articles) -> dict[int, Articles]:
        """Those of some articles that are shown which have others beneath them, and these, in order."""
        groups = self._near.groups[shown]
        starts = np.searchsorted(self._groups, groups).tolist()
        ends = np.searchsorted(self._groups, groups, "right").tolist()
        return {
            number: self._together[start + 1 : end]
            for number, start, end in zip(shown.tolist(), starts, ends, strict=True)
            if end > start + 1
        }


def _pairs(marked: Marked) -> tuple[Numbers, Numbers]:
    """Places in the order of articles that are near-duplicates, the smaller first, rising."""
    count = np.uint64(max(1, len(marked.articles)))
    wanted = np.zeros(0, np.uint64)
    for first, second in _candidates(marked.signatures, marked.order):
        wanted = distinct(np.concatenate([wanted, first.astype(np.uint64) * count + second.astype(np.uint64)]))
    found = [
        part[_alike(marked, *(marked.order[place.astype(np.int64)] for place in np.divmod(part, count)))]
        for part in (wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE))
    ]
    first, second = np.divmod(np.concatenate(found) if found else wanted, count)
    return first.astype(np.int64), second.astype(np.int64)


def _candidates(signatures: npt.NDArray[np.uint8], order: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """For each band, pairs of places in the order whose bytes in it agree; the smaller place first."""
    count = len(signatures)
    # Sorted as one number: what is left of a band's bytes, then the place.
    bits = np.uint64(max(1, count.bit_length()))
    places = np.empty(count, np.uint64)
    places[order] = np.arange(count, dtype=np.uint64)
    for band in range(BANDS):
        # The band's six bytes as one number, mixed so that any of its bits will do to tell it from others.
        start = band * BAND_SIZE
        keys = np.ascontiguousarray(signatures[:, start : start + 8]).view("<u8").reshape(-1) & _BAND
        for _ in range(2):
            keys *= _MIX
            keys ^= keys >> np.uint64(32)
        ordered = np.sort((keys >> bits << bits) | places)
        heads, place = ordered >> bits, (ordered & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)
        follows = np.flatnonzero(heads[1:] == heads[:-1]) + 1
        if not len(follows):
            continue
        # Where the run that each belongs to begins.
        leads = np.ones(len(follows), np.bool_)
        leads[1:] = np.diff(follows) > 1
        begins = (follows[leads] - 1)[np.cumsum(leads) - 1]
        ahead = np.minimum(follows - begins, MOST_COMPARED)
        yield place[spread(begins, ahead)], np.repeat(place[follows], ahead)


def _alike(marked: Marked, first: Numbers, second: Numbers) -> npt.NDArray[np.bool_]:
    """Which pairs of the marked are near-duplicates."""
    agreeing = (marked.signatures[first] == marked.signatures[second]).sum(axis=1)
    alike: npt.NDArray[np.bool_] = agreeing >= _AGREEING
    near = np.flatnonzero(alike)
    first, second = first[near], second[near]
    figures = _replaced(marked.figures, first, second, 0)
    alike[near] = (figures < FIGURES_REPLACED) & (_replaced(marked.names, first, second, 1) == 0)
    return alike


def _replaced(kept: Kept, first: Numbers, second: Numbers, bits: int) -> Numbers:
    """Of each pair, how much that counts of the one the other has not, of the text that has less of that.

    bits: how many last ones of what is kept are no part of what it is kept of; where there are any, only what has them
    set counts.
    """
    found, ends = [], np.full(len(first), 2**16 >> bits, np.int64)
    for own in (first, second):
        widths = kept.widths[own]
        values = kept.values[spread(kept.starts[own], widths)].astype(np.int64)
        pairs = np.repeat(np.arange(len(own)), widths)
        found.append((pairs << 16 | values >> bits, values & 1 if bits else np.ones(len(values), np.int64)))
        # Where only the smallest are kept, larger ones of the other text say nothing.
        full = widths == MOST_KEPT
        ends[full] = np.minimum(ends[full], kept.values[(kept.starts[own] + widths - 1)[full]].astype(np.int64) >> bits)
    lacking = []
    for (keys, counts), (others, _) in (found, found[::-1]):
        known = (keys & 0xFFFF) <= ends[keys >> 16]
        alone = known & (counts > 0) & ~np.isin(keys, others, assume_unique=True)
        lacking.append(np.bincount(keys[alone] >> 16, minlength=len(first)))
    fewer: Numbers = np.minimum(*lacking)
    return fewer


def _gathered(first: Numbers, second: Numbers) -> dict[int, int]:
    """Place -> the place of what gathered it; pairs in order."""
    by: dict[int, int] = {}
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        # By now it is known whether a smaller one gathered the first.
        if by.get(one, one) == one and other not in by:
            by[one], by[other] = one, one
    return by
