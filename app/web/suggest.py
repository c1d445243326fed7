"""Suggestions while somebody types in a browser's search bar (OpenSearch): titles, sources, topics and authors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from app.domain.article import ArticleSummary
from app.domain.query import And, Clause, Field, Pattern, Query, Word
from app.language import _
from app.search.analysis import Role, tokens
from app.search.engine import FacetValue, IndexUnavailable, SearchEngine, SearchRequest
from app.store import articles
from app.store.database import StoreError
from app.web import fields
from app.web.counted import counted
from app.web.dependencies import Archive, ArchiveDep
from app.web.present import published_text, shortened

MOST: Final = 10
MOST_NAMES: Final = 4
"""Of sources, topics and authors together; titles take what is left."""

LONGEST_READ: Final = 200
"""Characters of what was typed that are read; nobody types more before looking up."""

SHORTEST_BEGINNING: Final = 2
"""Letters from which a word that is being typed is taken for the beginning of one; one letter begins too many."""

LONGEST_COMPLETION: Final = 200

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """completion: what the search bar offers. description: what it is. path: where it leads."""

    completion: str
    description: str
    path: str


@router.get("/suggest")
def suggest(archive: ArchiveDep, request: Request) -> JSONResponse:
    """Never an error: a search bar has no place to show one."""
    typed = request.query_params.get("q", "")
    try:
        found = suggestions(archive, typed[:LONGEST_READ])
    except (IndexUnavailable, StoreError):
        found = []
    return JSONResponse(
        [
            _sendable(typed[:LONGEST_READ]),
            [_sendable(one.completion) for one in found],
            [_sendable(one.description) for one in found],
            [archive.base_url + one.path for one in found],
        ],
        headers={"Cache-Control": "max-age=60"},
        media_type="application/x-suggestions+json",
    )


def suggestions(archive: Archive, typed: str) -> list[Suggestion]:
    """Titles first, then names. Raises IndexUnavailable, StoreError."""
    clause = title_clause(typed)
    if clause is None:
        return []
    with archive.index.engine() as engine:
        names = _names(engine, typed)
        request = SearchRequest(Query(typed, clause), per_page=MOST - len(names), facets=(), months=False)
        hits = engine.search(request).hits
    with archive.database.reading() as connection:
        titles = articles.summaries(connection, [hit.id for hit in hits])
    return [*map(_of_title, titles), *names]


def title_clause(typed: str) -> Clause | None:
    """Titles with all the words; one that is still being typed is the beginning of a word. None without any word."""
    words = [token for token in tokens(typed) if token.role is Role.MAIN]
    if not words:
        return None
    *whole, last = words
    clauses: list[Clause] = [Word(typed[word.start : word.end]) for word in whole]
    # An acronym that is also a word (US) is whole as it stands: the beginning of a word has no capitals.
    whole_too = last.end < len(typed) or len(last.word) < SHORTEST_BEGINNING or last.word.isupper()
    clauses.append(Word(typed[last.start : last.end]) if whole_too else Pattern(f"{last.word}*"))
    return Field("title", And(tuple(clauses)))


def _of_title(article: ArticleSummary) -> Suggestion:
    description = _("article, %(date)s", date=published_text(article.published))
    return Suggestion(shortened(article.title, LONGEST_COMPLETION), description, article.path)


def _names(engine: SearchEngine, typed: str) -> list[Suggestion]:
    found = [
        (value.total, field, value) for field, values in engine.names(typed, MOST_NAMES).items() for value in values
    ]
    most_frequent = sorted(found, key=lambda one: (-one[0], one[1], one[2].value))[:MOST_NAMES]
    return [_of_name(field, value) for _, field, value in most_frequent]


def _of_name(field: str, value: FacetValue) -> Suggestion:
    address = urlencode([("q", ""), (field, value.value)], errors="replace")
    description = f"{fields.within_a_sentence(field)}, {counted(value.total, 'article')}"
    return Suggestion(shortened(value.value, LONGEST_COMPLETION), description, f"/search?{address}")


def _sendable(text: str) -> str:
    """Without half characters, which JSON in UTF-8 can't hold."""
    return text.encode("utf-8", "replace").decode()
