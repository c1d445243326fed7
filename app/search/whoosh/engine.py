"""Answers searches from the embedded index.

A query is translated into lookups, each lookup is read from Whoosh's postings into the articles that hold it, and
the rest is arrays in memory: which articles answer, their order, and the facets. So every total is exact, and the
order is the same however the index came to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
from whoosh.index import TOC, FileIndex

from app.domain.query import (
    And,
    Clause,
    Dated,
    Filters,
    Sort,
    Undated,
    Widened,
    top_level,
)
from app.search.analysis import fold, tokens
from app.search.analysis.lookups import (
    All,
    Any,
    Named,
    Part,
    Plan,
    Without,
    lookups,
    translate,
)
from app.search.engine import (
    ClauseTotal,
    EngineHit,
    EngineResult,
    FacetValue,
    IndexUnavailable,
    SearchRequest,
)
from app.search.marks import Finder
from app.search.parse import as_text
from app.search.whoosh.codec import DamagedFile, verify_segment
from app.search.whoosh.columns import Columns, Mask, within
from app.search.whoosh.postings import Postings
from app.search.whoosh.relevance import Relevance
from app.search.whoosh.schema import INDEX_NAME, NAME_FIELDS, schema
from app.search.whoosh.segments import read_segments
from app.search.whoosh.storage import DurableStorage
from app.search.whoosh.vocabulary import Vocabulary, read_vocabulary

MOST_CLAUSES_WITHOUT: Final = 12
"""Clauses of a query that finds nothing up to which it is told what each one costs."""

_SHOWN_WORDS: Final = 20


def open_engine(directory: Path, generation: int) -> WhooshEngine:
    """An engine on the newest commit of a directory's index, to be known as `generation`.

    Raises IndexUnavailable where there is no index, or none that can be read.
    """
    return WhooshEngine(directory, generation)


def verify(directory: Path) -> tuple[str, ...]:
    """Read every byte of a directory's index and compare the checksums: what is damaged, in sentences; none if all is
    sound. Takes as long as reading the files does. Raises IndexUnavailable where there is no index to read."""
    storage = DurableStorage(directory)
    try:
        segments = TOC.read(storage, INDEX_NAME, schema=schema()).segments
    except Exception as error:
        raise _unavailable(directory, error) from error
    found = []
    for segment in segments:
        try:
            verify_segment(storage, segment)
        except (DamagedFile, OSError) as damage:
            found.append(f"{damage} Run: policy-archive reindex")
    return tuple(found)


def _unavailable(directory: Path, error: Exception) -> IndexUnavailable:
    return IndexUnavailable(
        f"There is no readable index in {directory} ({type(error).__name__}: {error}). Run: policy-archive reindex"
    )


class WhooshEngine:
    """SearchEngine over one commit; later commits need a new engine. Any number of threads may search at once."""

    def __init__(self, directory: Path, generation: int) -> None:
        self.generation = generation
        try:
            if not directory.is_dir():
                raise FileNotFoundError(f"{directory} is not a directory")
            self._reader = FileIndex(DurableStorage(directory), schema(), INDEX_NAME).reader()
            self._segments = read_segments(self._reader)
            self._columns = Columns(self._segments)
        # A damaged file makes Whoosh raise anything at all.
        except Exception as error:
            raise _unavailable(directory, error) from error
        self._postings = Postings(self._segments, lambda: self._vocabulary)
        self._reading_vocabulary = Lock()

    def document_count(self) -> int:
        return self._columns.live_count

    def document_ids(self) -> Iterable[str]:
        return (self._columns.ids[number] for number in np.flatnonzero(self._columns.live).tolist())

    def close(self) -> None:
        """Close the files. A search still running may raise IndexUnavailable; to let it end, only drop the engine."""
        self._postings.close()

    def warm(self) -> None:
        columns = self._columns
        _ = columns.newest, columns.oldest, columns.names, columns.years, self._relevance, self._vocabulary

    def search(self, request: SearchRequest) -> EngineResult:
        root = request.query.asked
        columns = self._columns
        passing = columns.filtered(request.filters)
        plan = translate(root)
        matching = self._answer(plan)
        answering = within(matching, passing.values())
        total = int(answering.sum())
        facets, undated = columns.facets(matching, passing)
        return EngineResult(
            total=total,
            hits=self._page(request, plan, answering, total),
            generation=self.generation,
            facets=facets,
            undated=undated,
            months=columns.months(answering),
            clauses=self._clauses(root, passing, total),
            notes=self._notes(plan),
        )

    def count(self, clause: Clause, filters: Filters | None = None) -> int:
        passing = self._columns.filtered(filters or Filters())
        return int(within(self._answer(translate(clause)), passing.values()).sum())

    def spellings(self, word: str, limit: int = 5) -> tuple[str, ...]:
        folded = fold(word)
        if len(folded) < _SHORTEST_MISSPELT or not folded.isalpha():
            return ()
        near = self._vocabulary.misspelt(folded, 1 if len(folded) < _TWO_EDITS_FROM else 2, 1)
        return tuple(known.word for known in near[:limit])

    def names(self, text: str, limit: int = 5) -> dict[str, tuple[FacetValue, ...]]:
        wanted = [token.word.lower() for token in tokens(text)]
        found: dict[str, tuple[FacetValue, ...]] = {}
        for field in NAME_FIELDS:
            names = self._columns.names[field]
            counts = names.counts(self._columns.live)
            fitting = [
                place
                for place, words in enumerate(self._words_of_names[field])
                if wanted and counts[place] and all(any(word.startswith(want) for word in words) for want in wanted)
            ]
            fitting.sort(key=lambda place: (-int(counts[place]), place))
            found[field] = tuple(FacetValue(names.values[place], int(counts[place])) for place in fitting[:limit])
        return found

    @cached_property
    def _words_of_names(self) -> dict[str, list[list[str]]]:
        return {
            field: [[token.word.lower() for token in tokens(value)] for value in self._columns.names[field].values]
            for field in NAME_FIELDS
        }

    def _answer(self, plan: Plan) -> Mask:
        """The live articles that answer a plan."""
        live = self._columns.live
        match plan:
            case All(plans):
                found = live
                for inner in plans:
                    found = found & self._answer(inner)
                return found
            case Any(plans):
                found = np.zeros_like(live)
                for inner in plans:
                    found |= self._answer(inner)
                return found
            case Without(inner):
                return live & ~self._answer(inner)
            case Named(field, inner):
                names = self._columns.names[field]
                return live & names.having(_holding(inner, names.values), self._columns.size)
            case Dated():
                return self._columns.dated(plan)
            case Undated():
                return self._columns.undated()
            case _:
                found = np.zeros_like(live)
                found[self._postings.find(plan).articles] = True
                return found & live

    def _clauses(self, root: Clause, passing: dict[str, Mask], total: int) -> tuple[ClauseTotal, ...]:
        """What each top-level clause finds alone; and, where all together find nothing, what they find without it."""
        clauses = top_level(root)
        answers = [within(self._answer(translate(clause)), passing.values()) for clause in clauses]
        tell_without = not total and isinstance(root, And) and 1 < len(clauses) <= MOST_CLAUSES_WITHOUT
        found = []
        for at, (clause, answer) in enumerate(zip(clauses, answers, strict=True)):
            without = None
            if tell_without:
                others = [other for place, other in enumerate(answers) if place != at]
                without = int(np.logical_and.reduce(others).sum())
            found.append(ClauseTotal(as_text(clause), int(answer.sum()), *self._widened(clause), without))
        return tuple(found)

    def _widened(self, clause: Clause) -> tuple[tuple[str, ...], int]:
        """Other names, or the words that a pattern stands for, and how many these are in all."""
        if isinstance(clause, Widened):
            return clause.aliases, 0
        patterns = [self._postings.find(lookup) for lookup in lookups(translate(clause))]
        words = [word for found in patterns for word in found.words]
        return tuple(words[:_SHOWN_WORDS]), len(words) + sum(found.left_out for found in patterns)

    def _notes(self, plan: Plan) -> tuple[str, ...]:
        notes = []
        for lookup in lookups(plan):
            found = self._postings.find(lookup)
            if found.left_out:
                notes.append(
                    f"A pattern stands for {len(found.words) + found.left_out:,} words, too many to search; only the "
                    f"most frequent were, from “{found.words[0]}” to “{found.words[-1]}”."
                )
        return tuple(dict.fromkeys(notes))

    def _page(self, request: SearchRequest, plan: Plan, answering: Mask, total: int) -> tuple[EngineHit, ...]:
        first = (request.page - 1) * request.per_page
        last = first + request.per_page
        if first < 0 or first >= min(last, total):
            return ()
        columns = self._columns
        articles = np.flatnonzero(answering)
        if request.sort is not Sort.RELEVANCE:
            places = columns.newest if request.sort is Sort.NEWEST else columns.oldest
            by_date = articles[np.argsort(places[articles])][first:last]
            return tuple(EngineHit(columns.ids[number], 0.0) for number in by_date.tolist())
        ordered = self._relevance.order(request.query, plan, articles, last)
        return tuple(
            EngineHit(
                columns.ids[number],
                float(ordered.scores[number]),
                self._relevance.explain(request.query.asked, ordered, number) if request.explain else (),
            )
            for number in ordered.numbers[first:last].tolist()
        )

    @cached_property
    def _relevance(self) -> Relevance:
        return Relevance(self._columns, self._postings)

    @property
    def _vocabulary(self) -> Vocabulary:
        with self._reading_vocabulary:
            return self._read_vocabulary

    @cached_property
    def _read_vocabulary(self) -> Vocabulary:
        return read_vocabulary(self._segments)


_SHORTEST_MISSPELT: Final = 4
_TWO_EDITS_FROM: Final = 6


def _holding(plan: Plan, values: Sequence[str]) -> Mask:
    """In which names a plan holds."""
    match plan:
        case All(plans):
            found = np.ones(len(values), np.bool_)
            for inner in plans:
                found &= _holding(inner, values)
            return found
        case Any(plans):
            found = np.zeros(len(values), np.bool_)
            for inner in plans:
                found |= _holding(inner, values)
            return found
        case Without(inner):
            return ~_holding(inner, values)
        case Named() | Dated() | Undated():
            return np.zeros(len(values), np.bool_)
        case _:
            finder = Finder((plan,), Part.TEXT)
            return np.fromiter((bool(finder.find(value)) for value in values), np.bool_, len(values))
