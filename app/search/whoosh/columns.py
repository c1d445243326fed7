"""What filters, facets, order and length normalisation need of every article, as arrays, once per generation.

Articles go by their number in the index. The arrays lie in the segments' files; what spans segments is put together
when it is first asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from app.domain.query import Dated, Filters
from app.search.engine import Facet, FacetValue
from app.search.whoosh.codec import DamagedFile, FieldPostings, spread
from app.search.whoosh.codec.terms import Terms
from app.search.whoosh.document import to_text
from app.search.whoosh.schema import NAME_FIELDS
from app.search.whoosh.segments import Segment, reading
from app.search.whoosh.sets import NOBODY, Articles, Mask, Scratch, Set, all_of, numbers

UNDATED: Final = "unknown"

_FIRST_DAY: Final = ("0101", "01", "")
_LAST_DAY: Final = ("1231", "31", "")

Numbers = npt.NDArray[np.int64]


class Names:
    """The values of one field. values: in alphabetical order, by which they are numbered."""

    @reading()
    def __init__(self, postings: Sequence[tuple[FieldPostings, int]], size: int) -> None:
        """postings: the field's in every segment, with the number of the segment's first article. size: articles."""
        own = [[to_text(term) for term in field.dictionary.terms()] for field, _ in postings]
        self.values: list[str] = own[0] if len(own) == 1 else sorted(set().union(*own))
        places = {value: place for place, value in enumerate(self.values)}
        article = _concatenated([field.docs.astype(np.int32) + first for field, first in postings], np.int32)
        value = _concatenated(
            [
                np.repeat(np.array([places[value] for value in values], np.int32), field.counts())
                for values, (field, _) in zip(own, postings, strict=True)
            ],
            np.int32,
        )
        if len(value) != len(article) or int(article.max(initial=0)) > max(0, size - 1):
            raise DamagedFile("a name is of an article that there is not.")
        order = np.argsort(value, kind="stable")
        self._articles = article[order]
        self._starts = np.searchsorted(value[order], np.arange(len(self.values) + 1))
        """Each value's articles are `_articles[_starts[value] : _starts[value + 1]]`."""
        order = np.argsort(article, kind="stable")
        widths = np.bincount(article, minlength=size)
        first = np.cumsum(widths) - widths
        one = np.full(size, len(self.values), np.int32)
        one[widths > 0] = value[order][first[widths > 0]]
        self._one = one
        """A value of each article; a number beyond all values where it has none."""
        further = np.ones(len(value), np.bool_)
        further[first[widths > 0]] = False
        self._further = value[order][further]
        self._further_widths = np.maximum(widths - 1, 0)
        self._further_starts = np.cumsum(self._further_widths) - self._further_widths
        """An article's other values are so many of `_further`, from its start on."""

    def frequencies(self, articles: Articles) -> tuple[Numbers, Numbers]:
        """The values that some articles have, rising, and how many of these articles have each."""
        values = self._one[articles]
        if len(self._further):
            widths = self._further_widths[articles]
            more = np.flatnonzero(widths)
            if len(more):
                further = self._further[spread(self._further_starts[articles[more]], widths[more])]
                values = np.concatenate([values, further])
        nothing = len(self.values)
        if len(values) < nothing // 4:
            present, counts = np.unique(values, return_counts=True)
            known = len(present) - int(len(present) > 0 and present[-1] == nothing)
            return present[:known].astype(np.int64), counts[:known].astype(np.int64)
        totals = np.bincount(values, minlength=nothing)[:nothing]
        rising = np.flatnonzero(totals)
        return rising, totals[rising]

    @cached_property
    def all_counts(self) -> Numbers:
        """How many articles have each value, deleted ones too."""
        return np.diff(self._starts)

    def having(self, value: int) -> Articles:
        """The articles that have a value, deleted ones too."""
        return self._articles[self._starts[value] : self._starts[value + 1]].astype(np.int64)

    def having_any(self, wanted: Mask) -> Articles:
        """The articles that have any of some values, deleted ones too."""
        values = np.flatnonzero(wanted)
        found = self._articles[spread(self._starts[values], self.all_counts[values])]
        return np.unique(found).astype(np.int64)

    def place(self, value: str) -> int | None:
        at = bisect_left(self.values, value)
        return at if at < len(self.values) and self.values[at] == value else None


class Ids:
    """The permalink ids of articles, by number, read where they lie."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._firsts = [segment.first for segment in segments]

    @reading()
    def of(self, numbers: Iterable[int]) -> list[str]:
        """The ids of some articles, in their order."""
        found = []
        for number in numbers:
            segment = self._segments[bisect_right(self._firsts, number) - 1]
            found.append(to_text(segment.permalinks[number - segment.first]))
        return found


def _concatenated(parts: Sequence[npt.NDArray[Any]], type_: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, type_)


class Columns:
    """The columns of one generation; `live` tells the articles that are not deleted."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self.ids = Ids(segments)
        self.size = sum(segment.size for segment in segments)
        self.live: Mask = _concatenated([segment.live for segment in segments], np.bool_)
        self.live_count = int(self.live.sum())
        self.whole = self.live_count == self.size

    @cached_property
    @reading()
    def versions(self) -> npt.NDArray[np.uint32]:
        """The number of the version that each is."""
        return _concatenated([segment.versions for segment in self._segments], np.uint32)

    @cached_property
    @reading()
    def _dates(self) -> npt.NDArray[np.int64]:
        """YYYYMMDDhhmm, -1 for undated."""
        return _concatenated([segment.dates for segment in self._segments], np.int64)

    @cached_property
    @reading()
    def lengths(self) -> npt.NDArray[np.uint32]:
        """Shape (articles, 3), words in title, summary and text."""
        parts = [segment.lengths for segment in self._segments]
        return np.concatenate(parts) if parts else np.zeros((0, 3), np.uint32)

    @cached_property
    def names(self) -> dict[str, Names]:
        return {
            field: Names([(segment.names[field], segment.first) for segment in self._segments], self.size)
            for field in NAME_FIELDS
        }

    @cached_property
    def everybody(self) -> Articles:
        """The articles that are not deleted."""
        return numbers(self.live)

    def living(self, articles: Articles) -> Articles:
        """Those of some articles that are not deleted."""
        return articles if self.whole else articles[self.live[articles]]

    @cached_property
    def years(self) -> npt.NDArray[np.int16]:
        """The year of each article, -1 for undated."""
        return np.where(self._dates < 0, -1, self._dates // 100_000_000).astype(np.int16)

    @cached_property
    def _by_year(self) -> _Periods:
        return _Periods(self.years.astype(np.int64), lambda year: f"{year:04}")

    @cached_property
    def _by_month(self) -> _Periods:
        """By months counted from January of year 0."""
        months = self._dates // 1_000_000
        year, month = months // 100, months % 100
        counted = np.where((self._dates < 0) | (month == 0), -1, year * 12 + month - 1)
        return _Periods(counted, lambda month: f"{month // 12:04}-{month % 12 + 1:02}")

    @cached_property
    def _possible_days(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """The first and the last day, as YYYYMMDD, that each article may be of; every month ends on its 31st here."""
        days = self._dates // 10_000
        no_month, no_day = days % 10_000 == 0, days % 100 == 0
        first = days + np.where(no_month, 101, np.where(no_day, 1, 0))
        last = days + np.where(no_month, 1231, np.where(no_day, 31, 0))
        return first.astype(np.int32), last.astype(np.int32)

    @cached_property
    def newest(self) -> npt.NDArray[np.int32]:
        """Each article's place when the newest comes first, undated last, ties by id."""
        return self._places(np.where(self._dates < 0, 1, -self._dates))

    @cached_property
    def oldest(self) -> npt.NDArray[np.int32]:
        """Each article's place when the oldest comes first, undated last, ties by id."""
        return self._places(np.where(self._dates < 0, np.iinfo(np.int64).max, self._dates))

    def _places(self, keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        places = np.empty(self.size, np.int32)
        places[np.lexsort((self.id_places, keys))] = np.arange(self.size, dtype=np.int32)
        return places

    @cached_property
    @reading()
    def id_places(self) -> npt.NDArray[np.int32]:
        """Each article's place by rising id."""
        places = np.empty(self.size, np.int32)
        ids = [
            Terms(segment.permalinks.letters, segment.permalinks.starts.astype(np.int64)) for segment in self._segments
        ]
        if ids:
            places[Terms.joined(ids).in_order()[0]] = np.arange(self.size, dtype=np.int32)
        return places

    def dated(self, dated: Dated) -> Mask:
        """The live articles that were published within a Dated, as far as their date is known."""
        first, last = self._possible_days
        found = self.live & (self.years >= 0)
        if dated.first is not None:
            found &= first >= _day(dated.first, _FIRST_DAY)
        if dated.last is not None:
            found &= last <= _day(dated.last, _LAST_DAY)
        return found

    def undated(self) -> Mask:
        return self.live & (self.years < 0)

    def filtered(self, filters: Filters, scratch: Scratch) -> dict[str, Set]:
        """Per field that filters, the live articles it lets through; since and until count as the year's."""
        passing: dict[str, list[Set]] = {}
        for field in NAME_FIELDS:
            for value in getattr(filters, field):
                place = self.names[field].place(value)
                having = NOBODY if place is None else self.living(self.names[field].having(place))
                passing.setdefault(field, []).append(having)
        for year in filters.year:
            of_year = self.live & (self.years == (-1 if year == UNDATED else int(year)))
            passing.setdefault("year", []).append(of_year)
        if filters.since is not None or filters.until is not None:
            passing.setdefault("year", []).append(self.dated(Dated(filters.since, filters.until)))
        return {field: all_of(sets, scratch) for field, sets in passing.items()}

    def facet(self, field: str, articles: Articles, most: int) -> Facet:
        """The values of a name field among some articles, the most frequent first; equal ones in alphabetical order."""
        names = self.names[field]
        if self.whole and len(articles) == self.size:
            present, counts = np.arange(len(names.values)), names.all_counts
        else:
            present, counts = names.frequencies(articles)
        # One number that orders by frequency first, then by the alphabet.
        size = max(1, len(names.values))
        ranks = counts * size + (size - 1 - present)
        if most < len(ranks):
            ranks = np.partition(ranks, len(ranks) - most)[len(ranks) - most :]
        totals, places = np.divmod(np.sort(ranks)[::-1], size)
        values = [names.values[place] for place in (size - 1 - places).tolist()]
        return Facet(tuple(map(FacetValue, values, totals.tolist())), distinct=len(present))

    def by_year(self, articles: Articles) -> tuple[Facet, int]:
        """The years of some articles, the most frequent first, and how many are undated."""
        found, undated = self._by_year.counts(articles)
        return Facet(tuple(sorted(found, key=lambda value: (-value.total, value.value))), len(found)), undated

    def by_month(self, articles: Articles) -> tuple[FacetValue, ...]:
        """The months of some articles whose month is known, in order."""
        return self._by_month.counts(articles)[0]


class _Periods:
    """The period of each article, of which there are few enough to count by number."""

    def __init__(self, numbers: Numbers, name: Callable[[int], str]) -> None:
        """numbers: each article's period, -1 where it is unknown."""
        known = numbers[numbers >= 0]
        first = int(known.min()) if len(known) else 0
        self._places = np.where(numbers < 0, 0, numbers - first + 1).astype(np.int32)
        self._names = [name(first + place) for place in range(int(self._places.max(initial=0)))]

    def counts(self, articles: Articles) -> tuple[tuple[FacetValue, ...], int]:
        """How many of some articles are of each period, in order; and of how many it is unknown."""
        totals = np.bincount(self._places[articles], minlength=1)
        present = np.flatnonzero(totals[1:])
        names = self._names
        found = map(FacetValue, [names[place] for place in present.tolist()], totals[present + 1].tolist())
        return tuple(found), int(totals[0])


def _day(period: str, rest: Sequence[str]) -> int:
    """A period's first or last day as YYYYMMDD. rest: what completes a year, a month and a day."""
    return int(period.replace("-", "") + rest[period.count("-")])
