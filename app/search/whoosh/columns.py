"""What filters, facets, order and length normalisation need of every article, as arrays, once per generation.

Articles go by their number in the index. The arrays lie in the segments' files; what spans segments is put together
when it is first asked for.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final, overload

import numpy as np
import numpy.typing as npt

from app.domain.query import FILTER_FIELDS, Dated, Filters
from app.search.engine import FacetValue
from app.search.whoosh.codec import DamagedFile, FieldPostings
from app.search.whoosh.codec.terms import in_order
from app.search.whoosh.document import to_text
from app.search.whoosh.schema import NAME_FIELDS
from app.search.whoosh.segments import Segment, reading

MOST_FACET_VALUES: Final = 1000
"""Values a facet lists at most; years are always all listed."""

UNDATED: Final = "unknown"

_FIRST_DAY: Final = ("0101", "01", "")
_LAST_DAY: Final = ("1231", "31", "")

Mask = npt.NDArray[np.bool_]
"""Which articles, by number."""


class Names:
    """The values of one field. values: in alphabetical order; `article` and `value` say which article has which."""

    @reading()
    def __init__(self, postings: Sequence[tuple[FieldPostings, int]], size: int) -> None:
        """postings: the field's in every segment, with the number of the segment's first article. size: articles."""
        own = [[to_text(term) for term in field.dictionary.terms()] for field, _ in postings]
        self.values: list[str] = own[0] if len(own) == 1 else sorted(set().union(*own))
        places = {value: place for place, value in enumerate(self.values)}
        self.article = _concatenated([field.docs.astype(np.int32) + first for field, first in postings], np.int32)
        self.value = _concatenated(
            [
                np.repeat(np.array([places[value] for value in values], np.int32), field.counts())
                for values, (field, _) in zip(own, postings, strict=True)
            ],
            np.int32,
        )
        if len(self.value) != len(self.article) or int(self.article.max(initial=0)) > max(0, size - 1):
            raise DamagedFile("a name is of an article that there is not.")

    def counts(self, articles: Mask) -> npt.NDArray[np.int64]:
        """How many of some articles have each value."""
        return np.bincount(self.value[articles[self.article]], minlength=len(self.values))

    def having(self, wanted: Mask, size: int) -> Mask:
        """The articles that have any of some values."""
        found = np.zeros(size, np.bool_)
        found[self.article[wanted[self.value]]] = True
        return found

    def place(self, value: str) -> int | None:
        at = bisect_left(self.values, value)
        return at if at < len(self.values) and self.values[at] == value else None


class Ids(Sequence[str]):
    """The permalink id of each article, by number, read where it lies."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self._firsts = [segment.first for segment in segments]

    def __len__(self) -> int:
        return sum(segment.size for segment in self._segments)

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[str]: ...
    def __getitem__(self, number: int | slice) -> str | Sequence[str]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        segment = self._segments[bisect_right(self._firsts, number) - 1]
        with reading():
            return to_text(segment.permalinks[number - segment.first])


def _concatenated(parts: Sequence[npt.NDArray[Any]], type_: npt.DTypeLike) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, type_)


class Columns:
    """The columns of one generation; `live` tells the articles that are not deleted."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._segments = segments
        self.ids = Ids(segments)
        self.size = len(self.ids)
        self.live: Mask = _concatenated([segment.live for segment in segments], np.bool_)
        self.live_count = int(self.live.sum())

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
    def years(self) -> npt.NDArray[np.int32]:
        """The year of each article, -1 for undated."""
        return np.where(self._dates < 0, -1, self._dates // 100_000_000).astype(np.int32)

    @cached_property
    def _months(self) -> npt.NDArray[np.int32]:
        """Year and month as YYYYMM; -1 where the month is unknown."""
        months = self._dates // 1_000_000
        return np.where((self._dates < 0) | (months % 100 == 0), -1, months).astype(np.int32)

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
        places[np.lexsort((self._id_places, keys))] = np.arange(self.size, dtype=np.int32)
        return places

    @cached_property
    @reading()
    def _id_places(self) -> npt.NDArray[np.int32]:
        places = np.empty(self.size, np.int32)
        places[in_order([segment.permalinks for segment in self._segments])] = np.arange(self.size, dtype=np.int32)
        return places

    def dated(self, dated: Dated) -> Mask:
        """The live articles that were published within a Dated, as far as their date is known."""
        first, last = self._possible_days
        found = self.live & (self._dates >= 0)
        if dated.first is not None:
            found &= first >= _day(dated.first, _FIRST_DAY)
        if dated.last is not None:
            found &= last <= _day(dated.last, _LAST_DAY)
        return found

    def undated(self) -> Mask:
        return self.live & (self._dates < 0)

    def filtered(self, filters: Filters) -> dict[str, Mask]:
        """Per field that filters, the live articles it lets through; since and until count as the year's."""
        passing: dict[str, Mask] = {}
        for field in NAME_FIELDS:
            for value in getattr(filters, field):
                place = self.names[field].place(value)
                wanted = np.zeros(len(self.names[field].values), np.bool_)
                if place is not None:
                    wanted[place] = True
                having = self.names[field].having(wanted, self.size)
                passing[field] = passing.get(field, self.live) & having
        for year in filters.year:
            of_year = self.years == (-1 if year == UNDATED else int(year))
            passing["year"] = passing.get("year", self.live) & of_year
        if filters.since is not None or filters.until is not None:
            passing["year"] = passing.get("year", self.live) & self.dated(Dated(filters.since, filters.until))
        return passing

    def facets(self, matching: Mask, passing: dict[str, Mask]) -> tuple[dict[str, tuple[FacetValue, ...]], int]:
        """Each field's values among the articles that match and pass the other fields' filters, most frequent first;
        and how many of those that the year counts are undated."""
        found: dict[str, tuple[FacetValue, ...]] = {}
        undated = 0
        for field in FILTER_FIELDS:
            articles = within(matching, (mask for name, mask in passing.items() if name != field))
            if field == "year":
                years, counts = np.unique(self.years[articles], return_counts=True)
                undated = int(counts[years < 0].sum())
                known = years >= 0
                values = [f"{year:04}" for year in years[known]]
                found[field] = _ranked(values, counts[known], None)
            else:
                names = self.names[field]
                found[field] = _ranked(names.values, names.counts(articles), MOST_FACET_VALUES)
        return found, undated

    def months(self, articles: Mask) -> tuple[FacetValue, ...]:
        months, counts = np.unique(self._months[articles], return_counts=True)
        return tuple(
            FacetValue(f"{month // 100:04}-{month % 100:02}", int(count))
            for month, count in zip(months, counts, strict=True)
            if month >= 0
        )


def within(matching: Mask, others: Iterable[Mask]) -> Mask:
    """What is in all of some masks."""
    found = matching
    for other in others:
        found = found & other
    return found


def _ranked(values: Sequence[str], counts: npt.NDArray[Any], most: int | None) -> tuple[FacetValue, ...]:
    """Values with their counts, those with none left out; the values given in alphabetical order."""
    present = np.flatnonzero(counts)
    order = present[np.argsort(-counts[present], kind="stable")][:most]
    return tuple(FacetValue(values[place], int(counts[place])) for place in order)


def _day(period: str, rest: Sequence[str]) -> int:
    """A period's first or last day as YYYYMMDD. rest: what completes a year, a month and a day."""
    return int(period.replace("-", "") + rest[period.count("-")])
