"""A page of results as the JSON that `/search.json` and `policy-archive search --json` give: one shape, one place."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlencode

from app.domain.query import FILTER_FIELDS, Filters, Match, Sort
from app.search.engine import PER_PAGE, FacetValue, SearchRequest
from app.search.parse import as_text, in_words, parse
from app.search.search import Hit, SearchPage
from app.search.snippets import to_html

MOST_FACET_VALUES: Final = 100
"""Values of a facet that are given at most, the most frequent ones; years are all given."""


def search_json(page: SearchPage, base_url: str) -> dict[str, Any]:
    """base_url: what permalinks begin with, without a final slash."""
    query = page.query
    request = page.request
    next_page = request.page + 1 if request.page < page.pages else None
    return {
        "query": {
            "text": query.text,
            "canonical": as_text(query.root),
            "words": in_words(query.root),
            "repaired": query.repaired,
            "notes": list(query.notes),
            "match": query.match.value,
        },
        "total": page.result.total,
        "generation": page.result.generation,
        "took_ms": round(page.took_ms, 1),
        "fallback": None,
        "clauses": [
            {"text": clause.text, "total": clause.total, "widened": [], "note": None} for clause in page.result.clauses
        ],
        "did_you_mean": None,
        "hits": [_hit(hit, base_url) for hit in page.hits],
        "facets": {
            **{
                name: [_facet(value, request, name, base_url) for value in _listed(page, name)]
                for name in FILTER_FIELDS
            },
            "undated": page.result.undated,
        },
        "histogram": sorted(
            (
                {"year": int(value.value), "total": value.total}
                for value in page.result.facets.get("year", ())
                if value.value.isdigit()
            ),
            key=lambda bar: bar["year"],
        ),
        "page": request.page,
        "per_page": request.per_page,
        "next": None if next_page is None else f"{base_url}/search.json?{search_parameters(request, page=next_page)}",
    }


def _listed(page: SearchPage, name: str) -> tuple[FacetValue, ...]:
    values = page.result.facets.get(name, ())
    return values if name == "year" else values[:MOST_FACET_VALUES]


def search_parameters(request: SearchRequest, filters: Filters | None = None, page: int = 1) -> str:
    """The query part of the address that asks for this search, with other filters or another page; defaults left
    out."""
    filters = request.filters if filters is None else filters
    pairs: list[tuple[str, str]] = [("q", request.query.text)]
    if request.query.match is not _match_as_read(request.query.text):
        pairs.append(("match", request.query.match.value))
    pairs += [(name, value) for name in FILTER_FIELDS for value in getattr(filters, name)]
    if request.sort is not Sort.RELEVANCE:
        pairs.append(("sort", request.sort.value))
    if page > 1:
        pairs.append(("page", str(page)))
    if request.per_page != PER_PAGE:
        pairs.append(("per_page", str(request.per_page)))
    return urlencode(pairs, errors="replace")


@lru_cache(maxsize=256)
def _match_as_read(text: str) -> Match:
    """How the text is matched where the address does not say."""
    return parse(text).match


def _hit(hit: Hit, base_url: str) -> dict[str, Any]:
    article = hit.article
    address = base_url + article.path
    return {
        "id": article.id,
        "guid": article.guid,
        "url": address,
        "title": article.title,
        "title_origin": article.title_origin,
        "source": article.source,
        "authors": list(article.authors),
        "published": None if article.published is None else str(article.published),
        "precision": None if article.published is None else article.published.precision.value,
        "version": article.version,
        "score": round(hit.score, 4),
        "matching_paragraphs": hit.snippets.matching_paragraphs,
        "snippets": [
            {"paragraph": snippet.paragraph, "url": f"{address}#p{snippet.paragraph}", "html": to_html(snippet.parts)}
            for snippet in hit.snippets.items
        ],
        "similar": 0,
    }


def _facet(value: FacetValue, request: SearchRequest, name: str, base_url: str) -> dict[str, Any]:
    narrowed = Filters(
        **{field: (value.value,) if field == name else getattr(request.filters, field) for field in FILTER_FIELDS}
    )
    return {
        "value": value.value,
        "total": value.total,
        "url": f"{base_url}/search?{search_parameters(request, narrowed)}",
    }
