"""The protocol that hides which engine runs. It speaks our query tree and typed results, never an engine's own.

What it leaves to others: parsing (`parse`), text and snippets (`snippets`, from the database), and when to write
(`indexer`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Protocol

from app.domain.query import Filters, Query, Sort

PER_PAGE: Final = 10
"""Hits on a page where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """What the index holds of one article: its current version.

    id: permalink id. date_key: the date as YYYYMMDDhhmm (unknown parts 0), None for undated; `year` likewise.
    sources: its source, and those of its exact duplicates. paragraphs: the canonical text, in order.
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


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One page of one search. page counts from 1; per_page 0 asks for totals and facets only."""

    query: Query
    filters: Filters = field(default_factory=Filters)
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    per_page: int = PER_PAGE


@dataclass(frozen=True, slots=True)
class EngineHit:
    """An article that answers, and its score (higher is better; 0.0 where nothing is ranked)."""

    id: str
    score: float


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    total: int


@dataclass(frozen=True, slots=True)
class ClauseTotal:
    """How many articles one top-level clause finds alone, with the filters."""

    text: str
    total: int


@dataclass(frozen=True, slots=True)
class EngineResult:
    """The answer to a SearchRequest, exact in every number.

    hits: this page's, in order. facets: per field (source, author, topic, year) the values of the articles that answer,
    most frequent first, each field counted with the other fields' filters but not its own. undated: how many of
    those that the year facet counts have no date. clauses: the query's top-level clauses, each with its own total.
    """

    total: int
    hits: tuple[EngineHit, ...]
    generation: int
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    undated: int = 0
    clauses: tuple[ClauseTotal, ...] = ()


class SearchEngine(Protocol):
    """Answers searches over one generation of the index or a later one."""

    def search(self, request: SearchRequest) -> EngineResult:
        """Never fails on a query, whatever it holds. Raises IndexUnavailable where there is no index to read."""
        ...

    def document_count(self) -> int:
        """Articles in the index."""
        ...

    def document_ids(self) -> Iterable[str]:
        """The id of every article in the index, in no order."""
        ...

    def close(self) -> None: ...


class EngineWriter(Protocol):
    """Changes the index. Nothing is seen by readers before commit."""

    def put(self, document: IndexDocument) -> None:
        """Add the article, or replace what the index holds of it."""
        ...

    def remove(self, id: str) -> None:
        """Take the article out; no error if it is not there."""
        ...

    def commit(self) -> None:
        """Make all changes since the last commit seen, together and durably."""
        ...

    def close(self) -> None:
        """Drop all changes since the last commit, and let others write."""
        ...


class IndexUnavailable(Exception):
    """There is no readable index; the message says what is wrong and what to do."""


class IndexBusy(Exception):
    """Somebody else is writing the index; the message says who."""
