"""Answers searches from the embedded index.

A query is translated into lookups, each lookup is read from Whoosh's postings into the articles that hold it, and
the rest is sets and columns in memory: which articles answer, their order, and the facets. So every total is exact,
and the order is the same however the index came to be.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from heapq import nlargest
from pathlib import Path

from whoosh.index import FileIndex

from app.domain.query import FILTER_FIELDS, And, Clause, Or, Sort
from app.search.analysis.lookups import All, Any, Plan, Without, lookups, translate
from app.search.engine import (
    ClauseTotal,
    EngineHit,
    EngineResult,
    FacetValue,
    IndexUnavailable,
    SearchRequest,
)
from app.search.parse import as_text
from app.search.whoosh.columns import Columns
from app.search.whoosh.postings import Postings
from app.search.whoosh.ranking import Ranking
from app.search.whoosh.schema import INDEX_NAME, schema
from app.search.whoosh.storage import DurableStorage


def open_engine(directory: Path, generation: int) -> WhooshEngine:
    """An engine on the newest commit of a directory's index, to be known as `generation`.

    Raises IndexUnavailable where there is no index, or none that can be read.
    """
    return WhooshEngine(directory, generation)


class WhooshEngine:
    """SearchEngine over one commit; later commits need a new engine. Any number of threads may search at once."""

    def __init__(self, directory: Path, generation: int) -> None:
        self.generation = generation
        try:
            if not directory.is_dir():
                raise FileNotFoundError(f"{directory} is not a directory")
            self._reader = FileIndex(DurableStorage(directory), schema(), INDEX_NAME).reader()
            leaves = [] if not self._reader.doc_count_all() else list(self._reader.leaf_readers())
            self._columns = Columns(str(directory.resolve()), leaves)
        # A damaged file makes Whoosh raise anything at all.
        except Exception as error:
            raise IndexUnavailable(
                f"There is no readable index in {directory} ({type(error).__name__}: {error}). "
                "Run: policy-archive reindex"
            ) from error
        self._postings = Postings(leaves)

    def document_count(self) -> int:
        return len(self._columns.live)

    def document_ids(self) -> Iterable[str]:
        return (self._columns.ids[number] for number in self._columns.live)

    def close(self) -> None:
        """Close the files. A search still running may raise IndexUnavailable; to let it end, only drop the engine."""
        self._postings.close()

    def search(self, request: SearchRequest) -> EngineResult:
        root = request.query.root
        passing = self._columns.filtered(request.filters)
        plan = translate(root)
        matching = self._answer(plan)
        answering = matching.intersection(*passing.values())
        facets: dict[str, tuple[FacetValue, ...]] = {}
        undated = 0
        for field in FILTER_FIELDS:
            others = [articles for name, articles in passing.items() if name != field]
            facets[field], without = self._columns.facet(field, matching.intersection(*others))
            undated += without
        return EngineResult(
            total=len(answering),
            hits=self._page(request, plan, answering),
            generation=self.generation,
            facets=facets,
            undated=undated,
            clauses=tuple(
                ClauseTotal(as_text(clause), len(self._answer(translate(clause)).intersection(*passing.values())))
                for clause in _top_clauses(root)
            ),
        )

    def _answer(self, plan: Plan) -> frozenset[int]:
        """The live articles that answer a plan."""
        live = self._columns.live
        match plan:
            case All(plans):
                return live.intersection(*map(self._answer, plans))
            case Any(plans):
                return frozenset[int]().union(*map(self._answer, plans))
            case Without(inner):
                return live - self._answer(inner)
            case _:
                return frozenset(self._postings.find(plan).articles)

    def _page(self, request: SearchRequest, plan: Plan, answering: frozenset[int]) -> tuple[EngineHit, ...]:
        first = (request.page - 1) * request.per_page
        last = first + request.per_page
        if first < 0 or first >= min(last, len(answering)):
            return ()
        columns = self._columns
        if request.sort is Sort.NEWEST or request.sort is Sort.OLDEST:
            places = columns.newest if request.sort is Sort.NEWEST else columns.oldest
            ordered = sorted(answering, key=places.__getitem__)[first:last]
            return tuple(EngineHit(columns.ids[number], 0.0) for number in ordered)
        scores = self._ranking.scores(map(self._postings.find, lookups(plan)), answering)
        if last < len(scores):
            # Sorting only those that can be on the page or before it; ties at the edge all take part.
            least = nlargest(last, scores.values())[-1]
            candidates = [number for number, score in scores.items() if score >= least]
        else:
            candidates = list(scores)
        places = columns.newest
        candidates.sort(key=lambda number: (-scores[number], places[number]))
        return tuple(EngineHit(columns.ids[number], scores[number]) for number in candidates[first:last])

    @cached_property
    def _ranking(self) -> Ranking:
        return Ranking(self._columns)


def _top_clauses(root: Clause) -> tuple[Clause, ...]:
    return root.clauses if isinstance(root, And | Or) else (root,)
