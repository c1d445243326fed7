"""One search from request to what pages and programs show: the engine's answer, with metadata and snippets from the
database."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from app.domain.article import ArticleSummary
from app.domain.query import Match, Query
from app.language import _, noted
from app.search.analysis.lookups import Part
from app.search.engine import ClauseTotal, EngineHit, EngineResult, SearchEngine, SearchRequest
from app.search.marks import Finder, finder
from app.search.parse import as_text, fallback, narrow
from app.search.snippets import Piece, Snippets, chosen_snippets, mark, snippets
from app.search.spelling import did_you_mean
from app.search.thesaurus import Thesaurus
from app.store import articles
from app.store.database import Database


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine says of a search, before any text is read.

    request: as it was searched for, widened. result: what is shown. fallback: nothing answers every clause, so result
    is what answers any of them. clauses: of the query as asked, each with its own total. did_you_mean, narrow: queries
    that are worth trying, None where there is none: with a misspelling mended, and without what the thesaurus added.
    notes: all there is to say about how the query was read.
    """

    request: SearchRequest
    result: EngineResult
    fallback: bool
    clauses: tuple[ClauseTotal, ...]
    did_you_mean: str | None
    narrow: str | None
    notes: tuple[str, ...]

    @property
    def query(self) -> Query:
        return self.request.query

    @property
    def answered(self) -> bool:
        """Something answers the query as asked."""
        return self.result.total > 0 and not self.fallback

    @property
    def pages(self) -> int:
        """How many pages there are; at least 1."""
        return max(1, -(-self.shown // max(1, self.request.per_page)))

    @property
    def shown(self) -> int:
        """How many articles have a place of their own on some page; the others are beneath these."""
        return self.result.total - self.result.collapsed


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that answers, as it is shown. beneath: the first of the near-duplicates collapsed beneath it."""

    article: ArticleSummary
    found: EngineHit
    title: tuple[Piece, ...]
    snippets: Snippets
    beneath: tuple[ArticleSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page of results. took_ms: from the request to here, text and snippets included."""

    answer: Answer
    hits: tuple[Hit, ...]
    took_ms: float

    @property
    def request(self) -> SearchRequest:
        return self.answer.request

    @property
    def result(self) -> EngineResult:
        return self.answer.result

    @property
    def pages(self) -> int:
        return self.answer.pages


def find(engine: SearchEngine, request: SearchRequest, thesaurus: Thesaurus) -> Answer:
    """Ask the engine: the query as widened by the thesaurus; where nothing answers, any of its clauses.

    Raises IndexUnavailable.
    """
    asked = replace(request, query=thesaurus.widen(request.query))
    result = engine.search(asked)
    shown, fell_back = result, False
    any_of = fallback(asked.query.root) if not result.total else None
    if any_of is not None:
        loose = replace(asked.query, root=any_of, match=Match.ANY, wide=None)
        by_any = engine.search(replace(asked, query=thesaurus.widen(loose)))
        if by_any.total:
            shown, fell_back = by_any, True
    notes = [*asked.query.notes, *result.notes]
    if request.generation is not None and request.generation != engine.generation:
        sentence = noted("The archive has changed since the first page of these results, so articles may have moved.")
        notes.append(_(sentence))
    return Answer(
        request=asked,
        result=shown,
        fallback=fell_back,
        clauses=result.clauses,
        did_you_mean=did_you_mean(engine, asked, result.total),
        narrow=None if asked.query.wide is None else as_text(narrow(asked.query.wide)),
        notes=tuple(dict.fromkeys(notes)),
    )


def search(
    database: Database, engine: SearchEngine, request: SearchRequest, thesaurus: Thesaurus | None = None
) -> SearchPage:
    """A page of results, with metadata and snippets. Raises IndexUnavailable, StoreError."""
    started = time.perf_counter()
    answer = find(engine, replace(request, passages=True), thesaurus or Thesaurus(()))
    in_title, in_text = finder(answer.query, Part.TITLE), finder(answer.query, Part.TEXT)
    every = [one for hit in answer.result.hits for one in (hit, *hit.beneath)]
    with database.reading() as connection:
        if request.as_of is None:
            summaries = articles.current_summaries(connection, [hit.id for hit in every])
        else:
            summaries = articles.summaries_of_versions(connection, _versions_then(connection, every))
        found = {article.id: article for article in summaries.values()}
        versions = {article.id: version for version, article in summaries.items()}
        hits = [hit for hit in answer.result.hits if hit.id in found]
        shown = _snippets(connection, in_text, hits, versions)
    return SearchPage(
        answer,
        tuple(
            Hit(
                found[hit.id],
                hit,
                mark(in_title, found[hit.id].title),
                shown[hit.id],
                tuple(found[one.id] for one in hit.beneath if one.id in found),
            )
            for hit in hits
        ),
        (time.perf_counter() - started) * 1000,
    )


def _versions_then(connection: Connection, hits: Sequence[EngineHit]) -> list[int]:
    """The ids of the versions that answer."""
    history = articles.history(connection, [hit.id for hit in hits])
    return [stood.version_id for hit in hits for stood in history.get(hit.id, ()) if stood.number == hit.version]


def _snippets(
    connection: Connection, in_text: Finder, hits: Sequence[EngineHit], versions: Mapping[str, int]
) -> dict[str, Snippets]:
    """article id -> its snippets. Only the paragraphs that the index chose are read, where it could choose.

    versions: article id -> the id of the version to show.
    """
    wanted = {versions[hit.id]: hit.matches.best or (1,) for hit in hits if hit.matches is not None}
    texts = articles.some_paragraphs(connection, wanted)
    found: dict[str, Snippets] = {}
    for hit in hits:
        if hit.matches is not None:
            chosen = chosen_snippets(in_text, hit.matches, texts.get(versions[hit.id], {}))
            if chosen is not None:
                found[hit.id] = chosen
    others = [hit.id for hit in hits if hit.id not in found]
    if others:
        whole = articles.texts_of(connection, [versions[id] for id in others])
        found.update((id, snippets(in_text, whole.get(versions[id], ()))) for id in others)
    return found
