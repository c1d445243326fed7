"""Answers searches over the archive as it stands in one commit, or as it stood at a moment before.

A query is translated into lookups, each lookup is read from the postings into the articles that hold it, and the rest
is arrays in memory: which articles answer, their order, and the facets. So every total is exact, and the order is the
same however the index came to be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt

from app.domain.query import And, Clause, Dated, Filters, Or, Similar, Sort, Undated, Widened, top_level
from app.language import _, noted, number_text
from app.search.analysis import fold, tokens
from app.search.analysis.lookups import (
    All,
    Any,
    InPart,
    Lookup,
    Named,
    Part,
    Plan,
    Shape,
    Spelt,
    Without,
    lookups,
    translate,
)
from app.search.engine import (
    SHOWN_BENEATH,
    ClauseTotal,
    EngineHit,
    EngineResult,
    Facet,
    FacetValue,
    Matches,
    Related,
    SearchRequest,
)
from app.search.marks import Finder
from app.search.parse import as_text
from app.search.whoosh.columns import Columns
from app.search.whoosh.document import to_bytes
from app.search.whoosh.near import Collapsed, NearDuplicates, read_marked
from app.search.whoosh.passages import Passages
from app.search.whoosh.postings import Postings
from app.search.whoosh.ranking import Ranking
from app.search.whoosh.related import RelatedArticles
from app.search.whoosh.relevance import Relevance
from app.search.whoosh.schema import NAME_FIELDS
from app.search.whoosh.segments import Segment, reading
from app.search.whoosh.sets import Articles, Mask, Scratch, Scratches, Set, all_of, any_of, numbers, size, without
from app.search.whoosh.vocabulary import Vocabulary, read_vocabulary

MOST_CLAUSES_WITHOUT: Final = 12
"""Clauses of a query that finds nothing up to which it is told what each one costs."""

_SHOWN_WORDS: Final = 20
_IDS_AT_ONCE: Final = 10_000
_NOTHING_BENEATH: Final[tuple[int, tuple[EngineHit, ...]]] = (0, ())


class Snapshot:
    """What is live in some segments. Any number of threads may search at once."""

    def __init__(self, segments: Sequence[Segment], generation: int, reranked: int) -> None:
        """reranked: how many of the best articles are looked at again."""
        self._segments = segments
        self._generation = generation
        self._reranked = reranked
        self._columns = Columns(segments)
        self._postings = Postings(segments, lambda: self._vocabulary)
        self._reading_vocabulary = Lock()
        self._comparing = Lock()
        self._scratches = Scratches(self._columns.size)

    def document_count(self) -> int:
        return self._columns.live_count

    def document_ids(self) -> Iterable[str]:
        everybody = self._columns.everybody
        for first in range(0, len(everybody), _IDS_AT_ONCE):
            yield from self._columns.ids.of(everybody[first : first + _IDS_AT_ONCE].tolist())

    def close(self) -> None:
        self._postings.close()

    def warm(self) -> None:
        columns = self._columns
        _read = (
            columns.newest,
            columns.oldest,
            columns.names,
            columns.years,
            self._relevance,
            self._vocabulary,
            self._near,
        )

    def search(self, request: SearchRequest) -> EngineResult:
        root = request.query.asked
        clauses = top_level(root)
        plan = translate(root)
        plans = plan.plans if isinstance(root, And | Or) and isinstance(plan, All | Any) else (plan,)
        with self._scratches.borrow() as scratch:
            answers = [self._answer(own, scratch) for own in plans]
            matching = self._together(plan, answers, scratch)
            passing = self._columns.filtered(request.filters, scratch)
            articles = numbers(all_of((matching, *passing.values()), scratch) if passing else matching)
            facets, undated = self._facets(request, matching, passing, articles, scratch)
            collapsed = self._collapsed(request, plan, articles, scratch)
            shown = articles if collapsed is None else collapsed.shown
            return EngineResult(
                total=len(articles),
                hits=self._page(request, plan, shown, collapsed, scratch),
                generation=self._generation,
                facets=facets,
                undated=undated,
                months=self._columns.by_month(articles) if request.months else (),
                clauses=self._clauses(root, clauses, plans, answers, passing, len(articles), scratch),
                notes=self._notes(plan),
                collapsed=len(articles) - len(shown),
            )

    def count(self, clause: Clause, filters: Filters | None = None) -> int:
        with self._scratches.borrow() as scratch:
            passing = self._columns.filtered(filters or Filters(), scratch)
            return size(all_of((self._answer(translate(clause), scratch), *passing.values()), scratch))

    def near_duplicates(self, id: str) -> tuple[str, ...]:
        number = self._number(id)
        return () if number is None else tuple(sorted(self._columns.ids.of(self._near.of(number).tolist())))

    def related(self, id: str, limit: int = 5) -> tuple[Related, ...]:
        number = self._number(id)
        if number is None:
            return ()
        with self._scratches.borrow() as scratch:
            return self._related.of(number, limit, self._near.groups, scratch)

    @reading()
    def _number(self, id: str) -> int | None:
        """Of the live article with an id."""
        for segment in self._segments:
            found = segment.postings("id").find(to_bytes(id))
            for own in () if found is None else found.docs.tolist():
                if segment.live[own]:
                    return int(own) + segment.first
        return None

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
            counts = np.zeros(len(names.values), np.int64)
            present, often = names.frequencies(self._columns.everybody)
            counts[present] = often
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

    def _answer(self, plan: Plan, scratch: Scratch) -> Set:
        """The live articles that answer a plan."""
        columns = self._columns
        match plan:
            case All(plans) | Any(plans):
                return self._together(plan, [self._answer(inner, scratch) for inner in plans], scratch)
            case Without(inner):
                return without(columns.live, self._answer(inner, scratch), scratch)
            case Named(field, inner):
                names = columns.names[field]
                return columns.living(names.having_any(_holding(inner, names.values)))
            case Dated():
                return columns.dated(plan)
            case Undated():
                return columns.undated()
            case _:
                return self._postings.find(plan).articles

    def _together(self, plan: Plan, answers: Sequence[Set], scratch: Scratch) -> Set:
        """What answers a plan, by what answers each plan it is made of."""
        match plan:
            case All():
                return all_of(answers, scratch) if answers else self._columns.live
            case Any():
                return any_of(answers, scratch)
            case _:
                return answers[0]

    def _facets(
        self, request: SearchRequest, matching: Set, passing: dict[str, Set], articles: Articles, scratch: Scratch
    ) -> tuple[dict[str, Facet], int]:
        """Each field is counted among what passes the other fields' filters."""
        found: dict[str, Facet] = {}
        undated = 0
        for field in request.facets:
            own = articles
            if field in passing:
                others = [others for name, others in passing.items() if name != field]
                own = numbers(all_of((matching, *others), scratch))
            if field == "year":
                found[field], undated = self._columns.by_year(own)
            else:
                found[field] = self._columns.facet(field, own, request.facet_values)
        return found, undated

    def _clauses(
        self,
        root: Clause,
        clauses: Sequence[Clause],
        plans: Sequence[Plan],
        answers: Sequence[Set],
        passing: dict[str, Set],
        total: int,
        scratch: Scratch,
    ) -> tuple[ClauseTotal, ...]:
        """What each top-level clause finds alone; and, where all together find nothing, what they find without it."""
        own = [all_of((answer, *passing.values()), scratch) for answer in answers] if passing else answers
        tell_without = not total and isinstance(root, And) and 1 < len(clauses) <= MOST_CLAUSES_WITHOUT
        found = []
        for at, (clause, plan, answer) in enumerate(zip(clauses, plans, own, strict=True)):
            others = size(all_of((*own[:at], *own[at + 1 :]), scratch)) if tell_without else None
            found.append(ClauseTotal(as_text(clause), size(answer), *self._widened(clause, plan), others))
        return tuple(found)

    def _widened(self, clause: Clause, plan: Plan) -> tuple[tuple[str, ...], int]:
        """Other names, or the words that a pattern stands for, and how many these are in all."""
        if isinstance(clause, Widened):
            return clause.aliases, 0
        patterns = [self._postings.find(lookup) for lookup in lookups(plan) if _stands_for_many(lookup)]
        words = [word for found in patterns for word in found.words]
        return tuple(words[:_SHOWN_WORDS]), len(words) + sum(found.left_out for found in patterns)

    def _notes(self, plan: Plan) -> tuple[str, ...]:
        notes = []
        for lookup in filter(_stands_for_many, lookups(plan)):
            found = self._postings.find(lookup)
            if found.left_out:
                sentence = noted(
                    "A pattern stands for %(count)s words, too many to search; only the most frequent were, "
                    "from “%(first)s” to “%(last)s”."
                )
                count = number_text(len(found.words) + found.left_out)
                notes.append(_(sentence, count=count, first=found.words[0], last=found.words[-1]))
        return tuple(dict.fromkeys(notes))

    def _collapsed(self, request: SearchRequest, plan: Plan, articles: Articles, scratch: Scratch) -> Collapsed | None:
        """None where every article that answers has a place of its own."""
        if request.similar is Similar.ALL:
            return None

        def in_order(some: Articles) -> Articles:
            if request.sort is Sort.RELEVANCE:
                return self._relevance.by_occurrences(request.query, plan, some, scratch)
            places = self._columns.newest if request.sort is Sort.NEWEST else self._columns.oldest
            return _first_by(places, some, len(some))

        return Collapsed(articles, self._near, in_order)

    def _beneath(self, collapsed: Collapsed | None, shown: Articles) -> dict[int, tuple[int, tuple[EngineHit, ...]]]:
        """How many articles are beneath those shown that have any, and the first of them."""
        found = {}
        for number, others in (collapsed.beneath(shown) if collapsed is not None else {}).items():
            first = others[:SHOWN_BENEATH]
            named = zip(self._columns.ids.of(first.tolist()), self._columns.versions[first].tolist(), strict=True)
            found[number] = len(others), tuple(EngineHit(id, 0.0, version=version) for id, version in named)
        return found

    def _page(
        self, request: SearchRequest, plan: Plan, articles: Articles, collapsed: Collapsed | None, scratch: Scratch
    ) -> tuple[EngineHit, ...]:
        first = (request.page - 1) * request.per_page
        last = first + request.per_page
        if first < 0 or first >= min(last, len(articles)):
            return ()
        columns = self._columns
        if request.sort is not Sort.RELEVANCE:
            places = columns.newest if request.sort is Sort.NEWEST else columns.oldest
            own = _first_by(places, articles, last)[first:]
            matches, beneath = self._matches(request, plan, own), self._beneath(collapsed, own)
            return tuple(
                EngineHit(id, 0.0, (), matches.get(number), version, *beneath.get(number, _NOTHING_BENEATH))
                for id, number, version in zip(
                    columns.ids.of(own.tolist()), own.tolist(), columns.versions[own].tolist(), strict=True
                )
            )
        ordered = self._relevance.order(request.query, plan, articles, last, scratch)
        own = ordered.articles[first:last]
        matches, beneath = self._matches(request, plan, own), self._beneath(collapsed, own)
        return tuple(
            EngineHit(
                id,
                score,
                self._relevance.explain(request.query.asked, ordered, number) if request.explain else (),
                matches.get(number),
                version,
                *beneath.get(number, _NOTHING_BENEATH),
            )
            for id, number, score, version in zip(
                columns.ids.of(own.tolist()),
                own.tolist(),
                ordered.scores[first:last].tolist(),
                columns.versions[own].tolist(),
                strict=True,
            )
        )

    def _matches(self, request: SearchRequest, plan: Plan, articles: Articles) -> dict[int, Matches]:
        return Passages(self._postings).matches(lookups(plan), articles) if request.passages else {}

    @cached_property
    def _ranking(self) -> Ranking:
        return Ranking(self._columns)

    @cached_property
    def _relevance(self) -> Relevance:
        return Relevance(self._columns, self._postings, self._ranking, self._reranked)

    @cached_property
    def _related(self) -> RelatedArticles:
        return RelatedArticles(self._segments, self._columns, self._postings, self._ranking)

    @property
    def _near(self) -> NearDuplicates:
        with self._comparing:
            return self._compared

    @cached_property
    def _compared(self) -> NearDuplicates:
        return NearDuplicates(read_marked(self._segments, self._columns.id_places), self._columns.size)

    @property
    def _vocabulary(self) -> Vocabulary:
        with self._reading_vocabulary:
            return self._read_vocabulary

    @cached_property
    def _read_vocabulary(self) -> Vocabulary:
        return read_vocabulary(self._segments)


_SHORTEST_MISSPELT: Final = 4
_TWO_EDITS_FROM: Final = 6


def _stands_for_many(lookup: Lookup) -> bool:
    return isinstance(lookup, Shape | Spelt) or (isinstance(lookup, InPart) and _stands_for_many(lookup.lookup))


def _first_by(places: npt.NDArray[np.int32], articles: Articles, wanted: int) -> Articles:
    """The first of some articles in an order that gives each its place."""
    own = places[articles]
    if wanted < len(own):
        early = np.flatnonzero(own <= np.partition(own, wanted - 1)[wanted - 1])
        articles, own = articles[early], own[early]
    first: Articles = articles[np.argsort(own)]
    return first


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
