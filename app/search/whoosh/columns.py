"""What filters, facets, order and length normalisation need of every article, as arrays, once per generation.

Articles go by their number in the index. A segment never changes once written, so its facts are read once and
shared by the generations that hold it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt

from app.domain.query import FILTER_FIELDS, Dated, Filters
from app.search.engine import FacetValue
from app.search.whoosh.document import Facts, read_facts

MOST_FACET_VALUES: Final = 1000
"""Values a facet lists at most; years are always all listed."""

UNDATED: Final = "unknown"

NAME_FIELDS: Final = ("source", "author", "topic")

_FIRST_DAY: Final = ("0101", "01", "")
_LAST_DAY: Final = ("1231", "31", "")

Mask = npt.NDArray[np.bool_]
"""Which articles, by number."""


class SegmentFacts:
    """The facts of one segment's articles, deleted ones too, by number in the segment.

    dates: YYYYMMDDhhmm, -1 for undated. lengths: shape (articles, 3), words in title, summary and text.
    names: per field the article and the value of every name, side by side.
    """

    def __init__(self, facts: Sequence[Facts]) -> None:
        self.ids = [one.id for one in facts]
        self.dates = np.array([-1 if one.date_key is None else one.date_key for one in facts], np.int64)
        self.lengths = np.array(
            [(one.title_length, one.summary_length, one.text_length) for one in facts], np.uint32
        ).reshape(-1, 3)
        self.names = {
            "source": _entries(one.sources for one in facts),
            "author": _entries(one.authors for one in facts),
            "topic": _entries(one.topics for one in facts),
        }


def _entries(names: Iterable[Sequence[str]]) -> tuple[npt.NDArray[np.int32], list[str]]:
    articles: list[int] = []
    values: list[str] = []
    for number, own in enumerate(names):
        articles += [number] * len(own)
        values += own
    return np.array(articles, np.int32), values


_shared: WeakValueDictionary[tuple[str, str], SegmentFacts] = WeakValueDictionary()


def _segment_facts(directory: str, leaf: Any) -> SegmentFacts:
    key = (directory, leaf.segment().segment_id())
    known = _shared.get(key)
    if known is None:
        known = _shared[key] = SegmentFacts([read_facts(stored) for stored in leaf.column_reader("facts")])
    return known


class Names:
    """The values of one field. values: in alphabetical order; `article` and `value` say which article has which."""

    def __init__(self, entries: Sequence[tuple[npt.NDArray[np.int32], list[str], int]]) -> None:
        self.values: list[str] = sorted({value for _, values, _ in entries for value in values})
        places = {value: place for place, value in enumerate(self.values)}
        self.article = np.concatenate([own + offset for own, _, offset in entries] or [np.array([], np.int32)])
        self.value = np.array([places[value] for _, values, _ in entries for value in values], np.int32)

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


class Columns:
    """The columns of one generation; `live` tells the articles that are not deleted."""

    def __init__(self, directory: str, leaves: Iterable[tuple[Any, int]]) -> None:
        self._held: list[tuple[SegmentFacts, int]] = []
        self.ids: list[str] = []
        live: list[int] = []
        for leaf, offset in leaves:
            segment = _segment_facts(directory, leaf)
            self._held.append((segment, offset))
            self.ids += segment.ids
            live += [number + offset for number in leaf.all_doc_ids()]
        self.size = len(self.ids)
        self.live = np.zeros(self.size, np.bool_)
        self.live[live] = True
        self.live_count = len(live)
        self._dates = np.concatenate([one.dates for one, _ in self._held] or [np.array([], np.int64)])
        self.lengths = np.concatenate([one.lengths for one, _ in self._held] or [np.zeros((0, 3), np.uint32)])

    @cached_property
    def names(self) -> dict[str, Names]:
        return {
            field: Names([(*segment.names[field], offset) for segment, offset in self._held]) for field in NAME_FIELDS
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
    def _id_places(self) -> npt.NDArray[np.int32]:
        places = np.empty(self.size, np.int32)
        places[np.argsort(np.array(self.ids, dtype=np.str_), kind="stable")] = np.arange(self.size, dtype=np.int32)
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
            articles = _both(matching, (mask for name, mask in passing.items() if name != field))
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


def _both(matching: Mask, others: Iterable[Mask]) -> Mask:
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
