"""The protocol that hides which engine runs. It speaks our query tree and typed results, never an engine's own.

What it leaves to others: parsing (`parse`), text and snippets (`snippets`, from the database), and when to write
(`indexer`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from app.domain.moments import AsOf
from app.domain.query import FILTER_FIELDS, Clause, Filters, Query, Similar, Sort

PER_PAGE: Final = 10
"""Hits on a page where nothing else is asked for."""

FACET_VALUES: Final = 100
"""Values of a facet that are told where nothing else is asked for; years are always all told."""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """What the index holds of one version of an article.

    id: permalink id. date_key: the date as YYYYMMDDhhmm (unknown parts 0), None for undated; `year` likewise.
    sources: its source, and those of its exact duplicates. paragraphs: the canonical text, in order. version: its
    number. since, until: when it became the current version, and when another took its place, None while none has; in
    microseconds since 1970, UTC.
    """

    id: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    date_key: int | None = None
    year: int | None = None
    version: int = 1
    since: int = 0
    until: int | None = None


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One page of one search. page counts from 1; per_page 0 asks for totals and facets only.

    explain: why each hit ranks where it does. generation: the one that the pages before this one were of, None where
    this is the first. facets: the fields whose values are counted, with at most `facet_values` of them told.
    months: whether months are counted too. passages: whether hits tell which of their paragraphs match. as_of: the
    moment at which the archive is searched as it stood then; None for now. similar: whether hits that are
    near-duplicates of one that ranks before them have places of their own.
    """

    query: Query
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = PER_PAGE
    explain: bool = False
    generation: int | None = None
    facets: tuple[str, ...] = FILTER_FIELDS
    facet_values: int = FACET_VALUES
    months: bool = True
    passages: bool = False
    as_of: AsOf | None = None
    similar: Similar = Similar.COLLAPSED


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one clause adds to a hit's score; or `nearness` of its words, `meaning`, `feedback` (words in common with
    the best hits), or `kept` (the lift of these best hits above what feedback moved).

    fields: per part of the article (title, summary, text) how often the clause occurs there and what that adds.
    exact: what occurrences in the very form asked for add on top.
    """

    clause: str
    score: float
    fields: tuple[tuple[str, int, float], ...] = ()
    exact: float = 0.0


SHOWN_BENEATH: Final = 20
"""Near-duplicates of a hit that are listed beneath it."""

SHOWN_PARAGRAPHS: Final = 3
"""Paragraphs of an article that results show."""


class Matches(NamedTuple):
    """In how many paragraphs of an article's text something matches, and the numbers (from 1, rising) of those that
    show best how it answers: which hold most of the query's words and phrases, then which hold them most often."""

    paragraphs: int
    best: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class EngineHit:
    """An article that answers, and its score (higher is better; 0.0 where nothing is ranked).

    version: the number of the version that answers. explanation: where asked for; its scores add up to the score.
    matches: where asked for and where the index can tell. similar: how many further articles that answer are collapsed
    beneath it, as its near-duplicates; beneath: the first of them, in order.
    """

    id: str
    score: float
    explanation: tuple[Contribution, ...] = ()
    matches: Matches | None = None
    version: int = 1
    similar: int = 0
    beneath: tuple[EngineHit, ...] = ()


class FacetValue(NamedTuple):
    """A value of a field, and how many articles have it."""

    value: str
    total: int


class Facet(NamedTuple):
    """Values, the most frequent first; distinct: how many there are, told or not."""

    values: tuple[FacetValue, ...]
    distinct: int


NO_FACET: Final = Facet((), 0)


@dataclass(frozen=True, slots=True)
class ClauseTotal:
    """How many articles one top-level clause finds alone, with the filters.

    widened: the other names searched for, or the most frequent words that a pattern stands for. words: how many words
    it stands for in all, 0 for what is no pattern. without: where nothing answers the
    whole query, how many articles would without this clause.
    """

    text: str
    total: int
    widened: tuple[str, ...] = ()
    words: int = 0
    without: int | None = None


@dataclass(frozen=True, slots=True)
class EngineResult:
    """The answer to a SearchRequest, exact in every number.

    total: articles that answer; facets, months and clauses count all of them, too. collapsed: how many of them are
    beneath another and take no place on any page.
    hits: this page's, in order. facets: per field that was asked for the values of the articles that answer,
    most frequent first, each field counted with the other fields' filters but not its own. undated: how many of
    those that the year facet counts have no date. months: of the articles that answer and whose month is known, by
    `2016-07`, in order. clauses: the query's top-level clauses, each with its own total. notes: what had to be left out
    of a costly query, in sentences.
    """

    total: int
    hits: tuple[EngineHit, ...]
    generation: int
    facets: dict[str, Facet] = field(default_factory=dict)
    undated: int = 0
    months: tuple[FacetValue, ...] = ()
    clauses: tuple[ClauseTotal, ...] = ()
    notes: tuple[str, ...] = ()
    collapsed: int = 0


@dataclass(frozen=True, slots=True)
class Related:
    """An article like another. share: how much of what tells that one from others it has, from 0 to 1. words: of the
    telling words that both hold, those that make them most alike first, folded."""

    id: str
    share: float
    words: tuple[str, ...]


class SearchEngine(Protocol):
    """Answers searches over one generation of the index or a later one."""

    @property
    def generation(self) -> int: ...

    def search(self, request: SearchRequest) -> EngineResult:
        """Never fails on a query, whatever it holds. Raises IndexUnavailable where there is no index to read."""
        ...

    def count(self, clause: Clause, filters: Filters | None = None, as_of: AsOf | None = None) -> int:
        """How many articles answer a clause and pass the filters; as_of as in a SearchRequest."""
        ...

    def spellings(self, word: str, limit: int = 5) -> tuple[str, ...]:
        """Words of the index that a word may be a misspelling of, best first: nearest, then most frequent."""
        ...

    def names(self, text: str, limit: int = 5) -> dict[str, tuple[FacetValue, ...]]:
        """Per field (source, author, topic) the names of which a word begins with each word of the text, most frequent
        first, with how many articles each has."""
        ...

    def near_duplicates(self, id: str) -> tuple[str, ...]:
        """The ids, rising, of the articles whose text is nearly that of an article; none where it has none, or is not
        in the index."""
        ...

    def related(self, id: str, limit: int = 5) -> tuple[Related, ...]:
        """The articles most like one, the most like first; of near-duplicates only one, and none of its own. Few or
        none where little is like it, none where the index does not hold it."""
        ...

    def document_count(self) -> int:
        """Articles in the index."""
        ...

    def document_ids(self) -> Iterable[str]:
        """The id of every article in the index, in no order."""
        ...

    def warm(self) -> None:
        """Read ahead what searches will need, so that no searcher has to wait for it."""
        ...

    def close(self) -> None: ...


class EngineWriter(Protocol):
    """Changes the index. Nothing is seen by readers before commit."""

    def put(self, document: IndexDocument, earlier: Sequence[IndexDocument] = ()) -> None:
        """Add the article, or replace what the index holds of it: its current version, and those before it."""
        ...

    def remove(self, id: str) -> None:
        """Take the article out; no error if it is not there."""
        ...

    def commit(self, *, whole: bool = False) -> None:
        """Make all changes since the last commit seen, together and durably. whole: leave the index as one piece, which
        takes reading all of it once and makes searches quicker."""
        ...

    def tidy(self, most: int | None = None) -> bool:
        """Put together what lies in many pieces, as far as that is soon worth it, and make it seen. most: articles that
        may be put together, None for any number. Whether there was anything to do; nothing is done while changes wait
        for a commit."""
        ...

    def close(self) -> None:
        """Drop all changes since the last commit, and let others write."""
        ...


class IndexUnavailable(Exception):
    """There is no readable index; the message says what is wrong and what to do."""


class IndexBusy(Exception):
    """Somebody else is writing the index; the message says who."""
