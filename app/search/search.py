"""One search from request to what pages and programs show: the engine's answer, with metadata and snippets from the
database."""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.domain.article import ArticleSummary
from app.domain.query import Query
from app.search.engine import EngineResult, SearchEngine, SearchRequest
from app.search.snippets import Part, Snippets, mark, snippets
from app.store import articles
from app.store.database import Database


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that answers, as it is shown."""

    article: ArticleSummary
    score: float
    title: tuple[Part, ...]
    snippets: Snippets


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results. took_ms: from the request to here, text and snippets included."""

    request: SearchRequest
    result: EngineResult
    hits: tuple[Hit, ...]
    took_ms: float

    @property
    def query(self) -> Query:
        return self.request.query

    @property
    def pages(self) -> int:
        """How many pages there are; at least 1."""
        return max(1, -(-self.result.total // max(1, self.request.per_page)))


def search(database: Database, engine: SearchEngine, request: SearchRequest) -> SearchPage:
    """Raises IndexUnavailable, StoreError."""
    started = time.perf_counter()
    result = engine.search(request)
    ids = [hit.id for hit in result.hits]
    with database.reading() as connection:
        found = {article.id: article for article in articles.summaries(connection, ids)}
        texts = articles.texts_of(connection, list(found))
    hits = tuple(
        Hit(
            article=found[hit.id],
            score=hit.score,
            title=mark(request.query, found[hit.id].title),
            snippets=snippets(request.query, texts.get(hit.id, ())),
        )
        for hit in result.hits
        if hit.id in found
    )
    return SearchPage(request, result, hits, (time.perf_counter() - started) * 1000)
