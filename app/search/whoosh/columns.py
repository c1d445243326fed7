"""What filters, facets, order and length normalisation need of every article, in memory, once per generation.

Articles go by their number in the index. A segment never changes once written, so its facts are read once and
shared by the generations that hold it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import Any
from weakref import WeakValueDictionary

from app.domain.query import FILTER_FIELDS, Filters
from app.search.engine import FacetValue
from app.search.whoosh.document import Facts, read_facts

MOST_FACET_VALUES = 1000
"""Values a facet lists at most; years are always all listed."""

UNDATED = "unknown"


class SegmentFacts:
    """The facts of one segment's articles, deleted ones too, by number in the segment."""

    def __init__(self, facts: list[Facts]) -> None:
        self.facts = facts


_shared: WeakValueDictionary[tuple[str, str], SegmentFacts] = WeakValueDictionary()


def _segment_facts(directory: str, leaf: Any) -> SegmentFacts:
    key = (directory, leaf.segment().segment_id())
    known = _shared.get(key)
    if known is None:
        known = _shared[key] = SegmentFacts([read_facts(stored) for stored in leaf.column_reader("facts")])
    return known


class Columns:
    """The columns of one generation; `live` are the numbers of the articles that are not deleted."""

    def __init__(self, directory: str, leaves: Iterable[tuple[Any, int]]) -> None:
        self._held: list[SegmentFacts] = []
        facts: list[Facts] = []
        live: set[int] = set()
        for leaf, offset in leaves:
            segment = _segment_facts(directory, leaf)
            self._held.append(segment)
            facts.extend(segment.facts)
            live.update(number + offset for number in leaf.all_doc_ids())
        self._facts = facts
        self.live = frozenset(live)
        self.ids = [one.id for one in facts]

    @cached_property
    def _values(self) -> dict[str, list[tuple[str, ...]]]:
        """Per filter field, each article's values; equal ones are one object, to save room."""
        once: dict[tuple[str, ...], tuple[str, ...]] = {}

        def column(values: Iterable[Iterable[str]]) -> list[tuple[str, ...]]:
            return [once.setdefault(own, own) for own in map(tuple, values)]

        return {
            "source": column(one.sources for one in self._facts),
            "author": column(one.authors for one in self._facts),
            "topic": column(one.topics for one in self._facts),
            "year": column(() if one.year is None else (f"{one.year:04}",) for one in self._facts),
        }

    @cached_property
    def newest(self) -> Sequence[int]:
        """Each article's place when the newest comes first, undated last, ties by id."""
        return self._places(lambda one: (one.date_key is None, -(one.date_key or 0), one.id))

    @cached_property
    def oldest(self) -> Sequence[int]:
        """Each article's place when the oldest comes first, undated last, ties by id."""
        return self._places(lambda one: (one.date_key is None, one.date_key or 0, one.id))

    def _places(self, order: Callable[[Facts], tuple[bool, int, str]]) -> Sequence[int]:
        facts = self._facts
        places = array("I", bytes(4 * len(facts)))
        for place, number in enumerate(sorted(range(len(facts)), key=lambda number: order(facts[number]))):
            places[number] = place
        return places

    @cached_property
    def lengths(self) -> tuple[list[int], list[int], list[int]]:
        """Words in title, summary and text of each article."""
        facts = self._facts
        return (
            [one.title_length for one in facts],
            [one.summary_length for one in facts],
            [one.text_length for one in facts],
        )

    def filtered(self, filters: Filters) -> dict[str, frozenset[int]]:
        """Per field that filters, the live articles it lets through."""
        passing: dict[str, frozenset[int]] = {}
        for field in FILTER_FIELDS:
            asked = getattr(filters, field)
            if not asked:
                continue
            own = self._values[field]
            left: frozenset[int] = self.live
            for value in asked:
                if field == "year" and value == UNDATED:
                    left = frozenset(number for number in left if not own[number])
                else:
                    left = frozenset(number for number in left if value in own[number])
            passing[field] = left
        return passing

    def facet(self, field: str, articles: Collection[int]) -> tuple[tuple[FacetValue, ...], int]:
        """A field's values among some articles, most frequent first; and how many of the articles have none."""
        own = self._values[field]
        counts = Counter(chain.from_iterable(map(own.__getitem__, articles)))
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        listed = ordered if field == "year" else ordered[:MOST_FACET_VALUES]
        without = len(articles) - counts.total() if field == "year" else 0
        return tuple(FacetValue(value, total) for value, total in listed), without
